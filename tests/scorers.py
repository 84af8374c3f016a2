"""Scorers of a district's own for tests: a folder with a tiny network, and real servers on loopback."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace


def write_folder(folder: Path) -> None:
    """Write a model that finds the word "mean"."""
    tokenizer = Tokenizer(WordLevel({"[UNK]": 0, "mean": 1, "[PAD]": 2}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.save(str(folder / "tokenizer.json"))
    table = numpy_helper.from_array(np.array([[-4.0, 0.0], [4.0, 0.0], [-4.0, 0.0]], np.float32), "table")
    steps = [
        helper.make_node("Gather", ["table", "input_ids"], ["each"]),
        helper.make_node("ReduceMax", ["each"], ["scores"], axes=[1], keepdims=0),
    ]
    graph = helper.make_graph(
        steps,
        "tiny",
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["texts", "length"])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["texts", 2])],
        [table],
    )
    onnx.save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), folder / "model.onnx"
    )
    told = {"name": "tiny", "version": "1", "licence": "MIT", "labels": ["harassment", None]}
    (folder / "labels.json").write_text(json.dumps(told), "utf-8")


@contextmanager
def served(answer: object, status: int = 200, after: float = 0.0) -> Iterator[tuple[str, list[object]]]:
    """Serve one answer on loopback, on a free port, `after` some seconds, until the end of the block."""
    bodies: list[object] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            time.sleep(after)
            content = json.dumps(answer).encode()
            with suppress(OSError):  # who asked may be gone
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/score", bodies
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def dripping() -> Iterator[str]:
    """Serve an answer on loopback of which a little comes again and again, until nobody reads it any more."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            with suppress(OSError):
                for _ in range(1000):
                    self.wfile.write(b" ")
                    self.wfile.flush()
                    time.sleep(0.05)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()
