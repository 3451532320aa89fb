"""The endpoints of the services inside a catlet."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from ..api import Answer, Call, Endpoint
from ..bodies.reading import optional_string
from ..database import Database
from ..problem import Problem
from ..rows import CatletRow
from ..submissions import Submissions
from ..tasks.steps import Task
from ..traces import guest_services as traces

LONGEST_LIFE = 2_592_000
"""In seconds."""
LONGEST_KEY = 2048
LONGEST_SETTING = 512


class GuestServices:
    """Requests to the guest of a catlet. A reader of its project may make all of them."""

    def __init__(self, database: Database, submissions: Submissions) -> None:
        self._database = database
        self._submissions = submissions

    def endpoints(self) -> Iterable[Endpoint]:
        read, access, since = "compute:catlets:read", "compute:catlets:remote-access", (1, 2)
        path = "/v1/catlets/{id}/guest-services"
        return (
            Endpoint("GET", path, read, self.status, since),
            Endpoint("GET", path + "/provisioning-log", read, self.provisioning_log, since),
            Endpoint("PATCH", path + "/settings", access, self.configure, since),
            Endpoint("POST", path + "/access-keys", access, self.add_key, since),
            Endpoint("DELETE", path + "/access-keys", access, self.remove_keys, since),
            Endpoint("PUT", path + "/ssh-channel", access, self.open_channel, since),
            Endpoint("GET", path + "/ssh-channel/connect", access, self.connect, since),
        )

    def status(self, call: Call) -> Answer:
        catlet = call.find(self._database.catlets)
        return self._begin(call, catlet, traces.read_status(catlet))

    def provisioning_log(self, call: Call) -> Answer:
        catlet = call.find(self._database.catlets)
        return self._begin(call, catlet, traces.read_provisioning_log(catlet))

    def configure(self, call: Call) -> Answer:
        catlet, body = call.find(self._database.catlets), call.body()
        given = {name: optional_string(body, name) for name in ("shell", "shell_args")}
        settings = {name: value for name, value in given.items() if value is not None}
        if not settings:
            raise Problem(400, "At least one setting must be provided.")
        if any(len(value) > LONGEST_SETTING for value in settings.values()):
            raise Problem(400, f"A setting must not exceed {LONGEST_SETTING} characters.")
        return self._begin(call, catlet, traces.set_data("Setting guest services shell", catlet, settings))

    def add_key(self, call: Call) -> Answer:
        catlet, body = call.find(self._database.catlets), call.body()
        key = optional_string(body, "public_key")
        if not key or not key.strip():
            raise Problem(400, "A public key is required.")
        _check_key(key)
        _check_life(body.get("ttl"))
        _check_expiry(optional_string(body, "expires_at"))
        return self._begin(call, catlet, traces.set_data("Authorizing access key", catlet, {}))

    def remove_keys(self, call: Call) -> Answer:
        catlet = call.find(self._database.catlets)
        return self._begin(call, catlet, traces.set_data("Revoking access key", catlet, {}))

    def open_channel(self, call: Call) -> Answer:
        catlet, key, life = call.find(self._database.catlets), call.query("publicKey"), call.query("ttl")
        if key is not None:
            _check_key(key)
        if life is not None and not life.isascii():
            raise Problem(400, errors={"ttl": [f"The value '{life}' is not valid."]})
        _check_life(life)
        return self._begin(call, catlet, traces.open_channel())

    def connect(self, call: Call) -> Answer:
        """Refuse the channel, as a server does whose host is offline: there is no guest here."""
        call.find(self._database.catlets)
        if (call.request.headers.get("upgrade") or "").lower() != "websocket":
            raise Problem(400, "This endpoint requires a WebSocket request.")
        if not call.query("token"):
            raise Problem(400, "A channel token is required.")
        raise Problem(409, "The catlet is not currently assigned to an agent.")

    def _begin(self, call: Call, catlet: CatletRow, script: Task) -> Answer:
        return self._submissions.begin(call, script, resource=("Catlet", catlet))


def _check_key(key: str) -> None:
    if len(key) > LONGEST_KEY:
        raise Problem(400, f"The public key must not exceed {LONGEST_KEY} characters.")
    if set(key) & set("\r\n'\""):
        raise Problem(400, "The public key must not contain line breaks or quote characters.")


def _check_life(value: object) -> None:
    """Check a lifetime in seconds; the server accepts a string with a number too."""
    if value is None:
        return
    try:
        seconds = int(value) if isinstance(value, int | str) and not isinstance(value, bool) else None
    except ValueError:
        seconds = None
    if seconds is None:
        raise Problem(400, errors={"$.ttl": ["The JSON value could not be converted to System.Int32."]})
    if not 1 <= seconds <= LONGEST_LIFE:
        raise Problem(400, f"The ttl must be between 1 and {LONGEST_LIFE} seconds.")


def _check_expiry(given: str | None) -> None:
    """Check an expiry. It is compared with real time, which the caller's clock shows."""
    if given is None:
        return
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        message = "The JSON value could not be converted to System.DateTimeOffset."
        raise Problem(400, errors={"$.expires_at": [message]}) from None
    left = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - datetime.now(UTC)
    if left <= timedelta(0):
        raise Problem(400, "The expiry must be in the future.")
    if left > timedelta(seconds=LONGEST_LIFE):
        raise Problem(400, f"The expiry must be at most {LONGEST_LIFE} seconds in the future.")
