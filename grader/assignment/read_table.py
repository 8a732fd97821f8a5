"""A table of `assignment.toml` into its struct, with a sentence an author can act on where that fails."""

import types
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

import msgspec

from grader.assignment.schema import Table, keys_of

T = TypeVar("T", bound=Table)
ONE = {str: "a string", int: "a whole number", float: "a number", bool: "true or false"}
MANY = {str: "strings", int: "whole numbers", float: "numbers", bool: "true or false"}


class Unfit(Exception):
    """What is in the file is not what may be there; the text says where and why."""


def read_table(table: dict[str, Any], kind: type[T]) -> T:
    """The table as a struct.

    Raises:
        Unfit: a key is unknown or missing, or a value is of the wrong form.
    """
    for complaint in _complaints(table, kind, ""):
        raise Unfit(complaint)
    return msgspec.convert(table, kind)


def _complaints(value: Any, kind: Any, where: str) -> Iterator[str]:
    """What is wrong with a value at a place, the outermost first."""
    kind = get_args(kind)[0] if get_origin(kind) is Annotated and _inner(kind) else kind
    tables = [each for each in _options(kind) if isinstance(each, type) and issubclass(each, Table)]
    inside = get_args(kind)
    if tables and isinstance(value, dict):
        yield from _of_table(value, tables[0], where)
    elif get_origin(kind) is list and isinstance(value, list):
        for number, each in enumerate(value, start=1):
            yield from _complaints(each, inside[0], f"{where} {number}")
    elif get_origin(kind) is dict and isinstance(value, dict):
        for key, each in value.items():
            yield from _complaints(each, inside[1], f"{where}.{key}")
    elif not _fits(value, kind):
        yield f"{where} = {_shown(value)} must be {_meant(kind)}."


def _of_table(table: dict[str, Any], kind: type[Table], where: str) -> Iterator[str]:
    fields = {each.name: each for each in keys_of(kind)}
    label = table.get("tensor", table.get("name"))
    inner = f"{where} ({label})" if where and isinstance(label, str) else where
    place = f"{inner}: " if inner else ""
    unknown = [key for key in table if key not in fields]
    for key in unknown:
        if close := get_close_matches(key, fields, n=1):
            yield f"{place}`{key}` is not a key here. Did you mean `{close[0]}`?"
    for name, each in fields.items():
        if each.required and name not in table:
            yield f"{place}the key `{name}` is missing; it must be {_meant(each.type)}."
    for key in unknown:
        yield f"{place}`{key}` is not a key here; the keys are {', '.join(fields)}."
    for key, value in table.items():
        yield from _complaints(value, fields[key].type, f"{place}{key}")


def _inner(kind: Any) -> bool:
    """Whether an annotated type is one that has parts, so that a complaint can be about one of them."""
    origin = get_origin(get_args(kind)[0])
    return origin in (list, dict) or any(isinstance(each, type) and issubclass(each, Table) for each in _options(kind))


def _options(kind: Any) -> tuple[Any, ...]:
    """What a value of a type may be: one thing, or one of several."""
    if get_origin(kind) is Annotated:
        return _options(get_args(kind)[0])
    if get_origin(kind) in (Union, types.UnionType):
        return tuple(option for each in get_args(kind) for option in _options(each))
    return (kind,)


def _fits(value: Any, kind: Any) -> bool:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return False
    return True


def _meant(kind: Any, *, many: bool = False) -> str:
    """A type in the words of an author, of one value or of many."""
    if get_origin(kind) is Annotated:
        limits = [each for each in get_args(kind)[1:] if isinstance(each, msgspec.Meta)]
        least = next((each.ge for each in limits if each.ge is not None), None)
        most = next((each.le for each in limits if each.le is not None), None)
        bounds = f" from {least} to {most}" if most is not None else "" if least is None else f" of at least {least}"
        return _meant(get_args(kind)[0], many=many) + bounds
    if get_origin(kind) is Literal:
        return "one of " + ", ".join(repr(each) for each in get_args(kind))
    if get_origin(kind) is tuple:
        return f"{'lists' if many else 'a list'} of {len(get_args(kind))} {_meant(get_args(kind)[0], many=True)}"
    if get_origin(kind) is list:
        return f"{'lists' if many else 'a list'} of {_meant(get_args(kind)[0], many=True)}"
    if get_origin(kind) is dict:
        return f"{'tables' if many else 'a table'} of {_meant(get_args(kind)[1], many=True)}"
    if get_origin(kind) in (Union, types.UnionType):
        return ", or ".join(_meant(each, many=many) for each in get_args(kind) if each is not type(None))
    return MANY.get(kind, "tables") if many else ONE.get(kind, "a table")


def _shown(value: Any, most: int = 60) -> str:
    text = repr(value)
    return text if len(text) <= most else text[:most] + "…"
