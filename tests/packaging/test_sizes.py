"""Modules, classes and functions stay small. One that does not says why in its docstring: "long because ..."."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import rxeryph

PACKAGE = Path(rxeryph.__file__).parent
MODULE_LINES, FUNCTION_LINES, METHODS, ATTRIBUTES = 300, 50, 20, 12

Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def attributes(cls: ast.ClassDef) -> set[str]:
    """The fields that the class declares, and the attributes that its methods set on themselves."""
    declared = {ast.unparse(each.target) for each in cls.body if isinstance(each, ast.AnnAssign)}
    stored = {
        node.attr
        for node in ast.walk(cls)
        if isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Store)
        and isinstance(node.value, ast.Name)
        and node.value.id == "self"
    }
    return declared | stored


def is_long(node: ast.AST, lines: int) -> bool:
    match node:
        case ast.Module():
            return lines > MODULE_LINES
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return (node.end_lineno or 0) - node.lineno >= FUNCTION_LINES
        case ast.ClassDef():
            methods = [each for each in node.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)]
            return len(methods) > METHODS or len(attributes(node)) > ATTRIBUTES
    return False


def explains_itself(node: ast.AST) -> bool:
    assert isinstance(node, Documented)
    return "long because" in " ".join((ast.get_docstring(node) or "").lower().split())


def unexplained(file: Path) -> Iterator[str]:
    text = file.read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(text)):
        if is_long(node, len(text.splitlines())) and not explains_itself(node):
            yield f"{file.relative_to(PACKAGE)}: {getattr(node, 'name', 'the module')}"


def test_one_line_more_than_allowed_is_too_long() -> None:
    for lines in (FUNCTION_LINES, FUNCTION_LINES + 1):
        function = ast.parse("def f():\n" + "    1\n" * (lines - 1)).body[0]
        assert is_long(function, lines) == (lines > FUNCTION_LINES)


def test_whatever_is_long_says_why() -> None:
    assert [each for file in sorted(PACKAGE.rglob("*.py")) for each in unexplained(file)] == []
