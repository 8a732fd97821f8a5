"""Flat hand-ins with one habit of real ones each, in the names of both assignments; and many drawn at random."""

import json
import re

import pytest

from grader.assignment import load_assignment
from grader.border import Source
from grader.run.exam import examine
from grader.run.grade import grade_submission
from grader.run.request import select
from grader.submission import read_submission
from helpers.flat_notebooks import (
    CALIBRATIONS,
    LOOP,
    RIGHT,
    SAMPLERS,
    UPDATES,
    Notebook,
    complete,
    in_names_of,
    renamed,
)
from helpers.submissions import stages_of, without_search

ALL = {"every-expression": 26, "cross-entropy": 1, "batch-norm": 1, "training": 11}
THREE = ALL | {"training": 0}
BOTH = ("makemore", "nameweave")
MAKEMORE = load_assignment("makemore")
SEEDS = {"makemore": range(1, 9), "nameweave": range(11, 15)}
MANY = {"makemore": range(60), "nameweave": range(60, 100)}


@pytest.fixture(scope="module")
def examinations():
    assignments = {name: load_assignment(name) for name in BOTH}
    return {name: examine(each, select(each), seed="flat") for name, each in assignments.items()}


@pytest.fixture
def graded(examinations, sandbox, tmp_path):
    """A notebook of makemore's, graded as it is or in the names of another assignment."""

    def grade(notebook, name="makemore", file="handin.ipynb"):
        own = notebook if name == "makemore" else in_names_of(notebook, name)
        return grade_submission(read_submission(own.save(tmp_path / file)), examinations[name], sandbox).result

    return grade


def passed(result):
    return {exercise.name: sum(stage.passed for stage in exercise.stages) for exercise in result.exercises}


def lost(result):
    """The stages that are there and do not pass."""
    return [stage.name for stage in result.stages if not stage.passed and stage.verdict != "missing"]


def forbidden(result):
    return [stage.name for stage in result.stages if stage.verdict == "forbidden"]


def named(stage, assignment):
    """What a stage of makemore's is called in an assignment."""
    function, dot, gradient = stage.rpartition(".")
    names = renamed(MAKEMORE, load_assignment(assignment))
    fast = {"dlogits_fast": "dLogitsFast", "dhprebn_fast": "dHiddenLayerPreBatchNormStatesFast"}
    return (
        stage if assignment == "makemore" else f"{function}{dot}{fast.get(gradient) or names.get(gradient, gradient)}"
    )


def with_line(old, new, *, training=False):
    """The lecture's notebook with other lines in the place of one."""
    cells = complete(training=training).cells
    assert sum(old in cell for cell in cells), old
    return Notebook([cell.replace(old, new) for cell in cells])


def with_cells(*cells, before="dlogprobs = "):
    """The lecture's notebook with cells put in front of the one that has a line."""
    found = complete(training=False).cells
    place = next(number for number, cell in enumerate(found) if before in cell)
    return Notebook([*found[:place], *cells, *found[place:]])


def each_in_a_cell(notebook):
    """The gradients of the first exercise in a cell each."""
    steps = [ways[0].replace("{k}", "k").replace("{j}", "j") for ways in RIGHT.values()]
    return Notebook([part for cell in notebook.cells for part in (steps if cell.startswith("dlogprobs") else [cell])])


def in_a_function(notebook):
    """The gradients of the first exercise in one function, which is called."""
    return Notebook([wrapped(cell) if cell.startswith("dlogprobs") else cell for cell in notebook.cells])


def with_gradients_of_a_function(name, arguments="", *, as_dictionary=False):
    """The lecture's notebook with the way back of training in a function that its loop calls."""
    cells = complete().cells
    place = next(number for number, cell in enumerate(cells) if "max_steps" in cell)
    head, _, rest = cells[place].partition("        dlogits = F.softmax")
    body, _, tail = rest.partition("        grads = [dC, dW1, db1, dW2, db2, dbngain, dbnbias]\n")
    lines = [line.removeprefix("    ") for line in f"        dlogits = F.softmax{body}".rstrip().split("\n")]
    order = "dC, dW1, db1, dW2, db2, dbngain, dbnbias"
    value = "{" + ", ".join(f"'{each}': {each}" for each in order.split(", ")) + "}" if as_dictionary else order
    function = f"def {name}({arguments}):\n" + "\n".join(lines) + f"\n    return {value}"
    loop = f"{head}        grads = {name}({arguments})\n{tail}"
    if as_dictionary:
        loop = loop.replace("zip(parameters, grads)", "zip(parameters, grads.values())")
    return Notebook([*cells[:place], function, loop, *cells[place + 1 :]])


def with_gradients_of_a_method():
    """The lecture's notebook with the way back of training in a class, whose object has one of the values."""
    cells = with_gradients_of_a_function("backward", "self").cells
    place = next(number for number, cell in enumerate(cells) if cell.startswith("def backward"))
    method = cells[place].replace("h.T @", "self.h.T @").replace("\n", "\n    ")
    loop = cells[place + 1].replace("grads = backward(self)", "net.h = h\n        grads = net.backward()")
    return Notebook([*cells[:place], f"class Net:\n    {method}\nnet = Net()", loop, *cells[place + 2 :]])


def with_loop(rewrite):
    """The lecture's notebook with the training loop written in another way."""
    return Notebook([rewrite(cell) if "max_steps" in cell else cell for cell in complete().cells])


def kept_in_the_loop(cell):
    names = "C W1 b1 W2 b2 bngain bnbias".split()
    cell = re.sub(rf"\bd({'|'.join(names)})\b", r"grads['\1']", cell.replace("lossi = []", "lossi = []\ngrads = {}"))
    values = ", ".join(f"grads['{name}']" for name in names)
    return cell.replace(f"grads = [{values}]", f"order = {names}").replace(
        "zip(parameters, grads)", "zip(parameters, [grads[name] for name in order])"
    )


def wrapped(cell, returned="dC", called="backprop()"):
    body = cell.replace("\n", "\n    ")
    return f"def backprop():\n    {body}\n    return {returned}\n\n{called}"


def first_exercise(rewrite, notebook=None):
    """The lecture's notebook with the gradients of the first exercise written in another way."""
    cells = (notebook or complete(training=False)).cells
    return Notebook([rewrite(cell) if cell.startswith("dlogprobs") else cell for cell in cells])


def in_a_block(opening, closing=""):
    """The gradients of the first exercise all in one block."""
    return lambda cell: f"{opening}\n    " + cell.replace("\n", "\n    ") + closing


def given_back(returned, taken, before=""):
    """The gradients of the first exercise made in a function, and each taken from what it returns."""
    names = [f"d{tensor}" for tensor in RIGHT]
    parts = "\n".join(f"{name} = {taken.format(name, place)}" for place, name in enumerate(names))
    value = returned if returned == "locals()" else returned.format(", ".join(names))
    return lambda cell: before + wrapped(cell, value, f"found = backprop()\n{parts}")


TIMER = """\
class Timer:
    def __enter__(self):
        self.start = time.time()
        return self
    def __exit__(self, *others):
        print(time.time() - self.start)
"""
BLOCKS = {
    "a context of its own": in_a_block(f"import time\n{TIMER}\nwith Timer() as timer:"),
    "two contexts": in_a_block(f"import time\n{TIMER}\nwith torch.no_grad(), Timer():"),
    "a condition with another side": in_a_block("by_hand = True\nif by_hand:", "\nelse:\n    loss.backward()"),
    "the other side of a condition": in_a_block("by_autograd = False\nif by_autograd:\n    loss.backward()\nelse:"),
    "a condition that calls": in_a_block("if not torch.cuda.is_available():"),
    "something tried": in_a_block("try:", "\nexcept RuntimeError as error:\n    print(error)\n    raise"),
    "a loop of one turn": in_a_block("for turn in range(1):"),
    "a loop over one thing": in_a_block("for mode in ['by hand']:\n    print(mode)"),
    "a loop that is left at its end": in_a_block("while True:", "\n    break"),
    "something tried, and what comes then": in_a_block("try:", "\nfinally:\n    print('done')"),
}
RETURNED = {
    "a dictionary": given_back("{{name: value for name, value in locals().items()}}", "found['{0}']"),
    "its variables": given_back("locals()", "found['{0}']"),
    "a list": given_back("[{}]", "found[{1}]"),
    "a tuple, called anew each time": given_back("{}", "backprop()[{1}]"),
    "an object": given_back("SimpleNamespace(**locals())", "found.{0}", before="from types import SimpleNamespace\n"),
}


RIGHT_CASES = {
    "as the lecture has it": (complete(), ALL),
    "a cell each": (each_in_a_cell(complete()), ALL),
    "the last exercise not begun": (complete(training=False), THREE),
    "batch_size for n": (
        with_line("dlogprobs[range(n), Yb] = -1.0/n", "dlogprobs[range(batch_size), Yb] = -1.0/batch_size"),
        THREE,
    ),
    "a size in capitals": (
        Notebook(
            [
                cell.replace("batch_size", "BATCH").replace("(1.0/(n-1))", "(1.0/(BATCH-1))")
                for cell in complete(training=False).cells
            ]
        ),
        THREE,
    ),
    "a size read off a tensor": (
        with_line("batch_size = 32\nn = batch_size", "batch_size = 32\nn = batch_size\nN = len(Ytr)"),
        THREE,
    ),
    "the rows of a tensor": (
        with_line("dlogprobs[range(n), Yb] = -1.0/n", "for i, row in enumerate(dlogprobs):\n    row[Yb[i]] = -1.0/n"),
        THREE,
    ),
    "the targets indexed again": (
        with_line("dlogprobs[range(n), Yb]", "dlogprobs[torch.arange(n), Ytr[ix]]"),
        THREE,
    ),
    "prose that names an exercise": (
        with_cells(
            "md:As in Exercise 3, which\nExercise 4 repeats, in one go",
            "# as in Exercise 1, but in one go",
            before="loss_fast",
        ),
        THREE,
    ),
    "a table of contents": (
        Notebook(
            [
                "md:1. every expression\n2. cross entropy in one go\n3. batch norm in one go\n4. putting it together",
                *complete(training=False).cells,
            ]
        ),
        THREE,
    ),
    "an own name by a line of the set-up": (
        Notebook(
            [
                cell.replace("hpreact = bngain * bnraw", "gamma = bngain\nhpreact = gamma * bnraw").replace(
                    "dbnraw = bngain", "dbnraw = gamma"
                )
                for cell in complete(training=False).cells
            ]
        ),
        THREE,
    ),
    "own names throughout": (
        Notebook(
            [
                cell.replace("bngain", "gain").replace("bnbias", "shift").replace("dgain", "dgain")
                for cell in complete(training=False).cells
            ]
        ),
        THREE,
    ),
    "a function among the variables": (
        with_line("dh = dlogits @ W2.T", "def dh_of(d):\n    return d @ W2.T\ndh = dh_of(dlogits)"),
        THREE,
    ),
    "one stage as a function": (
        with_line("dh = dlogits @ W2.T", "def dh(dlogits, W2):\n    return dlogits @ W2.T"),
        THREE,
    ),
    "a cell that is no Python": (with_cells("def broken(:\n    pass"), THREE),
    "a sampling loop before": (with_cells(SAMPLERS[0].replace("bnmean)", "bnmeani)")), THREE),
    "a loop that trains with autograd after it": (
        Notebook(
            [
                *complete(training=False).cells,
                "for k in range(10**9):\n    j = k\n    ix = j\n    loss.backward()\n    C.data -= 0.1 * C.grad",
            ]
        ),
        THREE,
    ),
    "the whole way back in one function": (in_a_function(complete(training=False)), THREE),
    "cells without those that import": (
        Notebook([cell for cell in complete(training=False).cells if cell.startswith(("md:", "d", "loss_fast"))]),
        THREE,
    ),
    "what it imports by running another": (
        Notebook(["%run set_up.ipynb", "import math", *complete(training=False).cells[6:]]),
        THREE,
    ),
    "an update of each parameter by its name": (with_line(UPDATES[0], UPDATES[3], training=True), ALL),
    "a calibration in two lines": (with_line(CALIBRATIONS[0], CALIBRATIONS[1], training=True), ALL),
    "a sampler that is a function": (with_line(SAMPLERS[0], SAMPLERS[1], training=True), ALL),
    "gradients from a function without arguments": (with_gradients_of_a_function("manual_backward"), ALL),
    "gradients from a function called backward": (with_gradients_of_a_function("backward", "logits, h"), ALL),
    "gradients from a function in a dictionary": (
        with_gradients_of_a_function("gradients", "Xb, Yb, emb", as_dictionary=True),
        ALL,
    ),
    "gradients from a method": (with_gradients_of_a_method(), ALL),
    "gradients kept in a dictionary in the loop": (with_loop(kept_in_the_loop), ALL),
    "a loop that may be interrupted": (
        with_loop(
            lambda cell: (
                cell.replace("with torch.no_grad():", "try:\n  with torch.no_grad():")
                .replace("\n    for i", "\n   for i")
                .replace("\n        ", "\n         ")
                + "\nexcept KeyboardInterrupt:\n    print('stopped')"
            )
        ),
        ALL,
    ),
    "arguments of other names": (
        with_line(
            "dlogprobs = torch.zeros_like(logprobs)\ndlogprobs[range(n), Yb] = -1.0/n\n"
            "dprobs = (1.0 / probs) * dlogprobs",
            "def of_loss(lp, p, y, *, count=1):\n    dlogprobs = torch.zeros_like(lp)\n"
            "    dlogprobs[range(count), y] = -1 / count\n    dprobs = dlogprobs / p\n    return dlogprobs, dprobs\n"
            "dlogprobs, dprobs = of_loss(logprobs, probs, Yb, count=n)",
        ),
        THREE,
    ),
    "a progress bar": (with_line("in range(max_steps)", "in tqdm(range(max_steps), desc='train')", training=True), ALL),
    "a progress bar by its name": (
        with_line("    for i in range(max_steps)", "    bar = tqdm(range(max_steps))\n    for i in bar", training=True),
        ALL,
    ),
    "a loss that is only printed": (
        with_line(
            "    loss = F.cross_entropy(logits, y)\n    print(split, loss.item())",
            "    print(split, F.cross_entropy(logits, y).item())",
            training=True,
        ),
        ALL,
    ),
    "parameters of their own names in training": (
        Notebook([cell.replace("bngain", "gamma").replace("bnbias", "beta") for cell in complete().cells]),
        ALL,
    ),
    "parameters unpacked from a list": (
        Notebook(
            [
                cell.replace(
                    "parameters = [C, W1, b1, W2, b2, bngain, bnbias]",
                    "parameters = [t * 1 for t in (C, W1, b1, W2, b2, bngain, bnbias)]\n"
                    "C, W1, b1, W2, b2, bngain, bnbias = parameters",
                )
                for cell in complete().cells
            ]
        ),
        ALL,
    ),
    "gradients put into grad by hand": (
        with_line(
            UPDATES[0],
            "for p, grad in zip(parameters, grads):\n            p.grad = grad\n"
            "        for p in parameters:\n            p.data += -lr * p.grad",
            training=True,
        ),
        ALL,
    ),
    **{
        f"an update by {what}": (with_line(UPDATES[0], lines, training=True), ALL)
        for what, lines in {
            "names": (
                "own = {'C': C, 'W1': W1, 'b1': b1, 'W2': W2, 'b2': b2, 'bngain': bngain, 'bnbias': bnbias}\n"
                "        by = dict(zip(own, grads))\n        for key in own:\n            own[key].data -= lr * by[key]"
            ),
            "a lambda": (
                "step = lambda p, d: p.data.copy_(p.data - lr * d)\n"
                "        [step(p, d) for p, d in zip(parameters, grads)]"
            ),
        }.items()
    },
    "an update by an object": (
        Notebook(
            [
                cell.replace(UPDATES[0], "descent.rate = lr\n        descent.step(grads)").replace(
                    "lossi = []",
                    "class Descent:\n    def __init__(self, parameters, rate=0.1):\n"
                    "        self.parameters, self.rate = list(parameters), rate\n    def step(self, gradients):\n"
                    "        for p, grad in zip(self.parameters, gradients):\n            p.data -= self.rate * grad\n"
                    "descent = Descent(parameters)",
                )
                for cell in complete().cells
            ]
        ),
        ALL,
    ),
    "a gradient added up in an object": (
        with_line(
            "dcounts = counts_sum_inv * dprobs\ndcounts += torch.ones_like(counts) * dcounts_sum",
            "class Node:\n    def __init__(self):\n        self.grad = 0\n"
            "    def add(self, grad):\n        self.grad = self.grad + grad\n"
            "node = Node()\nnode.add(counts_sum_inv * dprobs)\n"
            "node.add(dcounts_sum.expand(n, -1))\ndcounts = node.grad",
        ),
        THREE,
    ),
    "a helper that is a lambda": (
        with_line(
            "        ix = Xb[k,j]\n        dC[ix] += demb[k,j]",
            "        add = lambda rows, at, row: rows[at].add_(row)\n        add(dC, Xb[k,j], demb[k,j])",
        ),
        THREE,
    ),
    **{
        f"the loss of a split in {what}": (Notebook([*complete().cells[:-2], lines, complete().cells[-1]]), ALL)
        for what, lines in {
            "a function called in a loop": (
                "splits = {'train': (Xtr, Ytr), 'val': (Xdev, Ydev)}\n"
                "def split_loss(split):\n    x, y = splits[split]\n"
                "    h = torch.tanh(bngain * (C[x].flatten(1) @ W1 + b1 - bnmean) * (bnvar + 1e-5)**-0.5 + bnbias)\n"
                "    return F.cross_entropy(h @ W2 + b2, y).item()\nfor split in splits:\n    print(split_loss(split))"
            ),
            "a function called in a comprehension": (
                "splits = [('train', (Xtr, Ytr)), ('val', (Xdev, Ydev))]\n"
                "def evaluate(x, y):\n"
                "    h = torch.tanh(bngain * (C[x].flatten(1) @ W1 + b1 - bnmean) * (bnvar + 1e-5)**-0.5 + bnbias)\n"
                "    return F.cross_entropy(h @ W2 + b2, y).item()\n"
                "print({name: evaluate(*rows) for name, rows in splits})"
            ),
            "a loop": (
                "with torch.no_grad():\n    for name, x, y in [('train', Xtr, Ytr), ('val', Xdev, Ydev)]:\n"
                "        h = bngain * (C[x].flatten(1) @ W1 + b1 - bnmean) * (bnvar + 1e-5)**-0.5 + bnbias\n"
                "        loss = F.cross_entropy(torch.tanh(h) @ W2 + b2, y)\n        print(name, loss.item())"
            ),
            "a loop that prints it": (
                "for name, (x, y) in {'train': (Xtr, Ytr), 'val': (Xdev, Ydev)}.items():\n"
                "    h = torch.tanh(bngain * (C[x].flatten(1) @ W1 + b1 - bnmean) * (bnvar + 1e-5)**-0.5 + bnbias)\n"
                "    print(name, F.cross_entropy(h @ W2 + b2, y).item())"
            ),
        }.items()
    },
    "a learning rate of its own": (
        with_line("lr = 0.1 if i < 100000 else 0.01", "lr = 0.05 / (1 + i)", training=True),
        ALL,
    ),
}


@pytest.mark.parametrize(
    ("case", "name"),
    [
        *((case, "makemore") for case in RIGHT_CASES),
        *((case, "nameweave") for case in list(RIGHT_CASES)[::4]),  # whose names are others, and nothing else
    ],
)
def test_a_right_answer_is_right_in_every_habit(graded, case, name):
    notebook, expected = RIGHT_CASES[case]
    result = graded(notebook, name)
    assert passed(result) == expected
    assert {stage.verdict for stage in result.stages if not stage.passed} <= {"missing"}
    assert {stage.integrity.status for stage in result.stages} <= {"clean", "not-checked"}


def slipped(instead="(1.0 - h) * dh"):
    """The lecture's notebook with something else for `dhpreact`."""
    return with_line("dhpreact = (1.0 - h**2) * dh", f"dhpreact = {instead}")


@pytest.mark.parametrize("block", BLOCKS)
def test_gradients_in_a_block_are_each_a_stage(graded, block):
    assert passed(graded(first_exercise(BLOCKS[block]))) == THREE
    assert lost(graded(first_exercise(BLOCKS[block], slipped()))) == ["dhpreact"]


@pytest.mark.parametrize("value", RETURNED)
def test_gradients_taken_from_what_a_function_returns_are_each_a_stage(graded, value):
    result = graded(first_exercise(RETURNED[value]))
    assert passed(result) == THREE
    assert {stage.integrity.status for stage in result.stages} <= {"clean", "not-checked"}
    assert lost(graded(first_exercise(RETURNED[value], slipped()))) == ["dhpreact"]


def test_autograd_in_a_block_is_seen_where_its_value_is_taken_and_nowhere_else(graded):
    for rewrite in (*BLOCKS.values(), *RETURNED.values()):
        result = graded(first_exercise(rewrite, slipped("hpreact.grad")))
        stages = stages_of(result)
        assert forbidden(result) == ["dhpreact"]
        assert {stages[name].verdict for name in stages if name != "dhpreact"} <= {
            "exact",
            "approximate",
            "shape",
            "missing",
        }


GRADIENT = re.compile(rf"\bd({'|'.join(sorted(RIGHT, key=len, reverse=True))})\b")
"""The gradients of the first exercise, in its lines."""


def kept(field, before="", method=""):
    """The gradients of the first exercise all kept in something; in a method, as the fields of its object."""
    if not method:
        return lambda cell: f"{before}\n{GRADIENT.sub(field, cell)}"
    return lambda cell: (
        f"{before}\n    def {method}(self):\n        " + GRADIENT.sub(field, cell).replace("\n", "\n        ")
    )


KEPT = {
    "a dictionary": kept(r"grads['\1']", "grads = {}"),
    "a dictionary, by their own names": kept(r"kept['d\1']", "kept = dict()"),
    "an object": kept(r"kept.d\1", "from types import SimpleNamespace\nkept = SimpleNamespace()"),
    "a class that says so": kept(r"grads.\1", "class Grads: pass\ngrads = Grads()"),
    "a dictionary in a function": lambda cell: wrapped("grads = {}\n" + GRADIENT.sub(r"grads['\1']", cell), "grads"),
    "the fields of an object": kept(r"self.d\1", "class Net:", "backward"),
    "an object with helpers": lambda cell: (
        kept(r"self.d\1", "class Net:\n    def __init__(self, two):\n        self.two = two", "backward")(
            cell.replace("h**2", "h**self.two")
        )
        + "\nnet = Net(2)\nnet.backward()"
    ),
    "what a method binds": lambda cell: (
        "class Net:\n    def backward(self):\n        " + cell.replace("\n", "\n        ")
    ),
}


@pytest.mark.parametrize("way", KEPT)
def test_gradients_that_are_kept_in_something_are_each_a_stage(graded, way):
    assert passed(graded(first_exercise(KEPT[way]))) == THREE
    slip = with_line("dcounts = counts_sum_inv * dprobs", "dcounts = counts_sum * dprobs")
    assert lost(graded(first_exercise(KEPT[way], slip))) == ["dcounts"]
    assert forbidden(graded(first_exercise(KEPT[way], slipped("hpreact.grad")))) == ["dhpreact"]


@pytest.mark.parametrize("way", [kept(r"grads['\1']", "grads = {}"), wrapped, KEPT["the fields of an object"]])
def test_the_first_exercise_alone_is_no_other(graded, way):
    """`dlogits` and `dhprebn` are variables of two exercises each."""
    cells = complete(training=False).cells
    second = next(number for number, cell in enumerate(cells) if "Exercise 2" in cell)
    result = graded(first_exercise(way, Notebook(cells[:second])))
    assert passed(result) == {"every-expression": 26, "cross-entropy": 0, "batch-norm": 0, "training": 0}
    assert {stage.verdict for stage in result.stages if not stage.passed} == {"missing"}


@pytest.mark.parametrize(
    "lines",
    [
        "grads = {}\ngrads['probs'] = probs.grad\ngrads['h'] = h.grad\ngrads['C'] = C.grad",
        "grads = {}\ngrads['probs'] = dprobs\ngrads['h'] = dh.clone()\ngrads['h'] = 0\ngrads['probs'] = None",
        "cache = {}\ncache['probs'] = 0\ncache['h'] = None",
        "class Kept: pass\nkept = Kept()\nkept.h = 0\nkept.probs = h.grad",
    ],
)
def test_what_is_kept_beside_the_gradients_is_none_of_them(graded, lines):
    result = graded(first_exercise(lambda cell: f"{cell}\n{lines}"))
    assert passed(result) == THREE
    assert {stage.integrity.status for stage in result.stages} <= {"clean", "not-checked"}


SLIPS = {
    "a slip in the loop": (
        with_line(
            "        dbnbias = dhpreact.sum(0, keepdim=True)",
            "        dbnbias = dhpreact.mean(0, keepdim=True)",
            training=True,
        ),
        "backward.dbnbias",
        "times what it should be",
    ),
    "a factor in the loop": (
        with_line("        dW2 = h.T @ dlogits", "        dW2 = 2 * h.T @ dlogits", training=True),
        "backward.dW2",
        "2 times what it should be",
    ),
    "an update uphill": (with_line("p.data += -lr * grad", "p.data += lr * grad", training=True), "update", "uphill"),
    "a parameter left out": (
        with_line("zip(parameters, grads)", "zip(parameters[:-1], grads[:-1])", training=True),
        "update",
        "leaves out",
    ),
    "calibrated on the last batch": (
        with_line("    emb = C[Xtr]", "    emb = C[Xb]", training=True),
        "calibrate",
        "last batch",
    ),
    "the split's loss from the embedding": (
        Notebook(
            [
                cell.replace("hpreact = bngain * (hpreact", "hpreact = bngain * (embcat")
                if "split_loss" in cell
                else cell
                for cell in complete().cells
            ]
        ),
        "split_loss",
        "embeddings",
    ),
    "a sampler that never moves on": (
        Notebook(
            [
                cell.replace("        context = context[1:] + [ix]\n", "") if "multinomial" in cell else cell
                for cell in complete().cells
            ]
        ),
        "sample",
        "context",
    ),
}


@pytest.mark.parametrize("name", BOTH)
@pytest.mark.parametrize("case", SLIPS)
def test_a_slip_in_training_costs_its_own_stage_and_is_named(graded, case, name):
    notebook, stage, word = SLIPS[case]
    result = graded(notebook, name)
    failed = [each for each in result.stages if not each.passed]
    assert [each.name for each in failed] == [named(stage, name)]
    assert failed[0].diagnosis and word in failed[0].diagnosis.message, failed[0]


@pytest.mark.parametrize("name", BOTH)
def test_a_gradient_that_is_read_from_autograd_after_a_right_line_is_told_so(graded, name):
    line = "dhpreact = (1.0 - h**2) * dh"
    stage = stages_of(graded(with_line(line, f"{line}\ndhpreact = hpreact.grad"), name))[named("dhpreact", name)]
    assert stage.verdict == "forbidden" and "above the line" in stage.message


@pytest.mark.parametrize("name", BOTH)
def test_what_is_still_none_is_missing_and_nothing_else_is(graded, name):
    notebook = Notebook(
        [
            cell.replace("dbnraw = bngain * dhpreact", "dbnraw = None  # TODO")
            .replace("dlogits = F.softmax(logits, 1)", "dlogits = None")
            .replace("\ndlogits[range(n), Yb] -= 1\ndlogits /= n", "")
            for cell in complete(training=False).cells
        ]
    )
    result = graded(notebook, name)
    assert passed(result) == THREE | {"every-expression": 25, "cross-entropy": 0}
    stages = stages_of(result)
    for stage in ("dbnraw", "dlogits_fast"):
        each = stages[named(stage, name)]
        assert each.verdict == "missing" and "still `None`" in each.message and "code cell" in each.message


@pytest.mark.parametrize("name", BOTH)
def test_gradients_that_the_update_does_not_use_count_and_are_for_review(graded, name):
    cells = complete().cells
    notebook = Notebook(
        [
            cell.replace("# loss.backward()", "loss.backward()")
            .replace("zip(parameters, grads)", "[(p, p.grad) for p in parameters]")
            .replace("with torch.no_grad():\n    for i", "if True:\n    for i")
            for cell in cells
        ]
    )
    result = graded(notebook, name)
    assert passed(result) == ALL
    backward = [stage for stage in result.stages if stage.name.startswith("backward.")]
    assert {stage.integrity.status for stage in backward} == {"review"}
    assert all("does not use them" in " ".join(w.message for w in stage.warnings) for stage in backward)


def test_an_own_name_for_one_gradient_costs_one_stage(graded):
    notebook = Notebook([cell.replace("dlogit_maxes", "dlogits_maxes") for cell in complete(training=False).cells])
    result = graded(notebook)
    assert passed(result) == THREE | {"every-expression": 25}
    stage = stages_of(result)["dlogit_maxes"]
    assert stage.verdict == "missing" and "dlogits_maxes" in stage.message
    assert [w.code for w in stages_of(result)["dlogits"].warnings] == ["two-steps"]


def test_a_line_that_fails_is_told_with_its_cell_and_what_was_missing(graded):
    stages = stages_of(graded(with_line("dh = dlogits @ W2.T", "dh = dlogits @ W2T")))
    assert stages["dh"].verdict == "error" and "`W2T` is neither given" in stages["dh"].message
    assert "Did you mean `W2`?" in stages["dh"].message and "code cell 7" in stages["dh"].message


def test_a_value_that_comes_from_a_line_that_fails_says_which(graded):
    stages = stages_of(graded(with_line("db2 = dlogits.sum(0)", "db2 = dlogits.sum(0) * (len(chars) / 27)")))
    assert stages["db2"].verdict == "error" and "names.txt" in stages["db2"].message
    assert "this line was to make `words`, which the stage needs." in stages["db2"].message


def test_names_of_the_hand_in_s_own_are_told(graded):
    result = graded(RIGHT_CASES["own names throughout"][0])
    messages = [w.message for stage in result.stages for w in stage.warnings if w.code == "renamed"]
    assert any("`gain` is `bngain`" in message for message in messages)


@pytest.mark.parametrize("name", BOTH)
def test_notebooks_drawn_at_random_are_right(graded, name):
    for seed in SEEDS[name]:
        check_right(graded, name, seed)


@pytest.mark.parametrize("name", BOTH)
def test_one_slip_in_a_notebook_drawn_at_random_costs_one_stage(graded, name):
    for seed in SEEDS[name]:
        check_slip(graded, name, seed)


@pytest.mark.slow
@pytest.mark.parametrize("name", BOTH)
def test_many_notebooks_have_no_false_alarm(graded, name):
    for seed in MANY[name]:
        check_right(graded, name, seed)


@pytest.mark.slow
@pytest.mark.parametrize("name", BOTH)
def test_a_slip_in_any_of_the_gradients_costs_that_one(graded, name):
    for seed in range(400, 426) if name == "makemore" else range(426, 452):
        check_slip(graded, name, seed)


def check_right(graded, name, seed):
    training = seed % 3 == 0
    result = graded(complete(seed, training=training), name)
    assert passed(result) == (ALL if training else THREE), seed
    assert {stage.integrity.status for stage in result.stages} <= {"clean", "not-checked"}, seed
    assert result.submission.problems == [], seed


def check_slip(graded, name, seed):
    tensor = list(RIGHT)[seed % len(RIGHT)]
    with without_search():
        result = graded(complete(seed, wrong=tensor, training=False), name)
    assert lost(result) == [named(f"d{tensor}", name)], seed


# Files as they arrive


@pytest.mark.parametrize("name", BOTH)
@pytest.mark.parametrize("file", ["handin.ipynb.json", "handin.ipynb.txt", "handin.IPYNB"])
def test_a_notebook_whose_name_has_got_another_end_is_a_notebook(graded, file, name):
    assert passed(graded(complete(training=False), name, file=file)) == THREE


def as_script(notebook):
    """What Colab saves as .py: text cells as strings, magics as comments or not."""
    cells = ['"""' + cell[3:] + '"""' if cell.startswith("md:") else cell for cell in notebook.cells]
    return "\n\n".join(
        [
            "# -*- coding: utf-8 -*-",
            '"""backprop.ipynb\n\nAutomatically generated by Colab."""',
            "!wget https://example.org/names.txt",
            *cells,
        ]
    )


@pytest.mark.parametrize("name", BOTH)
@pytest.mark.parametrize("file", ["handin.py", "handin.py.txt"])
def test_a_script_that_colab_saved_is_graded_as_the_notebook(examinations, sandbox, tmp_path, file, name):
    notebook = complete(training=False)
    text = as_script(notebook if name == "makemore" else in_names_of(notebook, name))
    (tmp_path / file).write_text(text, encoding="utf-8")
    result = grade_submission(read_submission(tmp_path / file), examinations[name], sandbox).result
    assert passed(result) == THREE


def test_a_notebook_for_each_exercise_and_an_old_copy(examinations, sandbox, tmp_path):
    cells = complete(training=False).cells
    second = next(number for number, cell in enumerate(cells) if "Exercise 2" in cell)
    third = next(number for number, cell in enumerate(cells) if "Exercise 3" in cell)
    Notebook(cells[:second]).save(tmp_path / "one.ipynb")
    Notebook(["import torch\nimport torch.nn.functional as F", *cells[second + 1 : third]]).save(
        tmp_path / "three.ipynb"
    )
    Notebook(["import torch", *cells[third + 1 :]]).save(tmp_path / "two.ipynb")
    Notebook(["import torch\ndprobs = probs"]).save(tmp_path / "one_old.ipynb")
    result = grade_submission(read_submission(tmp_path), examinations["makemore"], sandbox).result
    assert passed(result) == THREE


@pytest.mark.parametrize("magic", ["%%time", "%%prun", "%%timeit -n 1", "%%writefile answers.py", "%%capture out"])
def test_the_body_of_a_cell_with_a_magic_is_the_students(graded, magic):
    notebook = Notebook(
        [f"{magic}\n{cell}" if cell.startswith("dlogprobs") else cell for cell in complete(training=False).cells]
    )
    assert passed(graded(notebook)) == THREE


@pytest.mark.parametrize("magic", ["%%bash", "%%html", "%%javascript"])
def test_what_is_no_python_is_none(graded, magic):
    assert passed(graded(Notebook([f"{magic}\ndprobs = 3", *complete(training=False).cells]))) == THREE


def test_a_stage_in_a_text_cell_is_pointed_out(graded):
    stage = stages_of(
        graded(
            Notebook(
                [
                    "import torch\ndprobs = dlogprobs / probs",
                    "md:## So\n\ndcounts_sum_inv = (dprobs * counts).sum(1, keepdim=True)",
                ]
            )
        )
    )["dcounts_sum_inv"]
    assert stage.verdict == "missing" and "text cell" in stage.message


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("<!DOCTYPE html>\n<html><body>GitHub</body></html>", "web page"),
        (
            '{"cells": [\n<<<<<<< HEAD\n{},\n=======\n{}\n>>>>>>> other\n]}',
            "both sides of a git merge conflict (line 2",
        ),
        ("%PDF-1.4", "not a notebook"),
    ],
)
def test_a_file_that_is_something_else_says_what(examinations, sandbox, tmp_path, data, words):
    (tmp_path / "handin.ipynb").write_text(data, encoding="utf-8")
    result = grade_submission(read_submission(tmp_path / "handin.ipynb"), examinations["makemore"], sandbox).result
    assert words in result.submission.problems[0]


def test_both_sides_of_a_merge_in_a_script_are_told(examinations, sandbox, tmp_path):
    text = "import torch\n<<<<<<< HEAD\ndprobs = 1\n=======\ndprobs = 2\n>>>>>>> theirs\n"
    (tmp_path / "handin.py").write_text(text, encoding="utf-8")
    result = grade_submission(read_submission(tmp_path / "handin.py"), examinations["makemore"], sandbox).result
    assert "line 2" in result.submission.problems[0] and "git merge" in result.submission.problems[0]


def test_exercise_four_that_was_not_begun_is_one_line(warm, tmp_path, capsys):
    from grader.cli.main import run

    path = complete(training=False).save(tmp_path / "handin.ipynb")
    run([str(path), "--assignment", "makemore", "--no-html"])
    out = capsys.readouterr().out
    assert "Exercise 4: put it together, and train  0 / 11  not begun" in out and "calibrate" not in out


def test_a_flat_hand_in_runs_nothing_that_no_stage_needs(graded, tmp_path):
    cells = complete(training=False).cells
    result = graded(Notebook([*cells, "def split_loss(split):\n    return open('words.txt')\nsplit_loss('train')"]))
    assert result.submission.problems == [] and stages_of(result)["split_loss"].verdict == "missing"
    assert passed(result) == THREE


def test_the_report_says_how_many_names_there_are(graded):
    result = graded(complete(training=False))
    assert json.loads(json.dumps(vars(result.dataset))) == {
        "names": 2241,
        "characters": 27,
        "training": 1792,
        "validation": 224,
        "test": 225,
    }
    assert LOOP


def test_the_last_batch_and_the_embedding_are_what_is_told_whatever_the_variables_are_called(graded):
    """Calibrated on the last batch, the loss of a split from the embedding: those two, and nothing else."""
    cells = complete().cells
    place = next(number for number, cell in enumerate(cells) if cell == CALIBRATIONS[0])
    own = "centre = hprebn.mean(0, keepdim=True)\n    spread = hprebn.var(0, keepdim=True, unbiased=True)"
    after = [cell.replace("bnmean", "centre").replace("bnvar", "spread") for cell in cells[place + 1 :]]
    after = [cell.replace("bngain * (hpreact", "bngain * (embcat") if "split_loss" in cell else cell for cell in after]
    result = graded(Notebook([*cells[:place], f"with torch.no_grad():\n    {own}", *after]))
    failed = {stage.name: stage.diagnosis.code for stage in result.stages if not stage.passed}
    assert failed == {"calibrate": "last-batch", "split_loss": "from-embeddings"}


@pytest.mark.parametrize(
    ("tensor", "lines"),
    [
        ("logit_maxes", "dlogit_maxes = torch.zeros_like(logit_maxes)"),
        ("logit_maxes", "dlogit_maxes = 0 * dnorm_logits.sum(1, keepdim=True)"),
        ("logits", "dlogits = dnorm_logits.clone()"),
        ("logits", "dlogits = F.softmax(logits, 1)\ndlogits[range(n), Yb] -= 1\ndlogits /= n"),
        ("b1", "db1 = torch.zeros_like(b1)"),
        ("b1", "db1 = 0 * dhprebn.sum(0)"),
        ("bnmeani", "dbnmeani = torch.zeros_like(bnmeani)"),
        ("hprebn", "dhprebn = dbndiff.clone()"),
    ],
)
def test_what_reads_too_little_is_no_two_steps_in_one(graded, tensor, lines):
    """Right for the real gradients, or nearly, and for no others: nothing that is read says what the rest is."""
    cells = [cell.replace(RIGHT[tensor][0], lines) for cell in complete(training=False).cells]
    with without_search():
        stage = stages_of(graded(Notebook(cells)))[f"d{tensor}"]
    assert stage.verdict in ("shortcut", "overfit", "wrong")


TAKEN = [
    "dprobs = probs.grad",
    "dprobs = probs.grad.clone() + 0",
    "g = probs.grad\nh2 = g * 2\ndprobs = h2 / 2",
    "dprobs = torch.empty_like(probs)\ndprobs[:] = probs.grad",
    "dprobs = torch.autograd.grad(loss, probs)[0]",
    "loss.backward()\ndprobs = probs.grad",
    "def of(t):\n    return t.grad\ndprobs = of(probs)",
    "grads = {'probs': probs.grad}\ndprobs = grads['probs']",
    "dprobs = getattr(probs, 'grad')",
]


@pytest.mark.parametrize("lines", TAKEN)
def test_a_gradient_that_is_taken_is_forbidden_and_nothing_else_is(graded, lines):
    cells = [cell.replace(RIGHT["probs"][0], lines) for cell in complete(training=False).cells]
    result = graded(Notebook(cells))
    assert forbidden(result) == ["dprobs"] and stages_of(result)["dprobs"].score == 0


BESIDE = [
    "cmp('probs', dprobs, probs)",
    "print((dprobs - probs.grad).abs().max())",
    "assert dprobs is not probs.grad",
    "dprobs = dprobs if probs.grad is not None else dprobs",
    "def checked(d, t):\n    cmp('t', d, t)\n    return d\ndprobs = checked(dprobs, probs)",
    "for t in (probs, counts):\n    t.grad = None",
]


@pytest.mark.parametrize("lines", BESIDE)
def test_a_comparison_with_autograd_beside_ones_own_value_costs_nothing(graded, lines):
    right = RIGHT["probs"][0]
    cells = [cell.replace(right, f"{right}\n{lines}") for cell in complete(training=False).cells]
    result = graded(Notebook(cells))
    assert stages_of(result)["dprobs"].passed and not forbidden(result)


UPDATES_THAT_ARE_NONE = {
    "p.data += 0 * grad": "unchanged",
    "p.data -= lr * grad.sign()": "direction",
    "p.data -= lr * p": "direction",
    "p.data -= lr * grad / grad.norm()": "rates",
    "p.data += lr * grad": "uphill",
}


@pytest.mark.parametrize("line", UPDATES_THAT_ARE_NONE)
def test_an_update_that_is_no_step_down_the_gradients_is_wrong(graded, line):
    stage = stages_of(graded(with_line("p.data += -lr * grad", line, training=True)))["update"]
    assert stage.verdict == "wrong" and stage.diagnosis.code == UPDATES_THAT_ARE_NONE[line]


def test_an_update_that_only_binds_the_name_of_the_loop_changes_nothing(graded):
    stage = stages_of(graded(with_line("p.data += -lr * grad", "p = p - lr * grad", training=True)))["update"]
    assert stage.verdict == "missing" and "changes the parameters" in stage.message


LATE = {
    "uphill after the first step": (
        UPDATES[0],
        "for p, grad in zip(parameters, grads):\n            p.data += -lr * grad if i == 0 else lr * grad",
        "update",
    ),
    "one step only": (
        UPDATES[0],
        "for p, grad in zip(parameters, grads):\n            p.data += -lr * grad * (i == 0)",
        "update",
    ),
    "a gradient that is right at first": (
        "        db1 = dhprebn.sum(0)",
        "        db1 = dhprebn.sum(0)\n        if i > 0:\n            dW2 = dW2 * 0",
        "backward.dW2",
    ),
    "a step too small to be one": (
        UPDATES[0],
        "for p, grad in zip(parameters, grads):\n            p.data += -1e-8 * grad.sign()",
        "update",
    ),
}


@pytest.mark.parametrize("case", LATE)
def test_a_training_loop_is_tried_in_other_steps_than_its_first(graded, case):
    old, new, stage = LATE[case]
    result = graded(with_line(old, new, training=True))
    assert [each.name for each in result.stages if not each.passed] == [stage]


def test_the_inputs_of_one_split_do_not_go_with_the_outputs_of_another(graded):
    old = "x, y = {'train': (Xtr, Ytr), 'val': (Xdev, Ydev), 'test': (Xte, Yte)}[split]"
    result = graded(with_line(old, "x, y = Xtr, Ydev", training=True))
    assert [stage.name for stage in result.stages if not stage.passed] == ["split_loss"]


def test_the_starter_s_own_nones_are_not_begun(graded):
    names = "dC, dW1, db1, dW2, db2, dbngain, dbnbias"
    cells = complete().cells
    place = next(number for number, cell in enumerate(cells) if "max_steps" in cell)
    head, _, rest = cells[place].partition("        dlogits = F.softmax")
    tail = rest.partition("        grads = ")[2].partition("\n")[2]
    none = f"        {names} = {', '.join(['None'] * 7)}\n        grads = [{names}]\n"
    result = graded(Notebook([*cells[:place], f"{head}{none}{tail}", *cells[place + 1 :]]))
    assert {s.verdict for s in result.stages if s.name.startswith("backward.")} == {"missing"}


def test_a_network_trained_with_autograd_alone_has_the_rest_judged(graded):
    cells = complete().cells
    place = next(number for number, cell in enumerate(cells) if "max_steps" in cell)
    head, _, rest = cells[place].partition("        dlogits = F.softmax")
    tail = (
        rest.partition("        grads = ")[2]
        .partition("\n")[2]
        .replace("zip(parameters, grads)", "[(p, p.grad) for p in parameters]")
    )
    result = graded(Notebook([*cells[:place], f"{head}        loss.backward()\n{tail}", *cells[place + 1 :]]))
    stages = stages_of(result)
    assert all(stage.verdict == "missing" for name, stage in stages.items() if name.startswith("backward."))
    assert [stages[name].passed for name in ("calibrate", "split_loss", "sample")] == [True, True, True]


def test_only_the_shape_of_a_gradient_of_autograd_is_no_value_of_it(graded):
    lines = "dprobs = torch.zeros_like(probs.grad)\ndprobs += dlogprobs / probs"
    cells = [cell.replace(RIGHT["probs"][0], lines) for cell in complete(training=False).cells]
    assert stages_of(graded(Notebook(cells)))["dprobs"].passed


def test_lines_that_the_grader_fails_to_follow_cost_what_they_are_for_and_are_told_as_its_fault(monkeypatch):
    from grader.run.exam import wanted_of
    from grader.sandbox.theirs.source.outline import Outline

    path = "handin.ipynb"
    outline = Outline(Source(path, "dprobs = dlogprobs / probs\ndh = dlogits @ W2.T\n"), wanted_of(MAKEMORE))
    follow = Outline._slice

    def fail(self, stage):
        if stage.name == "dh":
            raise KeyError("own fault")
        return follow(self, stage)

    monkeypatch.setattr(Outline, "_slice", fail)
    assert [*outline.slices] == ["dprobs"]
    assert "could not follow the lines of dh" in str(outline.broken[0][0])
