"""How lists of words are written down in this folder."""


def words(table: str) -> frozenset[str]:
    """Read words parted by blanks and new lines."""
    return frozenset(table.split())


def one_of(table: str) -> str:
    """Write a pattern that matches one of several phrases, parted by commas. Each may be a pattern itself."""
    phrases = (phrase.strip() for phrase in " ".join(table.split()).split(","))
    return f"(?:{'|'.join(phrase for phrase in phrases if phrase)})"
