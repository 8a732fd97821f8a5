"""The small assignment that `grade new` writes: one exercise of each kind, with comments that teach."""

import re

TOML = """\
# An assignment: what students are asked, and how they are tried. It goes to students too, to grade themselves, so it
# has no answers. `grade verify` checks it; the page "Write an assignment" has every key.
name = "{name}"
title = "{title}"
inputs = "inputs.py"        # makes the parameters and the batch
seed = 1                    # of the numbers that students see
gradient = "d{{tensor}}"      # `dx` is the gradient of `x`

# `course` is the size students see. Hidden probes draw theirs from the range, pairwise different: a typed-in 5 fails.
[sizes]
rows = {{ course = 5, probes = [2, 8] }}
inputs = {{ course = 4, probes = [2, 9] }}
outputs = {{ course = 3, probes = [2, 7] }}

# A function for each gradient: students are given tensors of the forward pass and upstream gradients, by name.
[[exercises]]
name = "squares"
title = "Exercise 1: a mean of squares"
text = "Walk back from the loss, one tensor at a time."
script = "forward/squares.py"
stub = "ex1_squares.py"
stages = [
  {{ tensor = "squared", hint = "A mean gives each element the same share.", formula = 'L = \\frac1n \\sum_i q_i' }},
  {{ tensor = "error", hint = "The power rule, times what comes from above.", formula = 'q_i = e_i^2' }},
]
# What people get wrong: the line as it would have to be for their gradient to be right, and what to tell them.
slips = [
  {{ code = "sum-for-mean", message = "The loss is a mean, not a sum.", lines = {{ loss = "squared.sum()" }} }},
]

# Functions with a cache, or classes: a call script says how they are used. Its last names are the stages.
[[exercises]]
name = "affine"
title = "Exercise 2: the affine layer"
text = "Forward and backward, with a cache of your own making."
script = "forward/affine.py"
calls = "calls/affine.py"
stub = "ex2_affine.py"
stages = [
  {{ tensor = "out", kind = "value", hint = "A matrix product, and a bias for each column.", formula = 'Y = X W + b' }},
  {{ tensor = "x", hint = "Let the shapes decide which factor is transposed.", formula = 'Y = X W + b' }},
  {{ tensor = "w", hint = "Every row of the batch has used the same weights.", formula = 'Y = X W + b' }},
  {{ tensor = "b", hint = "It was broadcast along the rows: add up along them.", formula = 'Y = X W + b' }},
]
slips = [
  {{ code = "mean-for-sum", message = "The bias is in every row: add up.", lines = {{ out = "x @ w + b / rows" }} }},
]
"""
INPUTS = """\
# Lines `name = expression`, run with torch; sizes are given by name, and every random number comes from `generator`.
x = torch.randn(rows, inputs, generator=generator)
w = torch.randn(inputs, outputs, generator=generator)
b = torch.randn(outputs, generator=generator)
target = torch.randn(rows, outputs, generator=generator)
"""
SQUARES = """\
error = x @ w + b - target
squared = error**2
loss = squared.mean()
"""
AFFINE = """\
out = x @ w + b
"""
CALLS = """\
out, cache = affine_forward(x, w, b)
dx, dw, db = affine_backward(dout, cache)
"""
SQUARES_SOLUTION = '''\
"""Exercise 1: a mean of squares."""

import torch


def dsquared(squared):
    return torch.ones_like(squared) / squared.numel()


def derror(error, dsquared):
    return 2 * error * dsquared
'''
AFFINE_SOLUTION = '''\
"""Exercise 2: the affine layer."""

import torch


def affine_forward(x, w, b):
    """The affine layer.

    Given:    x  (rows, inputs)
              w  (inputs, outputs)
              b  (outputs,)

    Returns:  out, shape (rows, outputs), and a cache with whatever the backward pass needs.
    """
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    """The gradients of the affine layer.

    Given:    dout   (rows, outputs), the gradient of the loss with respect to out
              cache  what affine_forward kept

    Returns:  dx, dw, db, each of the shape of its tensor.
    """
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(0)
'''
README = """\
# {title}

Write what is missing in `ex1_squares.py` and `ex2_affine.py` (or in the notebook). In this folder, run
`grade --assignment .` once; from then on, `grade` is enough. When you are stuck: `grade hint dsquared`.
"""


def starter_files(folder: str) -> dict[str, str]:
    """The files by name, solutions among them; stubs and notebook are made of these.

    Args:
        folder: what the assignment is called after.
    """
    name = re.sub(r"[^a-z0-9]+", "-", folder.lower()).strip("-") or "assignment"
    title = name.replace("-", " ").capitalize()
    return {
        "assignment.toml": TOML.format(name=name, title=title),
        "inputs.py": INPUTS,
        "forward/squares.py": SQUARES,
        "forward/affine.py": AFFINE,
        "calls/affine.py": CALLS,
        "solutions/ex1_squares.py": SQUARES_SOLUTION,
        "solutions/ex2_affine.py": AFFINE_SOLUTION,
        "README.md": README.format(title=title),
    }
