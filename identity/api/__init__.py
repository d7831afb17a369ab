"""The queue, for programs: read with a token, and never answered by one."""
