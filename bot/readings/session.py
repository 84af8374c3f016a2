"""How a network is run: on the processor, with one thread, so that a judge takes one core and no more."""

from typing import Any

import onnxruntime
from threadpoolctl import threadpool_limits


def open_session(model: bytes, *, as_written: bool = False) -> Any:  # noqa: ANN401 (the library has no types)
    """Open a network from its bytes. `as_written` keeps its additions and norms apart.

    Joined, as the library would have it, they take six times as long on some processors.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(
        model,
        options,
        providers=["CPUExecutionProvider"],
        disabled_optimizers=["SkipLayerNormFusion"] if as_written else None,
    )


def multiply_with_one_thread() -> None:
    """Let numpy multiply arrays with one thread in the whole process: its others wait for work by spinning.

    For the small arrays of heads they gain nothing, and on a busy machine they take more of it than reading itself.
    """
    threadpool_limits(limits=1, user_api="blas")
