"""The files students fill in, made from the forward scripts and the solutions: everything but the answers."""

import ast
import textwrap
from collections.abc import Collection, Mapping, Sequence

from grader.assignment.assignment import LOSS, Assignment, Exercise
from grader.assignment.authoring.answers import solution_text
from grader.assignment.authoring.call_stubs import call_stub_text
from grader.assignment.authoring.first_time import first_time
from grader.assignment.authoring.hints import WIDTH, hint_lines, wrapped
from grader.assignment.authoring.shapes import renumbered, symbolic_shapes
from grader.assignment.dataset import load_dataset
from grader.assignment.stage import Stage

INTRODUCTION = """\
Write one gradient per function, and run `grade` in this folder as often as you like.

The names of a function's arguments say what it is given: any tensor of the forward pass, any size, and the gradients
of the tensors that its own tensor feeds into. Add or drop arguments as you need them. Besides the numbers of the
course, your functions are tried on other sizes and data and with arbitrary upstream gradients, so write each rule for
any input: no typed-in sizes, and nothing that only holds for this loss."""

TRAINING = """\
Write these functions, and run `grade` in this folder as often as you like; `grade train` then trains with them.

The names of a function's arguments say what it is given: any tensor of the forward pass, any size. Add or drop
arguments as you need them. Besides the numbers of the course, your functions are tried on other sizes, with other
data, and with a network that has been trained for a while."""
PLAIN = {
    "parameters": "a list of tensors",
    "gradients": "a list of tensors, in the same order",
    "learning_rate": "a number",
    "vocabulary": "a string, one character for each index",
    "generator": "a torch.Generator to draw with",
}
"""What tasks are given that is neither a tensor nor a size."""


def stub_texts(assignment: Assignment) -> dict[str, str]:
    """The stub files of an assignment by name, made anew from its solutions.

    Raises:
        AssignmentError: the solutions are not here.
    """
    dataset = load_dataset(assignment)
    return {
        exercise.stub: stub_text(assignment, exercise, symbolic_shapes(assignment, exercise, dataset))
        for exercise in assignment.exercises
    }


def stub_text(assignment: Assignment, exercise: Exercise, shapes: dict[str, str]) -> str:
    """The stub file of one exercise.

    Args:
        assignment: names the gradients.
        exercise: its stages become functions.
        shapes: of each tensor by name, as `(batchSize, 1)`.
    """
    if exercise.calls:
        return call_stub_text(assignment, exercise, solution_text(assignment, exercise))
    module = _solution(assignment, exercise)
    imports = [ast.unparse(node) for node in module.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    functions = [_stub(assignment, exercise, name, shapes) for name in exercise.functions]
    opening, more = (TRAINING if exercise.training else INTRODUCTION).split("\n\n")
    text = f"{opening}{first_time(assignment)}\n\n{more}"
    head = f'# grade: {assignment.name}/{exercise.name}\n"""{exercise.title}\n\n{text}\n"""\n\n'
    return head + "\n".join(imports) + "\n" + "".join(f"\n\n{function}" for function in functions)


def _solution(assignment: Assignment, exercise: Exercise) -> ast.Module:
    return ast.parse(solution_text(assignment, exercise))


def _stub(assignment: Assignment, exercise: Exercise, name: str, shapes: dict[str, str]) -> str:
    arguments = arguments_of(assignment, exercise, name, shapes)
    doc = "\n".join(f"    {line}".rstrip() for line in _doc(assignment, exercise, name, arguments, shapes)).strip()
    return f'{signature(name, arguments)}\n    """{doc}\n    """\n    raise NotImplementedError\n'


def _doc(
    assignment: Assignment, exercise: Exercise, name: str, arguments: Sequence[str], shapes: dict[str, str]
) -> list[str]:
    stages = exercise.together(name)
    shapes = shapes_told(exercise, name, arguments, shapes)
    if len(stages) == 1:
        return _doc_of_one(assignment, exercise, stages[0], arguments, shapes)
    given = _labelled("Given:", _given(assignment, arguments, shapes))
    if stages:
        rows = {stage.gradient: shapes[stage.tensor] for stage in stages}
        first = "Return the gradients of the loss with respect to all parameters, in this order or in a dictionary."
        forward = _labelled("Forward:", exercise.script.sources)
        hint = f"For a hint on each of them, run: grade hint {name}"
        return [first, "", *_labelled("Returns:", _rows(rows)), "", *forward, "", *given, "", hint]
    task = next(task for task in exercise.tasks if task.name == name)
    returns = _rows({each: shapes[each] for each in task.returns}) if task.kind == "values" else []
    returned = [*_labelled("Returns:", returns), ""] if returns else []
    paragraphs = [line for text in task.text.strip().split("\n\n") for line in ("", *wrapped(text))]
    return [*paragraphs[1:], "", *returned, *given, *hint_lines(task.hint)]


def _doc_of_one(
    assignment: Assignment, exercise: Exercise, stage: Stage, arguments: Sequence[str], shapes: dict[str, str]
) -> list[str]:
    return [
        f"Gradient of the loss with respect to `{stage.tensor}`, shape {shapes[stage.tensor]}.",
        "",
        *_labelled("Forward:", exercise.script.sources_using(stage.tensor, exercise.cuts)),
        "",
        *_labelled("Given:", _given(assignment, arguments, shapes)),
        *hint_lines(stage.hint),
    ]


def shapes_told(exercise: Exercise, name: str, arguments: Sequence[str], shapes: Mapping[str, str]) -> dict[str, str]:
    """The shapes, as they are told where a function is described: axes without a name are counted there alone."""
    tensors = [stage.tensor for stage in exercise.together(name)]
    returned = [each for task in exercise.tasks if task.name == name for each in task.returns]
    spoken_of = {each: shapes[each] for each in (*arguments, *tensors, *returned) if each in shapes}
    return {**shapes, **renumbered(spoken_of)}


def arguments_of(assignment: Assignment, exercise: Exercise, name: str, shapes: Collection[str]) -> list[str]:
    """What the stub of a function is given: what the forward lines read and the solution uses, then the upstream
    gradients. Where it answers more than one stage, or a task, what the solution uses.

    Args:
        assignment: names the gradients.
        exercise: whose function.
        name: of the function.
        shapes: the names that can be handed out, sizes aside.

    Raises:
        AssignmentError: the solution is not here.
    """
    body = _solution(assignment, exercise).body
    functions = [node for node in body if isinstance(node, ast.FunctionDef) and node.name == name]
    solution_asks = [argument.arg for node in functions for argument in node.args.args]
    stages = exercise.together(name)
    if len(stages) != 1:
        return solution_asks
    (stage,) = stages
    reads = [name for line in exercise.script.lines_using(stage.tensor, exercise.cuts) for name in line.reads]
    upstream = [assignment.gradient_name(name) for name in exercise.consumers(stage.tensor) if name != LOSS]
    known = {*shapes, *assignment.sizes}
    wanted = [stage.tensor, *(name for name in reads if name in known), *solution_asks]
    return [*(name for name in dict.fromkeys(wanted) if name not in upstream), *upstream]


def _given(assignment: Assignment, arguments: Sequence[str], shapes: dict[str, str]) -> list[str]:
    gradients = {assignment.gradient_name(name): shape for name, shape in shapes.items()}
    width = max(len(name) for name in arguments)
    known = gradients | shapes | {name: "an integer" for name in assignment.sizes} | PLAIN
    return _rows({name: known[name] for name in arguments}, width)


def _rows(known: dict[str, str], width: int = 0) -> list[str]:
    width = max(width, *(len(name) for name in known))
    return [f"{name:<{width}}  {text}" for name, text in known.items()]


def _labelled(label: str, texts: Sequence[str]) -> list[str]:
    lines = [line for text in texts for line in text.split("\n")]
    return [f"{label if position == 0 else '':<10}{line}".rstrip() for position, line in enumerate(lines)]


def signature(name: str, arguments: Sequence[str]) -> str:
    """The line, or lines, with `def`."""
    line = f"def {name}({', '.join(arguments)}):"
    if len(line) <= WIDTH:
        return line
    inside = textwrap.fill(", ".join(arguments) + ",", WIDTH, initial_indent="    ", subsequent_indent="    ")
    return f"def {name}(\n{inside}\n):"
