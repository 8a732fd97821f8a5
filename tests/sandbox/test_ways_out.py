"""No name of one's own leads from what is on the list to a module, to the names of a file, or to what evaluates."""

import argparse
import builtins
import contextlib
import csv
import functools
import importlib
import io
import logging
import pathlib
import random
import re
import types
import typing
import warnings
from collections import deque
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import torch
from torch.autograd.function import FunctionCtx

from grader.sandbox.theirs.source import vocabulary

DEEP = 3
"""So many attributes, or items, one after the other."""
MOST = 50
"""Items of one list or dictionary."""
TEXT: Any = "x"
MADE = (
    *(torch.ones(2), torch.ones(2).max(0), torch.Generator(), torch.no_grad(), torch.finfo(torch.float32)),
    *(torch.distributions.Normal(0.0, 1.0), torch.distributions.Categorical(torch.ones(2)), torch.device("cpu")),
    *(np.ones(2), np.ones(2).flat, np.ones(2).flags, np.dtype(float), np.random.RandomState(0), np.poly1d([1, 2])),
    *(np.random.default_rng(0), np.vectorize(abs), np.nditer(np.ones(2)), np.errstate(), np.broadcast(1, 2)),
    *(re.compile("a"), re.match("a", "a"), logging.getLogger("ways"), Fraction(1, 2), random.Random(), ValueError()),
    *(typing.Annotated[TEXT, 1], typing.ClassVar[TEXT], typing.TypeVar("T"), warnings.catch_warnings(record=True)),
    *(pathlib.Path("x"), io.StringIO(), io.BytesIO(), argparse.ArgumentParser(), csv.reader([]), csv.DictReader([])),
    *(
        argparse.ArgumentParser().add_argument("x"),
        argparse.ArgumentParser().add_argument_group(),
        argparse.Namespace(),
    ),
    *(torch.nn.Module(), torch.nn.Parameter(torch.ones(2)), FunctionCtx()),
    *(functools.partial(abs), functools.lru_cache(abs), contextlib.nullcontext(), lambda: 0, (x for x in "a")),
)
"""What comes of calling what is on the list."""


class OwnModule(torch.nn.Module):
    """One of a submission's: nothing is said of an attribute of such an object."""


class OwnFunction(torch.autograd.Function):
    """The same of a pair of forward and backward."""


EVALUATING = {id(each) for each in (eval, exec, compile, __import__, globals, vars, getattr, setattr, open, type)}


def listed() -> Iterator[tuple[str, Any]]:
    """Everything on the list, by the way to it."""
    yield from ((name, getattr(builtins, name)) for name in vocabulary.BUILTINS if hasattr(builtins, name))
    yield from ((type(value).__name__, value) for value in MADE)
    for own in (OwnModule(), OwnFunction()):
        names = [name for name in dir(own) if not re.fullmatch("__.*__", name)]
        yield from ((f"{type(own).__name__}.{name}", getattr(own, name, None)) for name in names)
    for module, names in (*vocabulary.MODULES.items(), *vocabulary.APART.items()):
        with contextlib.suppress(ImportError):
            library = importlib.import_module(module)
            of_arrays = vocabulary.ATTRIBUTES if vocabulary.is_of_arrays(module) else frozenset()
            found = {name: getattr(library, name, None) for name in names | of_arrays}
            yield from ((f"{module}.{name}", v) for name, v in found.items() if not isinstance(v, types.ModuleType))


def is_open_to_own_names(name: str) -> bool:
    """Whether nothing is said of an attribute that the submission has, too."""
    barred = vocabulary.attributes_elsewhere() | vocabulary.AUTOGRAD - vocabulary.WATCHED
    is_dunder = name.startswith("__") and name.endswith("__")
    return name in vocabulary.ATTRIBUTES or not (is_dunder or name in barred or "_backward" in name)


def beyond(value: Any) -> Iterator[tuple[str, Any]]:
    """What is one step from a value."""
    if isinstance(value, dict):
        yield from [(f"[{key!r}]", item) for key, item in [*value.items()][:MOST]]
    elif isinstance(value, (list, tuple)):
        yield from [(f"[{place}]", item) for place, item in enumerate(value[:MOST])]
    for name in filter(is_open_to_own_names, dir(value)):
        with contextlib.suppress(Exception):
            yield f".{name}", getattr(value, name)


def is_a_way_out(value: Any) -> bool:
    is_code = isinstance(value, (types.CodeType, types.FrameType, types.ModuleType))
    return is_code or id(value) in EVALUATING or (type(value) is dict and "__builtins__" in value)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_no_name_of_ones_own_leads_out():
    waiting = deque((way, value, 0) for way, value in listed())
    seen, ways = {}, []
    while waiting:
        way, value, steps = waiting.popleft()
        if id(value) in seen or isinstance(value, (bool, bytes, float, int, str)):
            continue
        seen[id(value)] = value
        if is_a_way_out(value):
            ways.append(way)
        elif steps < DEEP:
            waiting.extend((way + step, found, steps + 1) for step, found in beyond(value))
    assert not ways
    assert len(seen) > 5_000
