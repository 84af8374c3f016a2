"""The database's history, one numbered step after another."""

from typing import Final

HEAD: Final = "0005"
"""The newest step. A database that names a step unknown here was made by a newer Chaperone."""
