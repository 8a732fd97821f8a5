"""A conversation with ourselves, in the warm process: what Python and torch set up at first use is then there for
every child, and is not set up, page by page, in each.

What is rehearsed is tensor maths of every common kind. It has nothing to do with any assignment.
"""

import linecache
import sys
from collections.abc import Callable

import safetensors.torch
import torch

from grader.border import Source
from grader.sandbox.border.messages import Ask, Load, Plain, Wanted, WantedStage
from grader.sandbox.border.wire import pack
from grader.sandbox.theirs.source.imports import dotted, place_of
from grader.sandbox.theirs.source.vocabulary import attributes_elsewhere

NAME = "rehearsal.py"
TEXT = '''
import math

import torch
import torch.nn.functional as F


def arithmetic(x, y, n):
    """Of two matrices."""
    a = x * y + x / (y.abs() + 1) - 2 * x - 1
    a = a + x ** 2 + x ** -1.5 + (-y) + 1 / n + 1.0 / (y ** 2 + 1) + (1 - x) + (n - 1) * x / n
    a += x
    a *= 0.5
    a -= y
    a /= 2
    return a


def functions(x, y):
    a = x.exp() + (x.abs() + 1).log() + x.tanh() + (x ** 2 + 1).sqrt() + x.sigmoid() + x.relu() + torch.exp(-x)
    a = a + (x ** 2 + 1).rsqrt() + x.clamp(min=0) + x.square() + x.neg() + x.sign() + x.reciprocal() + x.pow(3)
    return a + torch.tanh(y) + torch.sqrt(y.abs()) + torch.log(y.abs() + 1) + x.softmax(1) + F.softmax(x, dim=-1)


def sums(x, y):
    a = x.sum(0) + x.mean(0) + x.var(0) + x.std(0) + x.max(0).values + x.amax(0) + x.sum(0, keepdim=True)[0]
    b = x.sum(1, keepdim=True) + x.mean(1, keepdim=True) + x.max(1, keepdim=True).values + x.cumsum(1)[:, :1]
    b = b + x.var(1, keepdim=True, unbiased=False) + x.logsumexp(1, keepdim=True) + torch.sum(x, dim=1, keepdim=True)
    return a + b + x.sum() + x.mean() + x.max() + x.numel() + torch.mean(x) + (x * y).sum((0, 1)) + x.log_softmax(1)


def products(x, y):
    a = x @ y.T + torch.matmul(x, y.t()) + torch.einsum("ik,jk->ij", x, y) + torch.mm(x, y.transpose(0, 1))
    a = a + torch.outer(x[:, 0], y[:, 0]) + (x.unsqueeze(1) * y.unsqueeze(0)).sum(-1)
    return a + torch.bmm(x[None], y.T[None])[0]


def shapes(x, y):
    a = x.view(-1).reshape(x.shape).unsqueeze(0).squeeze(0).expand(x.shape[0], -1).clone().contiguous()
    a = a.transpose(0, 1).permute(1, 0).flatten().view_as(x) + y.expand_as(x) + y.broadcast_to(x.shape)
    a = torch.cat([a, x], 1)[:, : x.shape[1]] + torch.stack([x, y]).sum(0) + x[None, ...][0] + x.repeat(2, 1)[: len(x)]
    return a.float() + x.detach() + a.to(torch.float32) + x.chunk(2, 1)[0].sum() + x.split(1, 0)[0]


def made(x, y):
    a = torch.zeros_like(x) + torch.ones_like(x) + torch.full_like(x, 2.0) + torch.zeros(x.shape) + torch.ones(x.shape)
    a = a + torch.eye(*x.shape) + torch.empty_like(x).fill_(1.0) + torch.full(x.shape, 0.5) + torch.tensor(1.0)
    return a + torch.arange(x.shape[1]) + x.new_zeros(x.shape) + torch.tril(x) + torch.triu(y)


def places(x, y, i):
    rows = torch.arange(len(i))
    a = torch.zeros_like(x)
    a[rows, i] = 1.0
    a[rows, i] += 2.0
    a[0] = x[0]
    a.index_put_((rows, i), x[rows, i], accumulate=True)
    a.index_add_(0, i, y)
    a.scatter_add_(1, i[:, None], x[:, :1])
    a.scatter_(1, i.view(-1, 1), 1.0)
    a = a + F.one_hot(i, x.shape[1]).float() + F.one_hot(i, num_classes=x.shape[1]) * y + x.gather(1, i[:, None])
    a = a + torch.where(x > 0, x, y) + (x == x.max(1, keepdim=True).values) * y + x[i] + x.index_select(0, i)
    a = a + (x >= y).float() + (x < y) + (i[:, None] != 0).to(x.dtype) + x.masked_fill(x > 0, 0.0)
    a = a + x.argmax(1)[:, None]
    for row in range(2):
        a[row] += y[row]
        a[row, i[row]] -= 1
    return a


def twice(x, y):
    def inner(z):
        return z * math.sqrt(2.0)

    return inner(x) + y
'''
FUNCTIONS = ("arithmetic", "functions", "sums", "products", "shapes", "made", "places", "twice")
PROBES = 3


class _Played:
    """A channel with a part that was written beforehand."""

    def __init__(self, frames: list[bytes]) -> None:
        self._frames = iter(frames)

    def recv(self, most: int, /) -> bytes:
        return next(self._frames, b"")

    def sendall(self, data: bytes, /) -> None:
        pass


def rehearse(converse: Callable[..., None]) -> None:
    """Have a child's conversation, and leave no trace of what was said.

    Args:
        converse: what a child does with a channel once it is confined.
    """
    attributes_elsewhere()
    wanted = Wanted(tuple(WantedStage(name, only_function=True) for name in FUNCTIONS))
    _rehearse(converse, wanted, TEXT, [pack(*_ask(number, name)) for number, name in enumerate(FUNCTIONS)])


def rehearse_reading(converse: Callable[..., None], wanted: Wanted) -> None:
    """The same where nothing is handed in, for what is worked out of an assignment alone."""
    _rehearse(converse, wanted, "", [])


def _rehearse(converse: Callable[..., None], wanted: Wanted, text: str, frames: list[bytes]) -> None:
    finders, grader = list(sys.meta_path), sys.modules["grader"]
    converse(_Played(frames), Load((Source(NAME, text),), wanted, 0, 10.0))
    sys.meta_path[:] = finders
    sys.modules["grader"] = grader
    del sys.modules[NAME.removesuffix(".py")], sys.modules[dotted(place_of(NAME))], linecache.cache[NAME]


def _ask(number: int, name: str) -> tuple[Ask, bytes]:
    taken = {"arithmetic": ("x", "y", "n"), "places": ("x", "y", "i")}.get(name, ("x", "y"))
    generator = torch.Generator().manual_seed(number)
    tensors: dict[str, torch.Tensor] = {}
    for probe in range(PROBES):
        given = {"x": torch.rand((4, 4), generator=generator) + 0.5, "y": torch.rand((4, 4), generator=generator)}
        given["i"] = torch.tensor([1, 0, 1, 3])
        tensors |= {f"{probe}/{key}": value for key, value in given.items() if key in taken}
    plain: Plain = tuple({"n": 4} if "n" in taken else {} for _ in range(PROBES))
    return Ask(number, NAME, name, plain), safetensors.torch.save(tensors)
