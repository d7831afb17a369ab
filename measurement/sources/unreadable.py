"""What every reader of files raises."""


class Unreadable(Exception):
    """The file cannot be read; the message says why and what would help."""
