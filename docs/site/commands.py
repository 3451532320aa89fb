"""The reference of the command, made from the command itself: every command with its arguments and options."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Iterator
from html import escape
from typing import Any, NamedTuple

import typer
from mkdocs.structure.pages import Page

from rxeryph.cli.app import ENTRIES
from rxeryph.cli.tree import make_command

MARKER = "<!-- every command -->"
OWN = ("Arguments", "Options")
"""The sections that each command lists itself. All others are shared, and listed once."""
Records = tuple[tuple[str, str], ...]


class Shown(NamedTuple):
    """A command of the reference: its full name, what its help says, and its sections of options."""

    name: str
    help: str
    sections: dict[str, Records]


def on_page_markdown(markdown: str, *, page: Page, **_: object) -> str:
    return markdown.replace(MARKER, "\n".join(reference())) if MARKER in markdown else markdown


def commands() -> Iterator[Shown]:
    for noun, entry in ENTRIES.items():
        if entry.command is not None:
            yield shown(f"rxeryph {noun}", make_command(noun, entry.verbs[entry.command]))
        else:
            for verb, function in entry.verbs.items():
                yield shown(f"rxeryph {noun} {verb}", make_command(verb, function))


def shown(name: str, command: Any) -> Shown:
    context = typer.Context(command, info_name=name)
    sections: dict[str, list[tuple[str, str]]] = {}
    for parameter in command.get_params(context):
        if parameter.param_type_name == "argument":
            label = f"{parameter.metavar or parameter.name.upper()}{'...' if parameter.nargs == -1 else ''}"
            sections.setdefault("Arguments", []).append((label, parameter.help or ""))
        elif (record := parameter.get_help_record(context)) and parameter.name != "help":
            title = getattr(parameter, "rich_help_panel", None) or "Options"
            sections.setdefault(title, []).append(record)
    return Shown(name, command.help or "", {title: tuple(records) for title, records in sections.items()})


def reference() -> Iterator[str]:
    """The page: shared options, then each command by noun."""
    every = [*commands()]
    variants: dict[str, Counter[Records]] = {}
    for command in every:
        for title, records in command.sections.items():
            if title not in OWN:
                variants.setdefault(title, Counter())[records] += 1
    shared = {title: counter.most_common(1)[0][0] for title, counter in variants.items()}
    yield "## Options of many commands\n"
    for title, records in shared.items():
        yield f"### {title}\n"
        yield from table("option", records)
    noun = ""
    for command in every:
        _, first, *verb = command.name.split()
        if verb and first != noun:
            yield f"## rxeryph {first}\n\n{ENTRIES[first].help}.\n"
        noun = first
        yield f"{'###' if verb else '##'} {command.name}\n"
        yield from paragraphs(command.help)
        same = [title for title, records in command.sections.items() if shared.get(title) == records]
        for title, records in command.sections.items():
            if title not in same:
                yield from table("argument" if title == "Arguments" else "option", records)
        if same:
            links = ", ".join(f"[{title.lower()}](#{title.lower().replace(' ', '-')})" for title in same)
            yield f"Also: {links}.\n"


def paragraphs(text: str) -> Iterator[str]:
    """The help as the command prints it: indented lines are examples."""
    for paragraph in inspect.cleandoc(text).split("\n\n"):
        if paragraph.startswith("Long because"):
            continue
        lines = paragraph.splitlines()
        prose = [escape(line) for line in lines if not line.startswith("  ")]
        examples = [line.strip() for line in lines if line.startswith("  ")]
        if prose:
            yield "\n".join(prose) + "\n"
        if examples:
            yield "\n".join(("```text", *examples, "```\n"))


def table(title: str, records: Records) -> Iterator[str]:
    yield f"| {title} | meaning |\n|---|---|"
    for name, text in records:
        prose = escape(text.replace("|", "\\|"))  # a bar in code needs nothing
        yield f"| `{' '.join(name.split())}` | {' '.join(prose.split())} |"
    yield ""
