"""From the given configuration to the one that can be deployed, with the genes that it needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from ..rows import Built, GeneRow
from .breeding import bred, fodder_key, merged_fodder, without_removed
from .members import Configuration, items, name_of, ordered, without_empty
from .normalising import Refused, full_gene_set, full_source, normalised, with_default_network

MOST_ANCESTORS = 5


class GeneSource(Protocol):
    """Where genes come from."""

    def genes(self, gene_set: str) -> list[GeneRow]:
        """The genes of a gene set; none if it does not exist."""
        ...

    def content(self, gene: GeneRow) -> Configuration:
        """The content of a gene that is no volume."""
        ...


def build(source: GeneSource, given: Mapping[str, Any]) -> Built:
    """Breed, complete and feed a configuration. Raises Refused if that is not possible."""
    genes: dict[str, GeneRow] = {}
    configuration = with_default_network(without_empty(given))
    if "parent" in configuration:
        configuration["parent"] = full_gene_set(configuration["parent"])
        parent = _ancestor(source, configuration["parent"], genes, [])
        configuration = bred(configuration, parent)
    configuration = normalised(without_removed(configuration))
    configuration["fodder"] = _fed(source, configuration, genes)
    for drive in configuration["drives"]:
        if str(drive.get("source", "")).startswith("gene:"):
            gene = _gene(source, drive["source"], "Volume")
            genes[gene.id] = gene
    return Built(ordered({**configuration, "config_type": "specification"}), tuple(genes.values()))


def parent_of(source: GeneSource, gene_set: str | None) -> Configuration:
    """The configuration of a parent, with its own parents; empty without one."""
    return _ancestor(source, gene_set, {}, []) if gene_set else {}


def _ancestor(source: GeneSource, gene_set: str, genes: dict[str, GeneRow], below: list[str]) -> Configuration:
    """The configuration of a parent, bred with its own parents."""
    if gene_set in below:
        raise Refused(f"The gene set {gene_set} is its own ancestor.")
    if len(below) >= MOST_ANCESTORS:
        raise Refused(f"The catlet has more than {MOST_ANCESTORS} ancestors.")
    known = _genes(source, gene_set)
    catlet = next((gene for gene in known if gene.gene_type == "Catlet"), None)
    if catlet is None:
        raise Refused(f"The gene set {gene_set} is a parent, but has no catlet gene.")
    genes[catlet.id] = catlet
    volumes = {gene.name: gene for gene in known if gene.gene_type == "Volume"}
    configuration = without_empty(source.content(catlet))
    for drive in items(configuration, "drives"):
        if "source" not in drive and drive.get("type", "vhd") == "vhd" and name_of(drive) in volumes:
            drive["source"] = f"gene:{gene_set}:{name_of(drive)}"
    for fodder in items(configuration, "fodder"):
        fodder["source"] = full_source(fodder.get("source") or f"gene:{gene_set}:catlet")
    if "parent" in configuration:
        above = _ancestor(source, full_gene_set(configuration["parent"]), genes, [*below, gene_set])
        configuration = bred(configuration, above)
    return configuration


def _fed(source: GeneSource, configuration: Configuration, genes: dict[str, GeneRow]) -> list[Configuration]:
    """The fodder, with that of genes in place of their names."""
    removed = [fodder_key(entry) for entry in configuration["fodder"] if entry.get("remove")]
    found: dict[tuple[str, str], Configuration] = {}
    for entry in configuration["fodder"]:
        if entry.get("remove"):
            continue
        gene_source = str(entry.get("source") or "")
        is_gene = gene_source.startswith("gene:") and not gene_source.endswith(":catlet")
        for food in _food(source, entry, genes) if is_gene else [entry]:
            key = fodder_key(food)
            if key not in removed and ("", key[1]) not in removed:
                found[key] = merged_fodder(found[key], food) if key in found else without_empty(food)
    return list(found.values())


def _food(source: GeneSource, entry: Configuration, genes: dict[str, GeneRow]) -> list[Configuration]:
    gene = _gene(source, entry["source"], "Fodder")
    genes[gene.id] = gene
    content = source.content(gene)
    food = [each for each in items(content, "fodder") if not entry.get("name") or name_of(each) == entry["name"]]
    if not food:
        raise Refused(f"The gene {gene.unique_id} has no fodder '{entry['name']}'.")
    bound = {name_of(each): each for each in items(entry, "variables")}
    variables = items(content, "variables")
    unknown = bound.keys() - {name_of(each) for each in variables}
    if unknown:
        raise Refused(f"The gene {gene.unique_id} has no variable '{min(unknown)}'.")
    merged = [{**each, **without_empty(bound.get(name_of(each), {})), "name": each["name"]} for each in variables]
    return [{**each, "source": entry["source"], "variables": [dict(one) for one in merged]} for each in food]


def _gene(source: GeneSource, name: str, gene_type: str) -> GeneRow:
    gene_set, _, gene = name.removeprefix("gene:").rpartition(":")
    found = [each for each in _genes(source, gene_set) if (each.gene_type, each.name) == (gene_type, gene)]
    if not found:
        raise Refused(f"The gene {name} does not exist.")
    return found[0]


def _genes(source: GeneSource, gene_set: str) -> list[GeneRow]:
    known = source.genes(gene_set)
    if not known:
        raise Refused(f"The gene set {gene_set} is not available in local or remote gene pools.")
    return known
