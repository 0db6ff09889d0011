"""Reading a JSON file of any length piece by piece, so that memory follows its largest piece.

The reader is pulled: whoever reads asks for the members of an object, the items of an array, or a
whole value, in the order in which they stand in the file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from conformance.drivers.recording import RecordingProblem

#: No single value that is read as a whole may have more characters than this.
MAX_VALUE = 64 * 1024 * 1024

_CHUNK = 256 * 1024
_SPACE = " \t\r\n"

#: What the end of the buffer cuts short looks wrong, or ended, no farther from that end than this
#: (an escape, a literal, a number), unless it is a string that was cut.
_CUT = 16


class JsonStream:
    """A JSON document that is read from its beginning to its end, once.

    Everything raises :class:`RecordingProblem` with the line when the text is not JSON, not UTF-8,
    or holds one value that is too large.
    """

    def __init__(self, file: IO[str], path: Path) -> None:
        self._file = file
        self._path = path
        self._decoder = json.JSONDecoder()
        self._buffer = ""
        self._at = 0
        self._lines = 0  # line ends in what was dropped from the buffer
        self._ended = False

    def peek(self) -> str:
        """The next character that is not white space; ``""`` at the end of the file."""
        while True:
            while self._at < len(self._buffer) and self._buffer[self._at] in _SPACE:
                self._at += 1
            if self._at < len(self._buffer):
                return self._buffer[self._at]
            if not self._more(_CHUNK):
                return ""

    def members(self) -> Iterator[str]:
        """The names in the object that follows; each value is to be read before the next name."""
        self._take("{")
        if self.peek() == "}":
            self._at += 1
            return
        while True:
            if self.peek() != '"':
                raise self._wrong("a name in quotation marks is missing")
            name = self.value()
            self._take(":")
            yield str(name)
            if self._closes("}"):
                return

    def items(self) -> Iterator[int]:
        """The numbers, from 0, of the items in the array that follows; each is to be read."""
        self._take("[")
        if self.peek() == "]":
            self._at += 1
            return
        number = 0
        while True:
            yield number
            number += 1
            if self._closes("]"):
                return

    def value(self) -> Any:
        """The whole value that follows."""
        if not self.peek():
            raise self._wrong("the file ends where a value should be")
        self._drop()
        size = _CHUNK
        while True:
            try:
                value, end = self._decoder.raw_decode(self._buffer, self._at)
            except json.JSONDecodeError as error:
                cut = error.msg.startswith("Unterminated")
                cut = cut or error.pos >= len(self._buffer) - _CUT
                if not cut or not self._more(size):
                    raise self._wrong(error.msg, at=error.pos) from None
            except (RecursionError, ValueError):
                mend = "is nested too deep, or holds a number that is too long"
                raise RecordingProblem(self._path, self._place(self._at), mend) from None
            else:
                number = isinstance(value, int | float)  # which may go on behind the buffer
                if not number or end + _CUT < len(self._buffer) or not self._more(size):
                    self._at = end
                    return value
            if len(self._buffer) - self._at > MAX_VALUE:
                mend = f"holds a single value of more than {MAX_VALUE} characters; split the file"
                raise RecordingProblem(self._path, self._place(self._at), mend)
            size *= 2

    def _closes(self, end: str) -> bool:
        """Step over a comma, or over the ``end`` of what is being read."""
        found = self.peek()
        if found not in (",", end):
            raise self._wrong(f"',' or '{end}' is missing")
        self._at += 1
        return found == end

    def _take(self, wanted: str) -> None:
        if self.peek() != wanted:
            raise self._wrong(f"'{wanted}' is missing")
        self._at += 1

    def _drop(self) -> None:
        """Forget what has been read, now and then."""
        if self._at >= _CHUNK:
            self._lines += self._buffer.count("\n", 0, self._at)
            self._buffer = self._buffer[self._at :]
            self._at = 0

    def _more(self, size: int) -> bool:
        """Read on; false at the end of the file."""
        if self._ended:
            return False
        self._drop()
        try:
            text = self._file.read(size)
        except UnicodeDecodeError:
            place = f"after {self._place(len(self._buffer))}"
            raise RecordingProblem(self._path, place, "is not UTF-8; save it so") from None
        self._ended = not text
        self._buffer += text
        return bool(text)

    def _place(self, at: int) -> str:
        return f"line {self._lines + self._buffer.count(chr(10), 0, at) + 1}"

    def _wrong(self, message: str, *, at: int | None = None) -> RecordingProblem:
        if not self.peek() and at is None:
            message = f"{message}; the file ends there"
        place = self._place(self._at if at is None else at)
        return RecordingProblem(self._path, place, f"is not JSON ({message})")
