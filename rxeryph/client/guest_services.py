"""Guest services: what runs inside a catlet, reached over its host (API 1.2)."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from .calls import GatedCalls, OpT
from .checks import check_id, invalid

LONGEST_KEY = 2048
LONGEST_SETTING = 512
LONGEST_TTL = 2_592_000
"""Thirty days, in seconds."""


class GuestServices(GatedCalls[OpT]):
    """The guest services of catlets; see ``Catlets`` for what a call returns, and for names instead of ids.

    All of it is work for the catlet's host, and so an operation, even reading. Nothing is sent twice when it may
    have arrived: SubmissionUnknownError says so. A server before API 1.2 gets nothing: ApiVersionError.
    """

    def status(self, catlet_id: str, *, project: str | None = None) -> OpT:
        """Ask the guest services about themselves; the result is a ``GuestServicesStatusResult``."""
        catlet = self._catlet(catlet_id, project, changes=False)
        self._need(self.status)
        return self._submit("GET", _path(catlet.find()))

    def provisioning_log(self, catlet_id: str, *, project: str | None = None) -> OpT:
        """Fetch the log of the provisioning inside the guest; the result is a ``ProvisioningLogResult``.

        Only newest servers have it, and their version does not tell: others answer with NotFoundError.
        """
        catlet = self._catlet(catlet_id, project, changes=False)
        self._need(self.provisioning_log)
        return self._submit("GET", f"{_path(catlet.find())}/provisioning-log")

    def configure(
        self,
        catlet_id: str,
        *,
        project: str | None = None,
        shell: str | None = None,
        shell_args: str | None = None,
    ) -> OpT:
        """Set the shell of SSH sessions and its arguments, up to 512 characters each.

        None leaves a setting as it is, an empty text clears it; at least one must be given.
        """
        catlet = self._catlet(catlet_id, project, changes=True)
        body = {name: value for name, value in (("shell", shell), ("shell_args", shell_args)) if value is not None}
        if not body:
            raise invalid("$", "at least one of shell and shell_args must be given.")
        for name, value in body.items():
            if not isinstance(value, str) or len(value) > LONGEST_SETTING:
                raise invalid(f"$.{name}", f"must be a text of at most {LONGEST_SETTING} characters.")
        self._need(self.configure)
        return self._submit("PATCH", f"{_path(catlet.find())}/settings", body)

    def add_access_key(
        self,
        catlet_id: str,
        public_key: str,
        *,
        project: str | None = None,
        ttl: int | None = None,
        expires_at: datetime | None = None,
    ) -> OpT:
        """Let the holder of an SSH key in. ``public_key`` has at most 2048 characters, in one line, without quotes.

        ``ttl`` is in whole seconds, 1 to 2592000, and only told to the guest; ``expires_at`` (an aware datetime)
        is when the key ends. By default it does not.
        """
        catlet = self._catlet(catlet_id, project, changes=True)
        body: dict[str, object] = {"public_key": _public_key(public_key, "$.public_key")}
        if ttl is not None:
            body["ttl"] = _ttl(ttl, "$.ttl")
        if expires_at is not None:
            if not isinstance(expires_at, datetime) or expires_at.utcoffset() is None:
                raise invalid("$.expires_at", "must be a datetime with a time zone.")
            body["expires_at"] = expires_at.isoformat()
        self._need(self.add_access_key)
        return self._submit("POST", f"{_path(catlet.find())}/access-keys", body)

    def remove_access_keys(self, catlet_id: str, *, project: str | None = None) -> OpT:
        """Take the access key away again."""
        catlet = self._catlet(catlet_id, project, changes=True)
        self._need(self.remove_access_keys)
        return self._submit("DELETE", f"{_path(catlet.find())}/access-keys")

    def open_ssh_channel(
        self,
        catlet_id: str,
        *,
        project: str | None = None,
        public_key: str | None = None,
        ttl: int | None = None,
    ) -> OpT:
        """Open a channel for SSH; the result is an ``SshChannelResult`` with a token that works once, soon.

        ``public_key`` is let in for ``ttl`` seconds (1 to 2592000), both as in ``add_access_key``.
        """
        catlet = self._catlet(catlet_id, project, changes=True)
        query: dict[str, str] = {}
        if public_key is not None:
            query["publicKey"] = _public_key(public_key, "publicKey")
        if ttl is not None:
            query["ttl"] = str(_ttl(ttl, "ttl"))
        self._need(self.open_ssh_channel)
        asked = f"?{urlencode(query)}" if query else ""
        return self._submit("PUT", f"{_path(catlet.find())}/ssh-channel{asked}")

    def ssh_channel_url(self, catlet_id: str, token: str) -> str:
        """The address for a WebSocket client; it holds the token, so do not log it. Sends nothing.

        Here ``catlet_id`` is the id, because a name would have to be asked for.
        """
        parts = urlsplit(self._transport.url(f"{_path(check_id(catlet_id, 'catlet_id'))}/ssh-channel/connect"))
        scheme = "ws" if parts.scheme == "http" else "wss"
        return urlunsplit((scheme, parts.netloc, parts.path, f"token={quote(token, safe='')}", ""))


def _path(catlet_id: str) -> str:
    return f"/v1/catlets/{catlet_id}/guest-services"


def _public_key(value: object, path: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise invalid(path, "a public key is required.")
    if len(value) > LONGEST_KEY:
        raise invalid(path, f"a public key has at most {LONGEST_KEY} characters, not {len(value)}.")
    if any(mark in value for mark in "\r\n\"'"):
        raise invalid(path, "a public key has no line breaks and no quotes.")
    return value


def _ttl(value: object, path: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= LONGEST_TTL:
        raise invalid(path, f"{value!r} must be whole seconds from 1 to {LONGEST_TTL}.")
    return value
