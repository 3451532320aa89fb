"""The gene sets that exist, and what is in their genes.

Every gene set of the organisation ``dbosoft`` exists. It has fodder if its name ends in ``-food``, and otherwise a
catlet gene and a volume. ``dbosoft/broken`` has two volumes of which one cannot be fetched. Other organisations have
no gene sets.
"""

from __future__ import annotations

import copy

from .configurations.members import Configuration
from .configurations.normalising import full_gene_set
from .rows import GeneRow

LOCAL_GENE_SET = "dbosoft/ubuntu-22.04/starter"
BROKEN_GENE_SET = "dbosoft/broken"
FOOD = ("linux-starter", "win-starter")
"""The names of fodder genes."""
VOLUME_GIB = 30

_CATLET: Configuration = {
    "memory": {"startup": 1024},
    "drives": [{"name": "sda", "size": VOLUME_GIB}],
    "fodder": [
        {
            "source": "gene:dbosoft/starter-food:linux-starter",
            "variables": [
                {"name": "username", "value": "admin"},
                {"name": "password", "value": "admin", "secret": True},
            ],
        }
    ],
}
_FODDER: Configuration = {
    "variables": [{"name": "username", "value": "admin"}, {"name": "password", "value": "eryph", "secret": True}],
    "fodder": [
        {
            "name": "admin-user",
            "type": "cloud-config",
            "content": "users:\n- name: {{ username }}\n  plain_text_passwd: {{ password }}\n",
        }
    ],
}


def genes_of(gene_set: str) -> list[GeneRow]:
    """The genes of a gene set; none if it does not exist."""
    name = full_gene_set(gene_set)
    if not name.startswith("dbosoft/"):
        return []
    if name.split("/")[1].endswith("-food"):
        return [GeneRow("Fodder", name, food, "any", 4_096) for food in FOOD]
    disks = ("sda", "sdb") if name.startswith(BROKEN_GENE_SET + "/") else ("sda",)
    volumes = [GeneRow("Volume", name, disk, "hyperv/amd64", 2_361_393_152) for disk in disks]
    return [GeneRow("Catlet", name, "catlet", "any", 2_048), *volumes]


def content_of(gene: GeneRow) -> Configuration:
    """What is in a gene that is no volume."""
    content = copy.deepcopy(_FODDER if gene.gene_type == "Fodder" else _CATLET)
    if gene.gene_set.startswith(BROKEN_GENE_SET + "/"):
        content["drives"].append({"name": "sdb"})
    return content
