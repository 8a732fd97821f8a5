"""Whether the solutions can be tried at all: they are there, are Python, and ask for what there is."""

import ast
from difflib import get_close_matches

from grader.assignment.assignment import Assignment, Exercise
from grader.assignment.authoring.answers import solution_path, solution_texts
from grader.errors import AssignmentError, did_you_mean
from grader.run.exam import Examination

DEFINITIONS = (ast.FunctionDef, ast.ClassDef)


def check_solutions(assignment: Assignment, examination: Examination) -> None:
    """
    Raises:
        AssignmentError: a solution lacks a function, or a function asks for what students are not given.
    """
    texts = solution_texts(assignment)
    anywhere = {node.name for text in texts.values() for node in ast.parse(text).body if isinstance(node, DEFINITIONS)}
    for exercise in examination.exercises:
        defined = {node.name: node for node in ast.parse(texts[exercise.stub]).body if isinstance(node, DEFINITIONS)}
        path = solution_path(assignment, exercise)
        for name in exercise.functions:
            if name not in (anywhere if exercise.calls else defined):
                near = get_close_matches(name, defined, 1)
                guess = f" It has {near[0]}." if near else ""
                raise AssignmentError(path, f"the solution has no {name}, which {exercise.name} asks for.{guess}")
        for name in [] if exercise.calls else dict.fromkeys(stage.asked for stage in exercise.stages):
            function = defined[name]
            if isinstance(function, ast.FunctionDef):
                _check_arguments(f"{path}:{function.lineno}", function, exercise, examination)


def _check_arguments(where: str, function: ast.FunctionDef, exercise: Exercise, examination: Examination) -> None:
    offered = examination.probes[exercise.name][0].offer(exercise.together(function.name)[0])
    for argument in function.args.args:
        if argument.arg in offered:
            continue
        guess = did_you_mean(argument.arg, offered) or f" There are {', '.join(sorted(offered))}."
        raise AssignmentError(where, f"{function.name} asks for {argument.arg}, which students are not given.{guess}")
