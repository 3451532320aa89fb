"""The tree of commands. The module of a command is loaded when the command is used, or its group asked for help."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from .parameters import expanded
from .values import convert_plainly

Run = Callable[..., int]

CONNECTION = "Connection options"
"""The section of options that every command has; only ``rxeryph --help`` lists them."""


_RANGE = r" *\[[\d.<=]*x[\d.<>=]*\]|; [\d.<=]*x[\d.<>=]*(?=\])"
"""How typer shows the range of a number, such as "x>=1". The text of an option says it where it is needed."""


class Verbs:
    """The commands of a module, by name: each is a function, registered in the order of the help."""

    def __init__(self) -> None:
        self.functions: dict[str, Run] = {}

    def __call__(self, function: Run) -> Run:
        """Register ``function``: ``add_key`` becomes ``add-key``, ``list_`` becomes ``list``."""
        self.functions[function.__name__.rstrip("_").replace("_", "-")] = function
        return function

    def add(self, others: Verbs) -> None:
        """Register the commands of another module too."""
        self.functions |= others.functions


@dataclass(frozen=True)
class Entry:
    """A command or a noun in the help of ``rxeryph``; its module is loaded when it is needed."""

    module: str
    help: str
    section: str
    command: str | None = None
    """The name of the command in the module; None for a noun, whose commands are all in the module."""

    @property
    def verbs(self) -> Mapping[str, Run]:
        verbs = import_module(f".commands.{self.module}", __package__).verbs
        assert isinstance(verbs, Verbs)
        return verbs.functions


class Command(TyperCommand):
    """A command whose help has a section for each group of options."""

    signature: inspect.Signature | None = None
    """The parameters of the function, with their annotations."""

    def get_params(self, ctx: typer.Context) -> list[Any]:  # type: ignore[override]
        return convert_plainly(super().get_params(ctx), self.signature)

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        try:
            return super().parse_args(ctx, args)
        except typer.BadParameter:
            raise
        except Exception as error:
            # A usage error, whose class is in other modules in other versions of typer.
            if str(getattr(error, "message", "")).startswith("Got unexpected extra argument"):
                error.message += f". {_taken(self._arguments(ctx))}."  # type: ignore[attr-defined]
            raise

    def _arguments(self, ctx: typer.Context) -> list[Any]:
        return [each for each in self.get_params(ctx) if each.param_type_name == "argument"]

    def collect_usage_pieces(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]
        return [*map(_usage, self._arguments(ctx)), "[OPTIONS]"]

    def format_help_text(self, ctx: typer.Context, formatter: Any) -> None:  # type: ignore[override]
        _write_help(self.help or "", formatter)

    def format_options(self, ctx: typer.Context, formatter: Any) -> None:  # type: ignore[override]
        sections: dict[str, list[tuple[str, str]]] = {"Arguments": [], "Options": []}
        for parameter in self.get_params(ctx):
            if parameter.param_type_name == "argument":
                sections["Arguments"].append((_metavar(parameter), getattr(parameter, "help", None) or ""))
            elif (record := parameter.get_help_record(ctx)) is not None:
                names, text = record
                sections.setdefault(_section_of(parameter), []).append((names, re.sub(_RANGE, "", text)))
        has_connection = sections.pop(CONNECTION, None) is not None
        _write_sections(sections, formatter)
        also = "the connection options and " if has_connection else ""
        formatter.write_paragraph()
        formatter.write(f"See also {also}the exit codes in: rxeryph --help\n")


_ELSEWHERE = {
    **dict.fromkeys(("ls", "get"), "list"),
    **dict.fromkeys(("describe", "inspect", "view"), "show"),
    **dict.fromkeys(("rm", "remove", "destroy"), "delete"),
    **dict.fromkeys(("new", "add", "apply"), "create"),
}
"""What other commands call ours."""


class LazyGroup(TyperGroup):
    """A group that makes a command when it is used. A subclass or ``lines`` say which there are."""

    def lines(self) -> Iterable[tuple[str, str, str]]:
        """Section, name and help of each command."""
        raise NotImplementedError

    def make(self, name: str) -> Any:
        """The command of a name that is among ``lines``."""
        raise NotImplementedError

    def get_params(self, ctx: typer.Context) -> list[Any]:  # type: ignore[override]
        return convert_plainly(super().get_params(ctx))

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]
        return [name for _, name, _ in self.lines()]

    def get_command(self, ctx: typer.Context, cmd_name: str) -> Any:  # type: ignore[override]
        names = self.list_commands(ctx)
        if cmd_name in names:
            return self.make(cmd_name)
        if not cmd_name.startswith("-") and not ctx.resilient_parsing:
            ctx.fail(f"No such command {cmd_name!r}. {self.hint(cmd_name, names)}")
        return None

    def hint(self, given: str, names: list[str]) -> str:
        """What to write instead of a command that does not exist."""
        usual = _ELSEWHERE.get(given)
        near = [usual] if usual in names else get_close_matches(given, names, n=1) or names
        return f"Did you mean {near[0]!r}?" if len(near) == 1 else f"There are: {', '.join(near)}."

    def format_help_text(self, ctx: typer.Context, formatter: Any) -> None:  # type: ignore[override]
        _write_help(self.help or "", formatter)

    def format_commands(self, ctx: typer.Context, formatter: Any) -> None:  # type: ignore[override]
        sections: dict[str, list[tuple[str, str]]] = {}
        for section, name, text in self.lines():
            sections.setdefault(section, []).append((name, text))
        _write_sections(sections, formatter)

    def format_options(self, ctx: typer.Context, formatter: Any) -> None:  # type: ignore[override]
        self.format_commands(ctx, formatter)
        sections: dict[str, list[tuple[str, str]]] = {"Options": []}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None:
                sections.setdefault(_section_of(parameter), []).append(record)
        _write_sections(sections, formatter)


class NounGroup(LazyGroup):
    """The commands of one noun, such as ``rxeryph catlet``."""

    def __init__(self, name: str, entry: Entry) -> None:
        super().__init__(name=name, help=entry.help, no_args_is_help=True, rich_markup_mode=None)
        self._verbs = entry.verbs

    def lines(self) -> Iterable[tuple[str, str, str]]:
        return (("Commands", name, _summary(function)) for name, function in self._verbs.items())

    def make(self, name: str) -> Any:
        return make_command(name, self._verbs[name])

    def format_epilog(self, ctx: typer.Context, formatter: Any) -> None:  # type: ignore[override]
        formatter.write(f"\nFor the options of a command, run: {ctx.command_path} COMMAND --help\n")


def make_command(name: str, function: Run) -> Any:
    """The command of ``function``."""
    single = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    with_options = expanded(function)
    single.command(name, cls=Command)(with_options)
    command = typer.main.get_command(single)
    assert isinstance(command, Command)
    command.signature = inspect.signature(with_options)
    return command


def _summary(function: Run) -> str:
    return inspect.cleandoc(function.__doc__ or "").partition("\n\n")[0].replace("\n", " ").rstrip(".")


def _metavar(argument: Any) -> str:
    return f"{argument.metavar or argument.name.upper()}{'...' if argument.nargs == -1 else ''}"


def _usage(argument: Any) -> str:
    return _metavar(argument) if argument.required else f"[{_metavar(argument)}]"


def _taken(arguments: list[Any]) -> str:
    """What a command that got too many arguments takes."""
    if not arguments:
        return "It takes no arguments"
    if len(arguments) == 1:
        return f"It takes one {_metavar(arguments[0])}; run it once for each"
    return f"It takes only {' '.join(map(_usage, arguments))}"


def _section_of(parameter: object) -> str:
    return getattr(parameter, "rich_help_panel", None) or "Options"


def _write_sections(sections: Mapping[str, list[tuple[str, str]]], formatter: Any) -> None:
    for title, records in sections.items():
        if records:
            with formatter.section(title):
                formatter.write_dl(records)


def _write_help(text: str, formatter: Any) -> None:
    """Paragraphs are wrapped; one with an indented line, such as examples, is printed as it is.

    What a docstring says to readers of the code ("Long because ...") is left out.
    """
    formatter.indent()
    for paragraph in inspect.cleandoc(text).split("\n\n"):
        if paragraph.startswith("Long because"):
            continue
        formatter.write_paragraph()
        lines = paragraph.splitlines()
        if any(line.startswith("  ") for line in lines):
            for line in lines:
                formatter.write(f"{' ' * formatter.current_indent}{line}\n")
        else:
            formatter.write_text(" ".join(lines))
    formatter.dedent()
