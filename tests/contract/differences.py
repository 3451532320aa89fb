"""Where newer servers say more than the published documents, each with its reason.

A difference that does not occur any more has to leave this list; the tests see to it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

_TIMES = "API 1.2 shows when something was created, began and ended"
_NOTHING_FITS = (
    "the document closes OperationResult itself against further members, so that no result at all fits;"
    " every server sends the members of the result beside result_type"
)

_R, _W, _A = "compute:catlets:read", "compute:catlets:write", "compute:catlets:remote-access"
NEWER: Mapping[str, Mapping[str, str]] = {
    "operations can be cancelled since API 1.2": {"POST /v1/operations/{id}/cancel": ""},
    "a shim of older servers that came back with API 1.2": {"POST /v1/catlets/{id}/config/expand": _W},
    "guest services came with API 1.2": {
        "GET /v1/catlets/{id}/guest-services": _R,
        "PATCH /v1/catlets/{id}/guest-services/settings": _A,
        "POST /v1/catlets/{id}/guest-services/access-keys": _A,
        "DELETE /v1/catlets/{id}/guest-services/access-keys": _A,
        "PUT /v1/catlets/{id}/guest-services/ssh-channel": _A,
        "GET /v1/catlets/{id}/guest-services/ssh-channel/connect": _A,
    },
    "catlet specifications came with API 1.2": {
        "GET /v1/catlet_specifications": _R,
        "GET /v1/catlet_specifications/{id}": _R,
        "POST /v1/catlet_specifications": _W,
        "PUT /v1/catlet_specifications/{id}": _W,
        "DELETE /v1/catlet_specifications/{id}": _W,
        "GET /v1/catlet_specifications/{id}/versions": _R,
        "GET /v1/catlet_specifications/{id}/versions/{id}": _R,
        "POST /v1/catlet_specifications/{id}/versions/{id}/deploy": _W,
        "POST /v1/catlet_specifications/validate": _W,
    },
    "only the newest clients know it; the scope is not known, and here the simulator's guess": {
        "GET /v1/catlets/{id}/guest-services/provisioning-log": _R,
        "GET /v1/config/datastores": "",
        "GET /v1/config/environments": "",
        "GET /v1/config/sites": "",
    },
}
"""Endpoints that came after the documents, by why, with the scope each needs."""


WEBSOCKETS = ("GET /v1/catlets/{id}/guest-services/ssh-channel/connect",)
"""Endpoints that answer with another protocol, and so are not asked like the others."""


def _unpublished(but: Collection[str] = ()) -> dict[str, str]:
    return {f"{name} is not published": why for why, names in NEWER.items() for name in names if name not in but}


_RESULT_MEMBERS = (
    "catlet_id",
    "events",
    "expires_at",
    "genes",
    "guest_services_status",
    "guest_services_version",
    "provisioning_state",
    "rendered_log",
    "shell",
    "shell_args",
    "token",
)

OLD_REPLIES: Mapping[str, str] = {
    "OperationResult has configuration": _NOTHING_FITS,
    "Client lacks name": "the system client has none on any server",
    "GET /v1/genes/{id} answers 500": "an id that is no GUID makes every server stumble",
    "POST /v1/projects answers 500": "so does an empty name",
    "POST /v1/clients answers 500": "so does an empty scope",
    "PUT /v1/clients/{id} answers 500": "so does an empty scope",
}
"""What replies of a server of API 1.1 have that the documents do not know."""

OLDER_REPLIES: Mapping[str, str] = {
    "Catlet lacks is_deprecated": "the documents are newer than API 1.1",
    "CatletDriveType is VHD": "the spelling of drive types changed with API 1.2",
    "POST /v1/catlets/{id}/config/expand is not published": "servers of API 1.1 have it too",
}
"""What a server of API 1.1 has beside that, and one of API 1.2 has not."""

REPLIES: Mapping[str, str] = {
    "Operation has created": _TIMES,
    "Operation has started_at": _TIMES,
    "Operation has ended_at": _TIMES,
    "Operation has requested_by": "API 1.2 shows which client began an operation",
    "OperationTask has created": _TIMES,
    "OperationTask has started_at": _TIMES,
    "OperationTask has ended_at": _TIMES,
    "OperationStatus is Cancelled": "operations can be cancelled since API 1.2",
    "OperationTaskStatus is Cancelled": "operations can be cancelled since API 1.2",
    "ResourceType is CatletSpecification": "specifications came with API 1.2",
    **{f"OperationResult has {member}": _NOTHING_FITS for member in _RESULT_MEMBERS},
    **OLD_REPLIES,
    **_unpublished(but=WEBSOCKETS),
}
"""What replies of a server of API 1.2 have that the documents do not know."""

REQUESTS: Mapping[str, str] = _unpublished(but=WEBSOCKETS)
"""What the client sends to a server of API 1.2 that the documents do not know."""
