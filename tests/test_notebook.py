"""What an adapter remembers over a restart."""

from pathlib import Path

import pytest

from adapters.notebook import Notebook
from bot.errors import ConfigurationError


def test_what_is_written_is_there_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "notebook"
    notebook = Notebook(path)
    notebook.marks["1"] = "2"
    notebook.taken["1"] = {"role:3": [0, 2048]}
    notebook.write()

    assert Notebook(path).marks == {"1": "2"}
    assert Notebook(path).taken == {"1": {"role:3": [0, 2048]}}


def test_what_came_last_stands_last_after_a_restart(tmp_path: Path) -> None:
    """Of several conversations that were opened as one place the newest counts, whatever they are called."""
    notebook = Notebook(tmp_path / "notebook")
    notebook.threads |= {"C9": "private:1", "C1": "private:1"}
    notebook.write()

    assert [*Notebook(tmp_path / "notebook").threads] == ["C9", "C1"]


def test_nothing_is_written_before_there_is_something(tmp_path: Path) -> None:
    Notebook(tmp_path / "notebook").write()

    assert not (tmp_path / "notebook").exists()


@pytest.mark.parametrize("content", ["", "[]", '{"marks": 3}', '{"marks": {"1": "2"', "\x00"])
def test_a_file_that_is_not_ours_is_refused_and_left_alone(tmp_path: Path, content: str) -> None:
    path = tmp_path / "notebook"
    path.write_text(content)
    with pytest.raises(ConfigurationError, match="Move it away"):
        Notebook(path)

    assert path.read_text() == content
