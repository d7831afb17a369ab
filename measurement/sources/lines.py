"""The lines of a plain file: as texts for whoever splits rows here, as bytes for COPY."""

import io
from collections import deque
from collections.abc import Iterator
from itertools import chain
from typing import IO

_BLOCK = 1 << 20
# A field longer than this is an unclosed quote, not a field.
LONGEST_FIELD = 1 << 20
# A line longer than this is no line: it would have to be held in memory whole.
LONGEST_LINE = 16 << 20


class LineTooLong(Exception):
    """A line does not end within ``LONGEST_LINE`` bytes."""


class Lines:
    """The lines of a file as text, read in blocks, and how far they have become rows.

    A reader takes lines until it has a row; ``settle`` then says that they are one. Lines
    it took in vain are given back and come again.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._texts = chain.from_iterable(self._read())
        self._again: deque[str] = deque()
        self._row: list[str] = []
        # Bytes and number of lines of each block not yet wholly settled.
        self._blocks: deque[tuple[bytes, int]] = deque()
        self._behind_bytes = self._behind_lines = 0
        self.settled = 0

    def __iter__(self) -> "Lines":
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._texts)
        self._row.append(line)
        return line

    def settle(self) -> int:
        """Count the lines taken since the last row as one; return how many they are."""
        taken = len(self._row)
        self._row.clear()
        self.settled += taken
        return taken

    def settle_first(self) -> None:
        """Count the first line taken as a row of its own, and give the others back."""
        self._again.extendleft(reversed(self._row[1:]))
        del self._row[1:]
        self.settle()

    def settled_bytes(self) -> int:
        """Return how long the settled lines are."""
        self._forget()
        left = self.settled - self._behind_lines
        if not left:
            return self._behind_bytes
        block, end = self._blocks[0][0], 0
        for _line in range(left):
            end = block.index(b"\n", end) + 1
        return self._behind_bytes + end

    def _read(self) -> Iterator[io.StringIO]:
        beginning = self._file.tell() == 0
        carry = b""
        while block := self._file.read(_BLOCK):
            whole, newline, carry = (carry + block).rpartition(b"\n")
            if newline:
                yield self._text(whole + newline, beginning)
                beginning = False
            if len(carry) > LONGEST_LINE:
                raise LineTooLong
        if carry:
            yield self._text(carry, beginning)

    def _text(self, block: bytes, beginning: bool) -> io.StringIO:
        self._forget()
        held = block.count(b"\n") + (not block.endswith(b"\n"))
        self._blocks.append((block, held))
        text = block.decode()
        return io.StringIO(text.removeprefix("\ufeff") if beginning else text, "\n")

    def _forget(self) -> None:
        """Let go of the blocks whose lines are all settled."""
        while self._blocks and (
            self.settled - self._behind_lines >= self._blocks[0][1]
        ):
            block, held = self._blocks.popleft()
            self._behind_bytes += len(block)
            self._behind_lines += held


def whole_lines(file: IO[bytes], most: int) -> tuple[list[bytes], int] | None:
    """Return the next lines of the file in blocks, at most so many, and their number.

    Nothing, where one is longer than a field may be.
    """
    blocks: list[bytes] = []
    lines = 0
    carry = b""
    while lines < most and (block := file.read(_BLOCK)):
        whole, newline, carry = (carry + block).rpartition(b"\n")
        whole += newline
        # Only the first line of a block can be longer than one.
        if max(len(carry), whole.find(b"\n")) > LONGEST_FIELD:
            return None
        held = whole.count(b"\n")
        if lines + held > most:
            end = 0
            for _line in range(most - lines):
                end = whole.index(b"\n", end) + 1
            whole, carry, held = whole[:end], b"", most - lines
        blocks.append(whole)
        lines += held
    if carry and lines < most:
        blocks.append(carry)
        lines += 1
    return blocks, lines


def splits_plainly(block: bytes, delimiter: bytes) -> bool:
    """Return whether whole lines split the same for COPY and for a spreadsheet.

    Every quote opens or closes a field or is doubled within one, and every carriage
    return ends a line. To COPY a quote inside a field opens too; to a spreadsheet it is
    a sign for inches.

    >>> splits_plainly(b'1,"a, b",2', b","), splits_plainly(b'1,5" x 3",2', b",")
    (True, False)
    """
    if block.count(b"\r") != block.count(b"\r\n"):
        return False
    if b'"' not in block:
        return True
    # What stands before, between and after quotes: by turns outside a field and inside.
    parts = block.split(b'"')
    if len(parts) % 2 == 0:
        return False
    opens = (delimiter, b"\n")
    closes = (delimiter, b"\n", b"\r\n")
    first, *between, last = parts[::2]
    return (
        (not first or first.endswith(opens))
        and (not last or last.startswith(closes))
        and all(
            not part or (part.startswith(closes) and part.endswith(opens))
            for part in between
        )
    )
