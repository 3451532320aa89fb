"""Folders that are on another machine, where a journal in a file would be damaged."""

from __future__ import annotations

import os

NETWORK = frozenset(
    {"9p", "afpfs", "afs", "beegfs", "ceph", "cifs", "davfs", "davfs2", "glusterfs", "gpfs", "lustre", "ncpfs"}
    | {"nfs", "nfs3", "nfs4", "smb", "smb2", "smb3", "smbfs", "sshfs", "webdav"}
)
"""The types of file systems that are shared through a network."""


def share_of(path: str) -> str | None:
    """The network share that has ``path``, as its mount point and type; None if it is on this machine, or unknown."""
    real = os.path.realpath(path)
    if real.startswith("\\\\"):
        return "\\".join(real.split("\\")[:4])
    import psutil

    try:
        mounts = psutil.disk_partitions(all=True)
    except (OSError, RuntimeError):  # as in a container without /proc
        return None
    holding = [mount for mount in mounts if _is_below(real, mount.mountpoint)]
    if not holding:
        return None
    # The last of several mounts at the same place hides the others.
    mount = max(enumerate(holding), key=lambda each: (len(each[1].mountpoint), each[0]))[1]
    kind = mount.fstype.lower()
    is_network = kind.removeprefix("fuse.") in NETWORK or "remote" in mount.opts.split(",")
    return f"{mount.mountpoint} ({kind or 'remote'})" if is_network else None


def _is_below(path: str, folder: str) -> bool:
    path, folder = os.path.normcase(path), os.path.normcase(folder)
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)
