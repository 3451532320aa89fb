"""The file of a recording: JSON lines with a header, then snapshots and events as they came, then the end.

``{"rxeryph": "recording", "version": 1}``, ``{"snapshot": 1, "operation": {...}}``,
``{"at": 0.25, "event": {"type": "status", "operation": 1, ...}}``, and ``{"at": 9.5, "end": "completed"}``, or
``"disposed"``, or ``"error"`` with the ``error``. ``at`` counts seconds since the subscription.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from ..errors import ConfigurationError, RxEryphError, WireError
from ..events import Event
from ..model import Operation
from ..wire.event import dump_error, dump_event, load_error, load_event
from ..wire.operation import load_operation
from ..wire.snapshot import dump_snapshot

VERSION = 1
HEADER: Mapping[str, object] = {"rxeryph": "recording", "version": VERSION}

COMPLETED, DISPOSED, ERROR = "completed", "disposed", "error"


class RecordingWriter:
    """Writes one recording; each event is in the file before ``write`` returns. Thread-safe.

    Raises ConfigurationError for a file that already exists or cannot be written, and for what is not an event.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._last: dict[str, tuple[int, Operation]] = {}
        self._count = 0
        self._pending: list[Mapping[str, object]] = []
        try:
            self._file = open(path, "xb", buffering=0)  # noqa: SIM115 - closed by close()
        except FileExistsError:
            raise self._error(
                " already exists and is never overwritten: delete it or use another path."
                " Several subscribers can share one recording with share() of reactivex"
            ) from None
        except OSError as error:
            raise self._error(f" cannot be written: {error.strerror or error}") from error
        with self._closing("its header"):
            self._put(HEADER)

    def write(self, event: object, at: float) -> None:
        """Write ``event``, and before it the snapshots it was seen in, unless they are the last ones written."""
        if not isinstance(event, Event):
            self.close()
            raise self._error(
                f": only events can be recorded, not {type(event).__name__};"
                " put record() before the operator that changes them into other values"
            )
        with self._lock:
            if not self._file.closed:
                with self._closing(f"a {type(event).__name__} of operation {event.operation_id}"):
                    self._put({"at": round(at, 6), "event": dump_event(event, self._number_of)})

    def end(self, kind: str, at: float, error: Exception | None = None) -> None:
        """Write how the stream ended, and close the file. Does nothing when the file is closed."""
        with self._lock:
            if not self._file.closed:
                line: dict[str, object] = {"at": round(at, 6), "end": kind}
                with self._closing(f"a {type(error).__name__}"):
                    if error is not None:
                        line["error"] = dump_error(error, self._number_of)
                    self._put(line)
                self.close()

    def close(self) -> None:
        """Close the file without an end."""
        self._file.close()

    def _number_of(self, snapshot: Operation) -> int:
        number, last = self._last.get(snapshot.id, (0, None))
        if last is not snapshot:
            self._count = number = self._count + 1
            self._last[snapshot.id] = number, snapshot
            self._pending.append({"snapshot": number, "operation": dump_snapshot(snapshot)})
        return number

    def _put(self, line: Mapping[str, object]) -> None:
        lines, self._pending = [*self._pending, line], []
        text = "".join(json.dumps(data, ensure_ascii=False) + "\n" for data in lines)
        # Half a surrogate pair is not UTF-8. Its escape is, and means the same in JSON.
        left = memoryview(text.encode("utf-8", "backslashreplace"))
        while left:
            left = left[self._file.write(left) :]

    @contextmanager
    def _closing(self, what: str) -> Iterator[None]:
        """Close the file when writing ``what`` fails, for any reason."""
        try:
            yield
        except OSError as error:
            self.close()
            raise self._error(f" cannot be written: {error.strerror or error}") from error
        except Exception as error:
            self.close()
            reason = " ".join(str(error).split())
            raise self._error(f": {what} cannot be written: {reason}") from error

    def _error(self, text: str) -> ConfigurationError:
        return ConfigurationError(f"Recording {self._path}{text}.", place=self._path)


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """An event, ``at`` seconds after the subscription."""

    at: float
    event: Event


@dataclass(frozen=True, slots=True)
class RecordedEnd:
    """The end of the stream, with its error if it had one."""

    at: float
    error: RxEryphError | None = None


def read_recording(path: str) -> Generator[RecordedEvent | RecordedEnd, None, None]:
    """The events of a recording and then its end. Each line is read when it is needed; the file is open until then.

    Raises ConfigurationError with the line for a file that cannot be read or is not a recording, and, after its last
    whole line, for one that was cut off.
    """
    try:
        with open(path, "rb") as file:
            yield from _Reader(path).read(file)
    except OSError as error:
        raise ConfigurationError(
            f"Recording {path} cannot be read: {error.strerror or error}.", place=path
        ) from error


class _Reader:
    """Reads the lines of one file, and knows the snapshots so far and the line it is at."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._number = 0
        self._snapshots: dict[int, Operation] = {}

    def read(self, lines: Iterator[bytes]) -> Iterator[RecordedEvent | RecordedEnd]:
        for self._number, line in enumerate(lines, 1):
            data = self._decode(line)
            if self._number == 1:
                self._check(data)
                continue
            try:
                recorded = self._load(data)
            except WireError as error:
                raise self._broken(f"{error.expected} at {error.path}; got {error.got}", error.path) from error
            if recorded is not None:
                yield recorded
                if isinstance(recorded, RecordedEnd):
                    return
        self._number += 1
        raise self._broken("it is cut off here, before its end")

    def _decode(self, line: bytes) -> Mapping[str, object]:
        if not line.endswith(b"\n"):
            raise self._broken("it is cut off within this line")
        try:
            data = json.loads(line.decode("utf-8"))
        except (ValueError, RecursionError) as error:
            raise self._broken("not JSON") from error
        if not isinstance(data, dict):
            raise self._broken("not a JSON object")
        return data

    def _check(self, header: Mapping[str, object]) -> None:
        if header.get("rxeryph") != HEADER["rxeryph"]:
            raise self._broken("this is not a recording of rxeryph")
        if header.get("version") != VERSION:
            raise self._broken(f"it has version {header.get('version')}, this library reads version {VERSION}")

    def _load(self, data: Mapping[str, object]) -> RecordedEvent | RecordedEnd | None:
        number = data.get("snapshot")
        if isinstance(number, int):
            self._snapshots[number] = load_operation(data.get("operation"))
            return None
        at = data.get("at")
        if isinstance(at, bool) or not isinstance(at, int | float) or not 0 <= at <= 1e12:
            raise self._broken("'at' is not a number of seconds", "at")
        if "event" in data:
            return RecordedEvent(at, load_event(data["event"], self._snapshots))
        if data.get("end") == ERROR:
            return RecordedEnd(at, load_error(data.get("error"), self._snapshots))
        if data.get("end") in (COMPLETED, DISPOSED):
            return RecordedEnd(at)
        raise self._broken("not a snapshot, an event or the end")

    def _broken(self, reason: str, member: str | None = None) -> ConfigurationError:
        place = f"{self._path}, line {self._number}"
        return ConfigurationError(f"Recording {place}: {reason}.", place=place, member=member)
