def main() -> None:
    """Stand in until the command line is built."""
