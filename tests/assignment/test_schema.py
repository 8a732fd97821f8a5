"""Every key of `assignment.toml` is known, documented once, and a slip in one is told with what is meant."""

import random
import re
import tomllib

import msgspec
import pytest

from grader.assignment import assignment_names
from grader.assignment.read_table import Unfit, read_table
from grader.assignment.schema import AssignmentTable, DerivedTable, Table
from helpers.places import ROOT

HEADINGS = {
    "AssignmentTable": "the file",
    "SizeTable": "a size",
    "DatasetTable": "`[dataset]`",
    "ProbeTable": "`[[probes]]`",
    "ExerciseTable": "`[[exercises]]`",
    "StageTable": "`stages`",
    "OperationsTable": "`operations`",
    "SlipTable": "`slips`",
    "TaskTable": "`[[exercises.tasks]]`",
    "TrainingTable": "`[exercises.training]`",
    "DerivedTable": "a derived file",
    "CalledTable": "`[called]`",
}
TABLES = {each.__name__: each for each in Table.__subclasses__()}
FIRST = ("exercises", 0)
LAYER = "exercises 1 (layer): "
ODD = (None, 1, -1, 1.5, True, "x", [], {}, [1], [{}], {"x": 1}, "x" * 99)
SMALLEST = {
    "name": "slope",
    "title": "Slope",
    "inputs": "inputs.py",
    "seed": 3,
    "sizes": {"rows": {"course": 5, "probes": [6, 12]}},
    "exercises": [
        {
            "name": "layer",
            "title": "The layer",
            "script": "forward.py",
            "stub": "layer.py",
            "stages": [{"tensor": "bent", "operations": {"solution": 3}}, {"tensor": "x"}],
            "slips": [{"code": "summed", "message": "A mean.", "lines": {"loss": "x.sum()"}}],
            "tasks": [{"name": "update", "kind": "run"}],
            "training": {"batch": ["x", "y"], "batch_size": "n", "split": ["x", "y"], "learning_rates": [0.1]},
        }
    ],
    "dataset": {
        "file": "names.txt",
        "shuffle_seed": 1,
        "context": "c",
        "vocabulary": "v",
        "inputs": "i",
        "outputs": "o",
    },
    "probes": [{"name": "one", "kind": "consistent"}],
}
DERIVED = {
    "name": "tilted",
    "title": "Tilted",
    "derived_from": "slope",
    "rename": {"x": "y"},
    "called": {"by_number": ["itos"]},
}


def tables_in(value, name=None):
    """Every table of a file, with the struct it is read into."""
    name = name or ("DerivedTable" if "rename" in value else "AssignmentTable")
    inside = {
        "called": "CalledTable",
        "sizes": "SizeTable",
        "exercises": "ExerciseTable",
        "stages": "StageTable",
        "operations": "OperationsTable",
        "slips": "SlipTable",
        "tasks": "TaskTable",
        "training": "TrainingTable",
        "dataset": "DatasetTable",
        "probes": "ProbeTable",
    }
    yield name, value
    for key, each in list(value.items()):
        if key == "sizes":
            each = list(each.values())
        for one in each if isinstance(each, list) else [each]:
            if key in inside and isinstance(one, dict):
                yield from tables_in(one, inside[key])


def copied(smallest=SMALLEST):
    return msgspec.json.decode(msgspec.json.encode(smallest))


def complaint(table, kind=AssignmentTable):
    with pytest.raises(Unfit) as refused:
        read_table(table, kind)
    return str(refused.value)


NEARER = {"splist"}
"""Slips that are as near to another key: `split` and `splits`."""


def slips_of(key):
    """The key with two letters swapped, with one doubled, and with one left out, at every place."""
    for place in range(len(key)):
        yield key[:place] + key[place : place + 2][::-1] + key[place + 2 :]
        yield key[: place + 1] + key[place:]
        yield key[:place] + key[place + 1 :]


def test_the_examples_have_every_table_and_are_read():
    there = {name for each in (SMALLEST, DERIVED) for name, _ in tables_in(copied(each))}
    assert there == set(TABLES) == set(HEADINGS)
    assert read_table(copied(DERIVED), DerivedTable).called.by_number == ["itos"]
    assert read_table(copied(), AssignmentTable).exercises[0].stages[0].operations.solution == 3


@pytest.mark.parametrize("name", sorted(TABLES))
def test_a_slip_in_any_key_of_any_table_is_told_with_the_key_that_is_meant(name):
    keys = [field.name for field in msgspec.structs.fields(TABLES[name])]
    for key in keys:
        for wrong in slips_of(key):
            if wrong in keys or wrong in NEARER:
                continue
            derived = name in ("DerivedTable", "CalledTable")
            whole = copied(DERIVED if derived else SMALLEST)
            table = next(table for each, table in tables_in(whole) if each == name)
            table[wrong] = table.pop(key, 1)
            told = complaint(whole, DerivedTable if derived else AssignmentTable)
            assert told.endswith(f"`{wrong}` is not a key here. Did you mean `{key}`?")


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        (["titel"], "x", "`titel` is not a key here. Did you mean `title`?"),
        ([*FIRST, "stages", 1, "hnit"], "x", LAYER + "stages 2 (x): `hnit` is not a key here. Did you mean `hint`?"),
        (
            [*FIRST, "stages", 0, "points"],
            "2",
            LAYER + "stages 1 (bent): points = '2' must be a number from 0 to 1000000.",
        ),
        (
            [*FIRST, "stages", 0, "points"],
            True,
            LAYER + "stages 1 (bent): points = True must be a number from 0 to 1000000.",
        ),
        (
            [*FIRST, "stages", 0, "also"],
            "dx",
            LAYER + "stages 1 (bent): also = 'dx' must be a list of strings.",
        ),
        ([*FIRST, "stages", 0, "tensor"], None, LAYER + "stages 1: the key `tensor` is missing; it must be a string."),
        (
            [*FIRST, "tasks", 0, "kind"],
            "runs",
            LAYER + "tasks 1 (update): kind = 'runs' must be one of 'run', 'values', 'samples'.",
        ),
        ([*FIRST, "training", "batch"], ["x"], LAYER + "training: batch = ['x'] must be a list of 2 strings."),
        (["sizes", "rows", "course"], "5", "sizes.rows: course = '5' must be a whole number of at least 1."),
        (["sizes", "rows"], 0, "sizes.rows = 0 must be a whole number of at least 1, or a table."),
        (["seed"], "three", "seed = 'three' must be a whole number."),
        (["credit"], {"exact": 2}, "credit.exact = 2 must be a number from 0 to 1."),
        (["exercises"], {}, "exercises = {} must be a list of tables."),
    ],
)
def test_what_is_wrong_is_told_with_its_place_and_what_is_wanted(path, value, sentence):
    whole = copied()
    inner = whole
    for key in path[:-1]:
        inner = inner[key]
    if value is None:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    assert complaint(whole) == sentence


@pytest.mark.parametrize("name", assignment_names())
def test_whatever_value_is_replaced_is_refused_or_read_and_never_an_error_of_ours(name):
    draw = random.Random(name)
    text = (ROOT / "exercises" / name / "assignment.toml").read_text(encoding="utf-8")
    for _ in range(100):
        whole = tomllib.loads(text)
        _, table = draw.choice(list(tables_in(whole)))
        table[draw.choice(list(table))] = draw.choice(
            [None, 1, -1, 1.5, True, "x", [], {}, [1], [{}], {"x": 1}, "x" * 99]
        )
        try:
            read_table(whole, DerivedTable if "rename" in whole else AssignmentTable)
        except Unfit as unfit:
            assert "\n" not in str(unfit) and str(unfit).endswith((".", "?")) and len(str(unfit)) < 500


def documented():
    """The tables of keys that `docs/assignments.md` has to hold."""
    for name, heading in HEADINGS.items():
        rows = []
        for field in msgspec.structs.fields(TABLES[name]):
            (meta,) = (each for each in field.type.__metadata__ if getattr(each, "description", None))
            rows.append(f"| `{field.name}`{' *' if field.required else ''} | {meta.description} |")
        yield "\n".join([f"| key of {heading} | meaning |", "| --- | --- |", *rows])


def test_the_guide_for_authors_has_every_key_in_the_words_of_the_schema():
    text = (ROOT / "docs" / "assignments.md").read_text(encoding="utf-8")
    tables = re.findall(r"^\| key of .*\n(?:\|.*\n)+", text, flags=re.M)
    assert [table.strip() for table in tables] == list(documented())
