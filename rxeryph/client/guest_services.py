"""Guest services: eryph's services inside a catlet, reached through its host (API 1.2)."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from ..configuration.refusal import invalid
from .calls import GatedCalls, OpT
from .checks import check_id, check_string, check_time, check_whole_number

LONGEST_KEY = 2048
LONGEST_SETTING = 512
LONGEST_TTL = 2_592_000
"""Thirty days, in seconds."""


class GuestServices(GatedCalls[OpT]):
    """The guest services of catlets; see ``Catlets`` for what a call returns, and for names instead of ids.

    The catlet's host does the work, so every call starts an operation, even one that reads. No request is sent again
    when it may have arrived: SubmissionUnknownError says so. With a server before API 1.2 nothing is sent and
    ApiVersionError is raised.
    """

    def status(self, catlet_id: str, *, project: str | None = None) -> OpT:
        """Read the status of the guest services; the result is a ``GuestServicesStatusResult``."""
        catlet = self._catlet(catlet_id, project, changes=False)
        self._need(self.status)
        return self._submit("GET", _path(catlet.find()))

    def provisioning_log(self, catlet_id: str, *, project: str | None = None) -> OpT:
        """Read the log of the provisioning inside the guest; the result is a ``ProvisioningLogResult``.

        Only the newest servers have it, and their version does not show it; others raise NotFoundError.
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

        None leaves a setting unchanged, an empty string clears it; at least one must be given.
        """
        catlet = self._catlet(catlet_id, project, changes=True)
        body = {name: value for name, value in (("shell", shell), ("shell_args", shell_args)) if value is not None}
        if not body:
            raise invalid("$", "at least one of shell and shell_args must be given.")
        for name, value in body.items():
            check_string(value, f"$.{name}", 0, LONGEST_SETTING)
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
        """Grant access to the holder of an SSH key: at most 2048 characters, in one line, without quotes.

        ``ttl``, whole seconds from 1 to 2592000, is only passed to the guest; ``expires_at`` (a timezone-aware
        datetime) is when the key expires. By default it does not.
        """
        catlet = self._catlet(catlet_id, project, changes=True)
        body: dict[str, object] = {"public_key": _public_key(public_key, "$.public_key")}
        if ttl is not None:
            body["ttl"] = check_whole_number(ttl, "$.ttl", LONGEST_TTL, "seconds")
        if expires_at is not None:
            body["expires_at"] = check_time(expires_at, "$.expires_at").isoformat()
        self._need(self.add_access_key)
        return self._submit("POST", f"{_path(catlet.find())}/access-keys", body)

    def remove_access_keys(self, catlet_id: str, *, project: str | None = None) -> OpT:
        """Remove the access key."""
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
        """Open a channel for SSH; the result is an ``SshChannelResult`` with a short-lived token that works once.

        ``public_key`` gets access for ``ttl`` seconds (1 to 2592000), both as in ``add_access_key``.
        """
        catlet = self._catlet(catlet_id, project, changes=True)
        query: dict[str, str] = {}
        if public_key is not None:
            query["publicKey"] = _public_key(public_key, "publicKey")
        if ttl is not None:
            query["ttl"] = str(check_whole_number(ttl, "ttl", LONGEST_TTL, "seconds"))
        self._need(self.open_ssh_channel)
        parameters = f"?{urlencode(query)}" if query else ""
        return self._submit("PUT", f"{_path(catlet.find())}/ssh-channel{parameters}")

    def ssh_channel_url(self, catlet_id: str, token: str) -> str:
        """The URL for a WebSocket client. It contains the token, so do not log it. Sends nothing.

        ``catlet_id`` must be the id here, because finding a name would take a request.
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
