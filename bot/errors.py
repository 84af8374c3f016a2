"""The one error of the house that stops us. Whatever else goes wrong is handed to a person."""


class ConfigurationError(Exception):
    """Something the district has to mend before we start or go on: a setting, a file, a key, a database.

    The message is what a person reads: what is wrong, where (file and line), how to mend it. It never holds words
    of a message, a name or a secret. Each argument is a mistake of its own.
    """

    def __str__(self) -> str:
        """Tell one mistake a line."""
        return "\n".join(self.args)
