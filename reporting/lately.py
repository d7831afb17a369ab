"""What was asked for lately, kept in this process: of what never changes once it is there."""

from collections.abc import Callable


class Lately[Key, Value]:
    """So many values by their keys; the oldest one goes first."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._kept: dict[Key, Value] = {}

    def get(self, key: Key) -> Value | None:
        return self._kept.get(key)

    def keep(self, key: Key, value: Value) -> Value:
        """Keep a value, and return it.

        >>> some = Lately(2)
        >>> [some.keep(each, each) for each in "abc"], some.get("a"), some.get("c")
        (['a', 'b', 'c'], None, 'c')
        """
        while len(self._kept) >= self.most:
            # Another thread may have been faster.
            self._kept.pop(next(iter(self._kept.copy())), None)
        self._kept[key] = value
        return value

    def of(self, key: Key, make: Callable[[], Value]) -> Value:
        """Return what is kept by the key; what is not is made, and kept.

        >>> some = Lately(2)
        >>> some.of("a", lambda: 1), some.of("a", lambda: 2)
        (1, 1)
        """
        found = self.get(key)
        return self.keep(key, make()) if found is None else found
