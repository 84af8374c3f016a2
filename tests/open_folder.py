"""A folder that other accounts of the machine may enter: none that pytest gives is one."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Give one, in the machine's own folder for what is temporary."""
    with TemporaryDirectory() as name:
        folder = Path(name).resolve()
        folder.chmod(0o755)
        if not all(each.stat().st_mode & 0o001 for each in folder.parents):
            pytest.skip("other accounts may not enter the folder for what is temporary")
        yield folder
