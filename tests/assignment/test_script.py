"""Forward scripts as people write them: what each line makes, and from what, against running them as they stand."""

from pathlib import Path

import pytest
import torch
import torch.nn.functional as F

from grader.assignment.assignment import Exercise
from grader.assignment.cut_graph import backward, chain, cut_pass
from grader.assignment.script import Script
from grader.assignment.script_lines import VERSION
from grader.assignment.stage import Stage
from grader.errors import AssignmentError

SCRIPTS = {
    "two names from one line": "a, b = x.chunk(2, -1)\nh = a * b\nloss = h.sum()",
    "two values for two names": "a, b = x @ w, x * 2\nh = a + b\nloss = (h * t).sum()",
    "names that change places": "a = x @ w\nb = x * 2\na, b = b, a\nh = a * a + b\nloss = h.sum()",
    "the same value twice": "a = b = x @ w\nh = a * b\nloss = h.sum()",
    "a list of parts": "parts = [x @ w, x * 2]\nparts.append(x + bias)\nh = torch.cat(parts, 1)\nloss = (h * h).sum()",
    "a dictionary": "kept = {'a': x @ w}\nkept['b'] = kept['a'] * 2\nh = kept['b'] + bias\nloss = (h * t).sum()",
    "numbers and shapes": (
        "k = rows // 2\nshape = x.shape\nh = (x @ w)[:k].reshape(-1, shape[1])\nloss = h.pow(2).mean()"
    ),
    "text": "how = 'ij,jk->ik'\nh = torch.einsum(how, x, w)\nloss = (h * t).sum()",
    "a loop over time": (
        "s = x\nhidden = []\nfor step in range(3):\n    s = torch.tanh(s @ w + bias)\n    hidden.append(s)\n"
        "h = torch.stack(hidden)\nloss = (h * t).sum()"
    ),
    "a cell with a memory": (
        "def cell(x, h, c):\n    i, f, o, g = (x @ w + h @ w + bias).repeat(1, 4).chunk(4, 1)\n"
        "    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)\n"
        "    return torch.sigmoid(o) * torch.tanh(c), c\n\n"
        "s, c = torch.zeros(rows, columns), torch.zeros(rows, columns)\n"
        "for step in range(3):\n    s, c = cell(x * step, s, c)\nh = s + c\nloss = (h * t).sum()"
    ),
    "a stream of values": "s = x\ns = s + torch.tanh(s @ w)\ns = s + bias\nh = s * t\nloss = h.sum()",
    "a block with functions": (
        "def norm(z):\n    z = z - z.mean(-1, keepdim=True)\n    return z / (z.var(-1, keepdim=True) + 1e-5).sqrt()\n\n"
        "def attend(z):\n    q, k = z @ w, z\n    scores = q @ k.T / columns**0.5\n"
        "    scores = scores.masked_fill(torch.ones(rows, rows).tril() == 0, float('-inf'))\n"
        "    return scores.softmax(-1) @ z\n\n"
        "s = x + attend(norm(x))\nh = s + F.gelu(norm(s) @ w + bias) @ w.T\nloss = F.mse_loss(h, t)"
    ),
    "a function that reads tensors": (
        "def layer(z):\n    return torch.tanh(z @ w + bias)\n\nh = layer(layer(x))\nloss = (h * t).sum()"
    ),
    "a function that calls another": (
        "def inner(z):\n    return z @ w\n\ndef outer(z):\n    return inner(z) * 2\n\nh = outer(x)\n"
        "loss = (h * t).sum()"
    ),
    "a lambda": "act = lambda z: z * torch.sigmoid(z)\nh = act(x @ w)\nloss = (h * t).sum()",
    "a function that changes its argument": "def add(z):\n    z += bias\n\nh = x @ w\nadd(h)\nloss = (h * h).sum()",
    "added terms": "h = x @ w\nloss = (h * t).sum()\nloss += 0.5 * (w * w).sum()\nloss = loss / rows",
    "lines in place": "h = x @ w\nh[mask] = 0\nh += bias\nh[:, 0] *= 2\nloss = (h * t).sum()",
    "a change through a view": "h = x @ w\nrow = h[0]\nrow += bias\nloss = (h * t).sum()",
    "methods in place": "h = x @ w\nh.add_(bias).mul_(2)\nh.clamp_(min=-1)\nloss = (h * t).sum()",
    "a condition": "h = x @ w\nif rows > 2:\n    h = h + bias\nelse:\n    h = h - bias\nloss = (h * t).sum()",
    "a while": "n = 3\nh = x\nwhile n > 0:\n    h = torch.tanh(h @ w)\n    n -= 1\nloss = (h * t).sum()",
    "without a graph": "with torch.no_grad():\n    m = x.mean(0)\nh = (x - m) @ w\nloss = (h * t).sum()",
    "imports, annotations, a check": (
        '"""The forward pass."""\nimport math\nfrom torch.nn.functional import relu\nassert rows > 0\n'
        "h: torch.Tensor = relu(x @ w) / math.sqrt(columns)\nloss = (h * t).sum()"
    ),
    "a comprehension with names of its own": (
        "h = sum(x * k for k in range(rows)) @ w\nk = rows\nloss = (h * t).sum() / k"
    ),
    "one number for a parameter": "h = x / one\nloss = (h * t).sum()",
    "four dimensions": "h = F.conv2d(x[None, None], four, padding=1)\nh = h[0, 0]\nloss = (h * t).sum()",
    "a mask": "keep = x > 0\nh = torch.where(keep, x @ w, bias)\nloss = (h * t)[keep].sum()",
    "complex numbers on the way": "z = torch.fft.fft(x @ w)\nh = z.real ** 2 + z.imag ** 2\nloss = h.mean()",
    "indices": "ix = torch.arange(rows)\nh = w[ix % columns]\nloss = (h * x).sum()",
    "vectors word by word": "u, v = w[:, 0], w[:, 1]\nh = F.logsigmoid((u * v).sum())\nloss = -h",
    "a margin": (
        "s = x @ w\nc = s[torch.arange(rows), 0].unsqueeze(1)\nh = (s - c + 1).clamp(min=0)\nloss = h.sum() / rows"
    ),
    "two halves of a batch": (
        "z = F.normalize(x @ w, dim=1)\nsim = z @ z.T / 0.5\nh = sim - torch.eye(rows) * 9\n"
        "loss = F.cross_entropy(h, torch.arange(rows).roll(1))"
    ),
    "tuples in a loop": (
        "h = x\nfor scale, shift in [(2, 0), (3, 1)]:\n    h = torch.tanh(h * scale + shift) @ w\nloss = (h * t).sum()"
    ),
}
PARAMETERS = ("bias", "four", "one", "w", "x")


def inputs():
    draw = torch.Generator().manual_seed(1)
    shapes = {"x": (4, 6), "w": (6, 6), "bias": (6,), "t": (4, 6), "one": (), "four": (1, 1, 3, 3)}
    tensors = {name: torch.randn(shape, generator=draw) for name, shape in shapes.items()}
    return {**tensors, "rows": 4, "columns": 6, "mask": tensors["x"] > 1}


def exercise(text, tensors):
    stages = tuple(Stage(f"d{name}", name, 1, ()) for name in tensors)
    return Exercise("e", "E", Script(Path("forward.py"), text), "stub.py", stages, ())


def used(text):
    """The parameters that a script reads, and `h`, which every one of them makes."""
    script = Script(Path("forward.py"), text)
    read = {name for line in script.lines for name in line.reads}
    return [name for name in PARAMETERS if name in read] + ["h"]


def as_it_stands(text, tensors):
    """What a script leaves behind, and the gradients of some tensors, from running it whole."""
    namespace = {"torch": torch, "F": F, **inputs()}
    leaves = {name: namespace[name].requires_grad_() for name in tensors if name != "h"}
    exec(text, namespace)
    gradients = torch.autograd.grad(namespace["loss"], [*leaves.values(), namespace["h"]], allow_unused=True)
    return namespace, dict(zip([*leaves, "h"], gradients, strict=True))


@pytest.mark.parametrize("text", SCRIPTS.values(), ids=SCRIPTS)
def test_the_lines_make_what_the_script_makes(text):
    tensors = used(text)
    namespace, _ = as_it_stands(text, tensors)
    forward = cut_pass(exercise(text, tensors), inputs())
    targets = forward.exercise.script.targets
    assert {"h", "loss"} <= {*targets}
    for name in targets:
        if isinstance(namespace[name], torch.Tensor):
            assert torch.equal(forward.values[name], namespace[name]), name


@pytest.mark.parametrize("text", SCRIPTS.values(), ids=SCRIPTS)
def test_the_local_gradients_chain_to_those_of_the_script(text):
    tensors = used(text)
    _, gradients = as_it_stands(text, tensors)
    asked = exercise(text, tensors)
    chained, whole = chain(cut_pass(asked, inputs())), backward(asked, inputs())
    for name, gradient in gradients.items():
        assert torch.allclose(chained[name], gradient, rtol=1e-5, atol=1e-6), name
        assert torch.allclose(whole[name], gradient, rtol=1e-5, atol=1e-6), name


@pytest.mark.parametrize("text", SCRIPTS.values(), ids=SCRIPTS)
def test_a_stage_lists_the_lines_that_use_it_as_they_were_written(text):
    script = exercise(text, used(text)).script
    written = [line.strip() for line in text.replace("a, b = x @ w, x * 2", "a = x @ w\nb = x * 2").split("\n")]
    for name in used(text):
        sources = script.sources_using(name, {"h", "loss"})
        assert sources
        for source in sources:
            assert VERSION not in source
            assert all(line.strip() in written or "," in text for line in source.split("\n"))


def test_a_stage_lists_what_its_lines_begin_with():
    lines = (
        "state = x",
        "states = []",
        "for k in range(3):\n    state = torch.tanh(state @ w)\n    states.append(state)",
    )
    last = ("h = torch.stack(states)", "loss = (h * t).sum()")
    script = Script(Path("forward.py"), "\n".join(("bias = x + 1", *lines, *last)))
    assert script.sources_using("w", {"h", "loss"}) == (*lines, last[0])


@pytest.mark.parametrize("text", SCRIPTS.values(), ids=SCRIPTS)
def test_a_line_with_another_expression_changes_only_its_target(text):
    script = exercise(text, used(text)).script
    same = script.altered({"h": "h"})
    if not script.line_of("h").expression:
        namespace = {"torch": torch, "F": F, **inputs()}
        exec(same.text, namespace)
        assert torch.equal(namespace["h"], as_it_stands(text, used(text))[0]["h"])
    namespace = {"torch": torch, "F": F, **inputs()}
    exec(script.altered({"loss": "torch.tensor(7.0)"}).text, namespace)
    assert namespace["loss"] == 7
    assert torch.equal(namespace["h"], as_it_stands(text, used(text))[0]["h"])


REFUSED = {
    "class Net:\n    pass": "cannot have this statement; write assignments, loops",
    "del x": "cannot have this statement",
    "try:\n    h = x\nexcept ValueError:\n    h = w": "cannot have this statement",
    "raise ValueError": "cannot have this statement",
    "print(x)": "makes nothing that a later line could read; leave it out",
    "torch.manual_seed(0)": "makes nothing that a later line could read",
    "x.requires_grad_()": "makes nothing that a later line could read",
    "F = x @ w": "`F` stands for torch.nn.functional in every script; call what you assign here something else",
    "torch = 1": "`torch` is PyTorch in every script",
    "h = x @": "not valid Python",
    "h = x\nh = h + 1\ndef f(z):\n    return z + h\n\nk = f(x)": "f reads h, which has several values in this script",
}


@pytest.mark.parametrize(("text", "sentence"), REFUSED.items(), ids=REFUSED)
def test_what_does_not_belong_in_a_script_is_refused_with_its_line(text, sentence):
    with pytest.raises(AssignmentError, match=r"forward.py:\d") as refused:
        _ = Script(Path("forward.py"), text).lines
    assert sentence in str(refused.value)


FAILING = {
    "loss = x @ w": "the loss must be a single number",
    "h = x @ y\nloss = h.sum()": "forward.py:1: this line fails (NameError",
    "h = (x > 0)\nloss = h.sum()": (
        "a gradient is asked of h, which is torch.bool, and numbers of that kind have no gradient"
    ),
    "h = torch.fft.fft(x)\nloss = h.abs().sum()": (
        "a gradient is asked of h, which is complex: ask for gradients of its real"
    ),
    "h = x[:0]\nloss = h.sum()": "a gradient is asked of h, which has no elements, shape (0, 6)",
    "h = [x]\nloss = h[0].sum()": "a gradient is asked of h, which is no tensor but of type list",
}


@pytest.mark.parametrize(("text", "sentence"), FAILING.items(), ids=FAILING)
def test_what_cannot_be_asked_is_told_with_its_line(text, sentence):
    with pytest.raises(AssignmentError, match=r"forward.py:\d") as refused:
        cut_pass(exercise(text, ["h"]), inputs())
    assert sentence in str(refused.value)
