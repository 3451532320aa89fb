"""The file of a recording: JSON lines, a header, then snapshots and events as they came, then the end.

``{"rxeryph": "recording", "version": 1}``, ``{"snapshot": 1, "operation": {...}}``,
``{"at": 0.25, "event": {"type": "status", "operation": 1, ...}}``, and ``{"at": 9.5, "end": "completed"}``, or
``"disposed"``, or ``"error"`` with the ``error``. ``at`` are seconds since the subscription.
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

    Raises ConfigurationError for a file that exists already or cannot be written, and for what is no event.
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
            raise ConfigurationError(
                f"Recording {path} exists already and is never overwritten: delete it or give another path."
                " Several subscribers share one recording with share() of reactivex.",
                place=path,
            ) from None
        except OSError as error:
            raise self._unwritable(error) from error
        with self._closing("its header"):
            self._put(HEADER)

    def write(self, event: object, at: float) -> None:
        """Write ``event``, and before it the snapshots it was seen in, unless they were written last."""
        if not isinstance(event, Event):
            self.close()
            raise ConfigurationError(
                f"Recording {self._path}: only events can be recorded, not {type(event).__name__};"
                " put record() before the operator that makes something else of them.",
                place=self._path,
            )
        with self._lock:
            if not self._file.closed:
                with self._closing(f"a {type(event).__name__} of operation {event.operation_id}"):
                    self._put({"at": round(at, 6), "event": dump_event(event, self._number_of)})

    def end(self, kind: str, at: float, error: Exception | None = None) -> None:
        """Write how it ended and close the file. Does nothing when it is closed."""
        with self._lock:
            if not self._file.closed:
                line: dict[str, object] = {"at": round(at, 6), "end": kind}
                with self._closing(f"a {type(error).__name__}"):
                    if error is not None:
                        line["error"] = dump_error(error, self._number_of)
                    self._put(line)
                self.close()

    def close(self) -> None:
        """Close the file as it is."""
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
        text = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in lines)
        # Half a surrogate pair is no UTF-8; its escape is, and is the same JSON.
        left = memoryview(text.encode("utf-8", "backslashreplace"))
        while left:
            left = left[self._file.write(left) :]

    @contextmanager
    def _closing(self, what: str) -> Iterator[None]:
        """Close the file when writing ``what`` goes wrong, whatever it is."""
        try:
            yield
        except OSError as error:
            self.close()
            raise self._unwritable(error) from error
        except Exception as error:
            self.close()
            reason = " ".join(str(error).split())
            raise ConfigurationError(
                f"Recording {self._path}: {what} cannot be written: {reason}.", place=self._path
            ) from error

    def _unwritable(self, error: OSError) -> ConfigurationError:
        return ConfigurationError(
            f"Recording {self._path} cannot be written: {error.strerror or error}.", place=self._path
        )


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """One line of a recording: an event, or the end, with its error if it has one."""

    at: float
    event: Event | None
    error: RxEryphError | None = None


def read_recording(path: str) -> Generator[RecordedEvent, None, None]:
    """The events of a recording and then its end, read as they are taken; the file is open until then.

    Raises ConfigurationError with the line for a file that cannot be read or is no recording, and, after its
    last whole line, for one that was broken off.
    """
    try:
        with open(path, "rb") as file:
            yield from _Lines(path).read(file)
    except OSError as error:
        raise ConfigurationError(
            f"Recording {path} cannot be read: {error.strerror or error}.", place=path
        ) from error


class _Lines:
    def __init__(self, path: str) -> None:
        self._path = path
        self._number = 0
        self._snapshots: dict[int, Operation] = {}

    def read(self, lines: Iterator[bytes]) -> Iterator[RecordedEvent]:
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
                if recorded.event is None:
                    return
        self._number += 1
        raise self._broken("it was broken off here, before its end")

    def _decode(self, line: bytes) -> Mapping[str, object]:
        if not line.endswith(b"\n"):
            raise self._broken("it was broken off within this line")
        try:
            data = json.loads(line.decode("utf-8"))
        except (ValueError, RecursionError) as error:
            raise self._broken("no JSON") from error
        if not isinstance(data, dict):
            raise self._broken("no JSON object")
        return data

    def _check(self, header: Mapping[str, object]) -> None:
        if header.get("rxeryph") != HEADER["rxeryph"]:
            raise self._broken("this is no recording of rxeryph")
        if header.get("version") != VERSION:
            raise self._broken(f"it has version {header.get('version')}, this library reads version {VERSION}")

    def _load(self, data: Mapping[str, object]) -> RecordedEvent | None:
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
            return RecordedEvent(at, None, load_error(data.get("error"), self._snapshots))
        if data.get("end") in (COMPLETED, DISPOSED):
            return RecordedEvent(at, None)
        raise self._broken("neither a snapshot, an event nor the end")

    def _broken(self, reason: str, member: str | None = None) -> ConfigurationError:
        place = f"{self._path}, line {self._number}"
        return ConfigurationError(f"Recording {place}: {reason}.", place=place, member=member)
