"""The files students fill in: up to date, complete, and without a single answer."""

import ast

import pytest

from grader.assignment.authoring.stubs import stub_texts
from grader.cli.main import run
from helpers.places import SOLUTIONS, STUBS


def test_the_stubs_that_ship_are_those_the_solutions_give(assignment):
    for name, text in stub_texts(assignment).items():
        assert (STUBS / name).read_text(encoding="utf-8") == text, f"{name} is out of date: make stubs"


@pytest.mark.parametrize("name", sorted(path.name for path in STUBS.glob("ex*.py")))
def test_a_stub_has_formula_shapes_and_hint_and_no_body(name, assignment):
    exercise = next(exercise for exercise in assignment.exercises if exercise.stub == name)
    tree = ast.parse((STUBS / name).read_text(encoding="utf-8"))
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    assert list(functions) == list(exercise.functions)
    for node in functions.values():
        assert [type(statement) for statement in node.body] == [ast.Expr, ast.Raise]
    for task in exercise.tasks:
        doc = ast.get_docstring(functions[task.name])
        assert all(name in doc for name in (*task.returns, "Given:", "Hint:") if task.kind == "values")
        assert not any(line.source in doc for line in task.script.lines)
    for stage in exercise.stages:
        doc = ast.get_docstring(functions[stage.asked])
        assert f"`{stage.tensor}`, shape (" in doc or f"{stage.gradient} " in doc
        assert "?" not in doc.partition("Hint:")[0]
        for line in exercise.script.lines_using(stage.tensor, exercise.cuts):
            assert line.source in doc


def test_every_stage_of_a_solution_can_be_written_with_the_arguments_of_its_stub():
    for path in SOLUTIONS.glob("*.py"):
        solution, stub = (ast.parse((folder / path.name).read_text(encoding="utf-8")) for folder in (SOLUTIONS, STUBS))
        given = {node.name: {a.arg for a in node.args.args} for node in stub.body if isinstance(node, ast.FunctionDef)}
        for node in solution.body:
            if isinstance(node, ast.FunctionDef):
                assert {a.arg for a in node.args.args} <= given[node.name]


def test_release_writes_a_students_copy_with_no_answer_in_it(tmp_path):
    assert run(["release", "nameweave", str(tmp_path)]) == 0
    released = {path.relative_to(tmp_path).as_posix(): path.read_text("utf-8") for path in tmp_path.rglob("*.*")}
    stubs = {path.name for path in STUBS.glob("ex*.py")}
    stubs.add("nameweave.ipynb")
    forward = {f"forward/{path.name}" for path in (STUBS / "forward").glob("*")}
    reference = {"forward/calibration.py", "forward/evaluation.py"}
    assert set(released) == {"README.md", *stubs, *forward} - reference
    answers = [line.strip() for path in SOLUTIONS.glob("*.py") for line in path.read_text("utf-8").splitlines()]
    for answer in answers:
        if answer.startswith("return") and len(answer) > len("return gradient"):
            assert not any(answer in text for text in released.values())
