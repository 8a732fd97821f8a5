"""An edit that no forward pass can show, since what it changes is the same in all of them, is no wrong one."""

from grader.verify.checks import usual_examination
from grader.verify.mutation import mutate
from helpers.authored import authored

TEXTS = {
    "assignment.toml": """\
name = "folded"
title = "Folded"
inputs = "inputs.py"
seed = 3

[sizes]
rows = { course = 5, probes = [6, 12] }
columns = { course = 4, probes = [6, 12] }

[[exercises]]
name = "folded"
title = "Folded"
script = "forward.py"
stub = "folded.py"
stages = [{ tensor = "x", hint = "A square." }]
""",
    "inputs.py": "x = torch.randn((rows, columns), generator=generator)\n",
    "forward.py": """\
same = x.view(rows, -1)
small = x * 0.001
loss = (same ** 2).mean() + small.sum()
""",
    "solutions/folded.py": """\
# grade: folded/folded
import torch


def dx(x, same, small):
    return 2 * x / x.numel() + 0.001
""",
}


def test_a_view_of_a_tensor_is_as_good_as_the_tensor(tmp_path, sandbox):
    assignment = authored(tmp_path, TEXTS)
    (caught,) = mutate(assignment, sandbox, examination=usual_examination(assignment))
    assert caught.missed == [] and caught.caught > caught.equivalent > 0
