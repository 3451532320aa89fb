"""Where newer servers say more than the published documents, each with its reason.

A difference that does not occur any more has to leave this list; the tests see to it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

_TIMES = "API 1.2 tells when something was created, began and ended"
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
    "only the newest clients know it; the scope is not known": {
        "GET /v1/catlets/{id}/guest-services/provisioning-log": "",
        "GET /v1/config/datastores": "",
        "GET /v1/config/environments": "",
        "GET /v1/config/sites": "",
    },
}
"""Endpoints that came after the documents, by why, with the scope each needs."""

_ANSWERED = {"POST /v1/operations/{id}/cancel"}
UNANSWERED: Mapping[str, str] = {
    name: "the simulator does not have it yet" for names in NEWER.values() for name in names if name not in _ANSWERED
}
"""Endpoints that came after the documents, and that the simulator does not have."""


def _unpublished(but: Collection[str] = ()) -> dict[str, str]:
    return {f"{name} is not published": why for why, names in NEWER.items() for name in names if name not in but}


REPLIES: Mapping[str, str] = {
    "Operation has created": _TIMES,
    "Operation has started_at": _TIMES,
    "Operation has ended_at": _TIMES,
    "Operation has requested_by": "API 1.2 tells which client began an operation",
    "OperationTask has created": _TIMES,
    "OperationTask has started_at": _TIMES,
    "OperationTask has ended_at": _TIMES,
    "OperationStatus is Cancelled": "operations can be cancelled since API 1.2",
    "OperationTaskStatus is Cancelled": "operations can be cancelled since API 1.2",
    "OperationResult has configuration": _NOTHING_FITS,
    **_unpublished(but=UNANSWERED),
}
"""What replies of a server of API 1.2 have that the documents do not know."""

_MEMBERS, _NETWORKS, _GENES = "no members yet", "no network configurations yet", "no genes yet"
_CLIENTS = "no identity API yet"

UNREACHED: Mapping[str, str] = {
    "GET /v1/projects/{project_id}/members": _MEMBERS,
    "POST /v1/projects/{project_id}/members": _MEMBERS,
    "GET /v1/projects/{project_id}/members/{id}": _MEMBERS,
    "DELETE /v1/projects/{project_id}/members/{id}": _MEMBERS,
    "GET /v1/projects/{project_id}/virtualnetworks/config": _NETWORKS,
    "PUT /v1/projects/{project_id}/virtualnetworks/config": _NETWORKS,
    "GET /v1/genes": _GENES,
    "DELETE /v1/genes": _GENES,
    "GET /v1/genes/{id}": _GENES,
    "DELETE /v1/genes/{id}": _GENES,
    "GET /v1/clients": _CLIENTS,
    "POST /v1/clients": _CLIENTS,
    "GET /v1/clients/{id}": _CLIENTS,
    "PUT /v1/clients/{id}": _CLIENTS,
    "DELETE /v1/clients/{id}": _CLIENTS,
    "POST /v1/clients/{id}/key": _CLIENTS,
}
"""Published endpoints that the simulator does not answer with success yet."""

REQUESTS: Mapping[str, str] = _unpublished()
"""What the client sends to a server of API 1.2 that the documents do not know."""

UNCALLED: Mapping[str, str] = {}
"""Endpoints without a method of the client."""

UNTESTED: Mapping[str, str] = {**UNREACHED, **UNANSWERED}
"""Endpoints without a behaviour test."""
