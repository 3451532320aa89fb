"""The types of drives are read in both spellings."""

from __future__ import annotations

import pytest

from rxeryph.wire import load_catlet, load_virtual_disk


@pytest.mark.parametrize(
    ("sent", "read"),
    [("VHD", "Vhd"), ("SharedVHD", "SharedVhd"), ("VHDSet", "VhdSet"), ("Dvd", "Dvd"), ("Tape", "Tape")],
)
def test_a_drive_has_the_type_of_the_newest_servers(sent: str, read: str) -> None:
    project = {"id": "p", "name": "dev"}
    catlet = {"id": "c", "name": "web", "project": project, "status": "Stopped", "drives": [{"type": sent}]}
    assert [drive.type for drive in load_catlet(catlet).drives] == [read]
    disk = {"id": "d", "name": "sda", "project": project, "attached_catlets": [{"type": sent, "catlet_id": "c"}]}
    assert [each.type for each in load_virtual_disk(disk).attached_catlets] == [read]
