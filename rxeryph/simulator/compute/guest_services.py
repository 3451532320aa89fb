"""The endpoints of the services inside a catlet."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from ..api import Answer, Call, Channel, Endpoint
from ..binding.binder import Body, Query
from ..binding.query_values import int32
from ..binding.shapes import STRING, TIME, Member
from ..database import Database
from ..level import NEWEST
from ..problem import Problem
from ..rows import CatletRow
from ..submissions import Submissions
from ..tasks.steps import Task
from ..tasks.workflow import Workflow
from ..traces import guest_services as traces

LONGEST_LIFE = 2_592_000
"""In seconds."""
LONGEST_KEY = 2048
LONGEST_SETTING = 512


_CHANNEL: Query = {"publicKey": str, "ttl": int32}
_SETTINGS = Body("Body", {"shell": Member(STRING), "shell_args": Member(STRING)})
_KEY = Body(
    "Body",
    {
        "public_key": Member(STRING, is_required=True, is_nullable=False),
        "ttl": Member(STRING),
        "expires_at": Member(TIME),
    },
)


class GuestServices:
    """Requests to the guest of a catlet. A reader of its project may make all of them."""

    def __init__(self, database: Database, workflow: Workflow, submissions: Submissions) -> None:
        self._database = database
        self._workflow = workflow
        self._submissions = submissions

    def endpoints(self) -> Iterable[Endpoint]:
        read, access, since = "compute:catlets:read", "compute:catlets:remote-access", (1, 2)
        path = "/v1/catlets/{id}/guest-services"
        return (
            Endpoint("GET", path, read, self.status, since, is_negotiated=True),
            Endpoint("GET", path + "/provisioning-log", read, self.provisioning_log, NEWEST, is_negotiated=True),
            Endpoint("PATCH", path + "/settings", access, self.configure, since, _SETTINGS),
            Endpoint("POST", path + "/access-keys", access, self.add_key, since, _KEY),
            Endpoint("DELETE", path + "/access-keys", access, self.remove_keys, since),
            Endpoint("PUT", path + "/ssh-channel", access, self.open_channel, since, query=_CHANNEL),
            Endpoint("GET", path + "/ssh-channel/connect", access, self.connect, since, query={"token": str}),
        )

    def status(self, call: Call) -> Answer:
        catlet = call.find(self._database.catlets)
        return self._begin(call, catlet, traces.read_status(catlet))

    def provisioning_log(self, call: Call) -> Answer:
        catlet = call.find(self._database.catlets)
        return self._begin(call, catlet, traces.read_provisioning_log(catlet))

    def configure(self, call: Call) -> Answer:
        settings = {name: str(value) for name, value in call.body().items()}
        if not settings:
            raise Problem(400, "The body has no setting. Add shell or shell_args.")
        if any(len(value) > LONGEST_SETTING for value in settings.values()):
            raise Problem(400, f"A setting must have at most {LONGEST_SETTING} characters. Make it shorter.")
        catlet = call.find(self._database.catlets)
        return self._begin(call, catlet, traces.set_data("Setting guest services shell", catlet, settings))

    def add_key(self, call: Call) -> Answer:
        key, expires_at = str(call.body()["public_key"]), call.body().get("expires_at")
        if not key.strip():
            raise Problem(400, "The public_key is empty. Give it a value.")
        _check_key(key)
        if isinstance(expires_at, datetime):
            _check_expiry(expires_at)
        catlet = call.find(self._database.catlets)
        return self._begin(call, catlet, traces.set_data("Authorizing access key", catlet, {}))

    def remove_keys(self, call: Call) -> Answer:
        catlet = call.find(self._database.catlets)
        return self._begin(call, catlet, traces.set_data("Revoking access key", catlet, {}))

    def open_channel(self, call: Call) -> Answer:
        key, life = call.query("publicKey"), call.query("ttl")
        if isinstance(key, str):
            _check_key(key.strip())
            if isinstance(life, int) and not 1 <= life <= LONGEST_LIFE:
                raise Problem(400, f"The ttl must be between 1 and {LONGEST_LIFE} seconds. Change it.")
        catlet = call.find(self._database.catlets)
        return self._begin(call, catlet, traces.open_channel(catlet))

    def connect(self, call: Call) -> Answer:
        """Switch to a WebSocket that sends back what it receives. A token opens one, soon after it was issued."""
        given = {name: call.headers.get(name, "").lower() for name in ("upgrade", "sec-websocket-version")}
        is_upgrade = "upgrade" in call.headers.get("connection", "").lower() and "sec-websocket-key" in call.headers
        if not is_upgrade or [*given.values()] != ["websocket", "13"]:
            raise Problem(400, "This is for WebSockets only. Ask for an upgrade of the connection.")
        if not call.query("token"):
            raise Problem(400, "The token of the channel is missing. Add it to the query.")
        catlet = call.find(self._database.catlets)
        ends = catlet.channels.pop(str(call.query("token")), None)
        return 101, Channel(is_valid=ends is not None and self._workflow.ticks <= ends)

    def _begin(self, call: Call, catlet: CatletRow, script: Task) -> Answer:
        return self._submissions.begin(call, script, resource=("Catlet", catlet))


def _check_key(key: str) -> None:
    if len(key) > LONGEST_KEY:
        raise Problem(400, f"The public key must have at most {LONGEST_KEY} characters. Make it shorter.")
    if set(key) & set('\r\n"'):
        raise Problem(400, "The public key contains a line break or a double quote. Remove it.")


def _check_expiry(moment: datetime) -> None:
    """Check an expiry. It is compared with real time, which the caller's clock shows."""
    left = moment - datetime.now(UTC)
    if left <= timedelta(0):
        raise Problem(400, "The expiry has passed. Choose a later one.")
    if left > timedelta(seconds=LONGEST_LIFE):
        raise Problem(400, f"The expiry must be at most {LONGEST_LIFE} seconds from now. Choose an earlier one.")
