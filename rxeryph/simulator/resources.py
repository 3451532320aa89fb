"""Catlets and disks as documents. Servers before API 1.2 lack members, and spell the types of drives otherwise."""

from __future__ import annotations

from . import documents
from .configurations.older import DRIVE_TYPES
from .database import Database
from .level import Level
from .networking import ports
from .rows import CatletRow, DiskRow

_CURRENT_TYPES = {"vhd": "Vhd", "shared_vhd": "SharedVhd", "phd": "Phd", "dvd": "Dvd", "vhd_set": "VhdSet"}


class Resources:
    """The documents that a server of ``level`` sends."""

    def __init__(self, database: Database, level: Level) -> None:
        self._database = database
        self._level = level
        self._types = DRIVE_TYPES if level.is_old else _CURRENT_TYPES

    def catlet(self, row: CatletRow) -> documents.Document:
        """A catlet."""
        document: documents.Document = {"id": row.id, "name": row.name}
        if self._level.has((1, 1)):
            document["vm_id"] = row.vm_id
        document |= {"project": documents.project(row.project), "status": row.status}
        if self._level.has((1, 2)):
            document["is_deprecated"] = False
        types = {drive["name"]: drive["type"] for drive in row.configuration["drives"]}
        document |= {
            "networks": [ports.shown(port) for port in row.ports],
            "network_adapters": [
                {"name": adapter["name"], "mac_address": adapter["mac_address"]}
                for adapter in row.configuration["network_adapters"]
            ],
            "drives": [
                {"type": self._types[types.get(disk.name, "vhd")], "attached_disk_id": disk.id}
                for disk in self._database.disks_of(row)
            ],
        }
        if row.origin is not None and self._level.has((1, 2)):
            specification, version = row.origin
            ids = {"specification_id": specification.id, "specification_version_id": version.id}
            document["specification"] = ids
        return document

    def disk(self, row: DiskRow, *, shows_path: bool) -> documents.Document:
        """A disk. Only super admins see its path on the host."""
        attached = [{"type": self._types["vhd"], "catlet_id": row.catlet_id}] if row.catlet_id else []
        document: documents.Document = {
            "id": row.id,
            "name": row.name,
            "location": row.location,
            "data_store": row.data_store,
            "project": documents.project(row.project),
            "environment": row.environment,
        }
        if self._level.has((1, 1)):
            document["status"] = "Ok"
        document |= {"size_bytes": row.size * 1024**3, "attached_catlets": attached}
        if row.gene is not None:
            names = {"gene_set": row.gene.gene_set, "name": row.gene.name, "architecture": row.gene.architecture}
            document["gene"] = names
        if row.parent is not None:
            document["parent_id"] = row.parent.id
        if shows_path:
            document["path"] = _path(row)
            if row.parent is not None and self._level.has((1, 1)):
                document["parent_path"] = _path(row.parent)
        return document


def _path(row: DiskRow) -> str:
    if row.gene is not None:
        folder = row.gene.gene_set.replace("/", "\\")
        return rf"C:\ProgramData\eryph\genepool\{folder}\volumes\{row.name}.vhdx"
    return rf"C:\ProgramData\eryph\vms\{row.location}\{row.name}.vhdx"
