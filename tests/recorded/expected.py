"""The conversations in which the simulator does not answer as recorded yet. The list may only become shorter."""

from __future__ import annotations

DIFFERING = frozenset(
    {
        "member-add",
        "member-add-self",
        "member-add-twice",
        "member-correlation",
        "member-get",
        "member-remove",
        "network-config",
        "network-config-default",
        "network-flat",
        "network-put",
        "network-put-invalid",
        "network-put-project-name",
        "project-correlation",
        "roles-members",
        "roles-networks",
    }
)
