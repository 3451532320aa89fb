"""What the groups share: reading, submitting, and refusing calls that an older server does not have."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from ..model import ApiVersion, Operation
from .chosen import Chosen, Prepare, choose
from .names import CATLETS, PROJECTS, Target, in_project, target
from .submit import submit
from .transport import Transport
from .version import API_1_2, VersionGate

OpT = TypeVar("OpT")
ValueT = TypeVar("ValueT")


class Group:
    """Calls about one noun, such as ``eryph.catlets``."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def __repr__(self) -> str:
        calls = (name for name in dir(self) if not name.startswith("_"))
        return f"{type(self).__name__}({self._transport.endpoint!r}: {', '.join(calls)})"

    @classmethod
    def _name_of(cls, call: Callable[..., object]) -> str:
        """The name of a method of this group, as in ``catlets.create``."""
        group = re.sub(r"\B([A-Z])", r"_\1", cls.__name__).lower()
        return f"{group}.{call.__name__}"

    def _read(self, path: str, load: Callable[[object, str], ValueT]) -> ValueT:
        return load(self._transport.get(path), self._transport.url(path))


class Calls(Group, Generic[OpT]):
    """A group with calls that change something. A change is submitted once and returns what ``lift`` makes of its
    operation: the operation itself in the plain client, a stream in the session."""

    def __init__(self, transport: Transport, lift: Callable[[Operation], OpT]) -> None:
        super().__init__(transport)
        self._lift = lift

    def _catlet(self, catlet_id: str, project: str | None, *, changes: bool) -> Target:
        return target(self._transport, CATLETS, catlet_id, "catlet_id", project, changes=changes)

    def _project(self, project_id: str, member: str = "project_id", *, changes: bool) -> Target:
        return target(self._transport, PROJECTS, project_id, member, changes=changes)

    def _list(self, path: str, project_id: str | None, load: Callable[[object, str], ValueT]) -> ValueT:
        project = None if project_id is None else self._project(project_id, changes=False)
        return self._read(in_project(path, project), load)

    def _submit(self, method: str, path: str, body: Mapping[str, object] | None = None) -> OpT:
        return self._lift(submit(self._transport, method, path, body))

    def _choose(
        self, correlation_id: str | None, once: str | None, call: Callable[..., object], **arguments: object
    ) -> Chosen:
        """Check the id or the key of a change: ``call``, of this group, with ``arguments``."""
        return choose(self._transport, correlation_id, once, self._name_of(call), arguments)

    def _submit_as(self, chosen: Chosen, method: str, prepare: Prepare) -> OpT:
        """Submit a change whose operation gets the chosen id. ``prepare`` is not called if that was done before."""
        return self._lift(chosen.submit(self._transport, method, prepare))


class GatedCalls(Calls[OpT]):
    """A group with calls that older servers lack. The first of them asks for the server's version, once per
    connection."""

    def __init__(self, transport: Transport, lift: Callable[[Operation], OpT], gate: VersionGate) -> None:
        super().__init__(transport, lift)
        self._gate = gate

    def _need(self, call: Callable[..., object], required: ApiVersion = API_1_2) -> None:
        """Raise ApiVersionError, which names ``call``, a method of this group, for a server before ``required``."""
        self._gate.require(self._name_of(call), required)
