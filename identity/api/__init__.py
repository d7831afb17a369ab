"""The queue, for programs: read with a token, and answered in its owner's name."""
