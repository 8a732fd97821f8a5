"""Flat notebooks as people write them: right answers in many idioms, and habits that must not cost anything.

The names are those of `makemore`; `in_names_of` gives the same in those of another assignment with the same graph.
"""

import random
import re
from dataclasses import dataclass, field

from grader.assignment import Assignment, load_assignment
from helpers.submissions import write_notebook

OPENING = """\
import torch
import torch.nn.functional as F
import matplotlib.pyplot as plt
import random
%matplotlib inline"""
DATA = """\
words = open('names.txt', 'r').read().splitlines()
chars = sorted(list(set(''.join(words))))
stoi = {s: i + 1 for i, s in enumerate(chars)}
stoi['.'] = 0
itos = {i: s for s, i in stoi.items()}
vocab_size = len(itos)
block_size = 3

def build_dataset(words):
    X, Y = [], []
    for w in words:
        context = [0] * block_size
        for ch in w + '.':
            ix = stoi[ch]
            X.append(context)
            Y.append(ix)
            context = context[1:] + [ix]
    return torch.tensor(X), torch.tensor(Y)

random.seed(42)
random.shuffle(words)
n1, n2 = int(0.8 * len(words)), int(0.9 * len(words))
Xtr, Ytr = build_dataset(words[:n1])
Xdev, Ydev = build_dataset(words[n1:n2])
Xte, Yte = build_dataset(words[n2:])"""
CMP = """\
def cmp(s, dt, t):
    ex = torch.all(dt == t.grad).item()
    app = torch.allclose(dt, t.grad)
    maxdiff = (dt - t.grad).abs().max().item()
    print(f'{s:15s} | exact: {str(ex):5s} | approximate: {str(app):5s} | maxdiff: {maxdiff}')"""
PARAMETERS = """\
n_embd = 10
n_hidden = {hidden}
g = torch.Generator().manual_seed(2147483647)
C = torch.randn((vocab_size, n_embd), generator=g)
W1 = torch.randn((n_embd * block_size, n_hidden), generator=g) * (5/3) / ((n_embd * block_size) ** 0.5)
b1 = torch.randn(n_hidden, generator=g) * 0.1
W2 = torch.randn((n_hidden, vocab_size), generator=g) * 0.1
b2 = torch.randn(vocab_size, generator=g) * 0.1
bngain = torch.randn((1, n_hidden)) * 0.1 + 1.0
bnbias = torch.randn((1, n_hidden)) * 0.1
parameters = [C, W1, b1, W2, b2, bngain, bnbias]
for p in parameters:
    p.requires_grad = True"""
BATCH = """\
batch_size = 32
n = batch_size
ix = torch.randint(0, Xtr.shape[0], (batch_size,), generator=g)
Xb, Yb = Xtr[ix], Ytr[ix]"""
FORWARD = """\
emb = C[Xb]
embcat = emb.view(emb.shape[0], -1)
hprebn = embcat @ W1 + b1
bnmeani = 1/n*hprebn.sum(0, keepdim=True)
bndiff = hprebn - bnmeani
bndiff2 = bndiff**2
bnvar = 1/(n-1)*(bndiff2).sum(0, keepdim=True)
bnvar_inv = (bnvar + 1e-5)**-0.5
bnraw = bndiff * bnvar_inv
hpreact = bngain * bnraw + bnbias
h = torch.tanh(hpreact)
logits = h @ W2 + b2
logit_maxes = logits.max(1, keepdim=True).values
norm_logits = logits - logit_maxes
counts = norm_logits.exp()
counts_sum = counts.sum(1, keepdims=True)
counts_sum_inv = counts_sum**-1
probs = counts * counts_sum_inv
logprobs = probs.log()
loss = -logprobs[range(n), Yb].mean()
for p in parameters:
    p.grad = None
for t in [logprobs, probs, counts, counts_sum, counts_sum_inv, norm_logits, logit_maxes, logits, h, hpreact, bnraw,
          bnvar_inv, bnvar, bndiff2, bndiff, hprebn, bnmeani, embcat, emb]:
    t.retain_grad()
loss.backward()"""

RIGHT: dict[str, list[str]] = {
    "logprobs": [
        "dlogprobs = torch.zeros_like(logprobs)\ndlogprobs[range(n), Yb] = -1.0/n",
        "dlogprobs = torch.zeros_like(logprobs)\nfor i, row in enumerate(dlogprobs):\n    row[Yb[i]] = -1.0/n",
        "dlogprobs = -F.one_hot(Yb, num_classes=logprobs.shape[1]) / n",
        "dlogprobs = torch.zeros_like(logprobs)\ndlogprobs.scatter_(1, Yb.view(-1, 1), -1.0/n)",
        "dlogprobs = torch.zeros_like(logprobs)\nfor i in range(n):\n    dlogprobs[i][Yb[i]] = -1/n",
        "dlogprobs = torch.zeros_like(logprobs)\nfor row, y in zip(dlogprobs, Yb):\n    row[y] -= 1/n",
        "dlogprobs = torch.zeros((n, logprobs.shape[1]))\ndlogprobs[torch.arange(n), Ytr[ix]] += -(1.0/n)",
    ],
    "probs": ["dprobs = (1.0 / probs) * dlogprobs", "dprobs = dlogprobs / probs", "dprobs = probs**-1 * dlogprobs"],
    "counts_sum_inv": [
        "dcounts_sum_inv = (counts * dprobs).sum(1, keepdim=True)",
        "dcounts_sum_inv = torch.einsum('ij,ij->i', counts, dprobs).unsqueeze(1)",
        "tmp = counts * dprobs\ndcounts_sum_inv = tmp.sum(dim=1, keepdim=True)",
    ],
    "counts_sum": [
        "dcounts_sum = -(counts_sum**-2) * dcounts_sum_inv",
        "dcounts_sum = -dcounts_sum_inv / counts_sum**2",
        "dcounts_sum = -counts_sum_inv**2 * dcounts_sum_inv",
    ],
    "counts": [
        "dcounts = counts_sum_inv * dprobs\ndcounts += torch.ones_like(counts) * dcounts_sum",
        "dcounts = counts_sum_inv * dprobs + dcounts_sum",
        "dcounts = dcounts_sum.expand_as(counts).clone()\ndcounts += dprobs * counts_sum_inv",
        "dcounts1 = counts_sum_inv * dprobs\ndcounts2 = torch.ones_like(counts) * dcounts_sum\n"
        "dcounts = dcounts1 + dcounts2",
    ],
    "norm_logits": ["dnorm_logits = counts * dcounts", "dnorm_logits = norm_logits.exp() * dcounts"],
    "logit_maxes": [
        "dlogit_maxes = (-dnorm_logits).sum(1, keepdim=True)",
        "dlogit_maxes = -dnorm_logits.sum(1).view(-1, 1)",
    ],
    "logits": [
        "dlogits = dnorm_logits.clone()\n"
        "dlogits += F.one_hot(logits.max(1).indices, num_classes=logits.shape[1]) * dlogit_maxes",
        "dlogits = dnorm_logits.clone()\ndlogits[range(n), logits.max(1).indices] += dlogit_maxes.view(-1)",
        "mask = torch.zeros_like(logits)\nmask[range(n), logits.argmax(1)] = 1\n"
        "dlogits = dnorm_logits + mask * dlogit_maxes",
        "dlogits = dnorm_logits.clone()\nfor i, row in enumerate(dlogits):\n"
        "    row[logits[i].argmax()] += dlogit_maxes[i, 0]",
    ],
    "h": ["dh = dlogits @ W2.T", "dh = torch.matmul(dlogits, W2.t())", "dh = torch.einsum('ij,kj->ik', dlogits, W2)"],
    "W2": ["dW2 = h.T @ dlogits", "dW2 = h.transpose(0, 1) @ dlogits"],
    "b2": ["db2 = dlogits.sum(0)", "db2 = torch.ones(n) @ dlogits", "db2 = torch.sum(dlogits, dim=0)"],
    "hpreact": [
        "dhpreact = (1.0 - h**2) * dh",
        "dhpreact = dh * (1 - torch.tanh(hpreact)**2)",
        "dhpreact = dh - dh * h * h",
    ],
    "bngain": [
        "dbngain = (bnraw * dhpreact).sum(0, keepdim=True)",
        "dbngain = (dhpreact * bnraw).sum(0, keepdims=True)",
    ],
    "bnbias": ["dbnbias = dhpreact.sum(0, keepdim=True)", "dbnbias = dhpreact.sum(0).unsqueeze(0)"],
    "bnraw": ["dbnraw = bngain * dhpreact"],
    "bnvar_inv": ["dbnvar_inv = (bndiff * dbnraw).sum(0, keepdim=True)"],
    "bnvar": [
        "dbnvar = (-0.5*(bnvar + 1e-5)**-1.5) * dbnvar_inv",
        "dbnvar = -0.5 * bnvar_inv**3 * dbnvar_inv",
    ],
    "bndiff2": [
        "dbndiff2 = (1.0/(n-1))*torch.ones_like(bndiff2) * dbnvar",
        "dbndiff2 = dbnvar.expand(n, -1) / (n - 1)",
        "dbndiff2 = torch.zeros_like(bndiff2)\nfor r in range(n):\n    dbndiff2[r] = dbnvar[0] / (n - 1)",
    ],
    "bndiff": [
        "dbndiff = bnvar_inv * dbnraw\ndbndiff += (2*bndiff) * dbndiff2",
        "dbndiff = bnvar_inv * dbnraw + 2 * bndiff * dbndiff2",
    ],
    "bnmeani": ["dbnmeani = (-dbndiff).sum(0)", "dbnmeani = -dbndiff.sum(0, keepdim=True)"],
    "hprebn": [
        "dhprebn = dbndiff.clone()\ndhprebn += 1.0/n * (torch.ones_like(hprebn) * dbnmeani)",
        "dhprebn = dbndiff + dbnmeani / n",
    ],
    "embcat": ["dembcat = dhprebn @ W1.T"],
    "W1": ["dW1 = embcat.T @ dhprebn"],
    "b1": ["db1 = dhprebn.sum(0)"],
    "emb": ["demb = dembcat.view(emb.shape)", "demb = dembcat.reshape(n, block_size, -1)"],
    "C": [
        "dC = torch.zeros_like(C)\nfor {k} in range(Xb.shape[0]):\n    for {j} in range(Xb.shape[1]):\n"
        "        ix = Xb[{k},{j}]\n        dC[ix] += demb[{k},{j}]",
        "dC = torch.zeros_like(C)\nflat = dC.view(-1, C.shape[1])\n"
        "flat.index_add_(0, Xb.view(-1), demb.view(-1, C.shape[1]))",
        "dC = torch.zeros_like(C)\nfor {k}, {j} in zip(Xb.view(-1), demb.view(-1, demb.shape[-1])):\n"
        "    dC[{k}] += {j}",
        "dC = torch.zeros_like(C).index_put((Xb,), demb, accumulate=True)",
        "dC = F.one_hot(Xb, C.shape[0]).float().view(-1, C.shape[0]).T @ demb.view(-1, demb.shape[2])",
    ],
}
"""For each tensor, ways to write its gradient; `{k}` and `{j}` are names for loops."""
FAST_LOGITS = [
    "dlogits = F.softmax(logits, 1)\ndlogits[range(n), Yb] -= 1\ndlogits /= n",
    "dlogits = (F.softmax(logits, dim=1) - F.one_hot(Yb, num_classes=logits.shape[1])) / n",
    "dlogits = logits.softmax(1)\nfor i, row in enumerate(dlogits):\n    row[Yb[i]] -= 1\ndlogits = dlogits / n",
]
FAST_HPREBN = [
    "dhprebn = bngain*bnvar_inv/n * (n*dhpreact - dhpreact.sum(0) - n/(n-1)*bnraw*(dhpreact*bnraw).sum(0))",
    "s1 = dhpreact.sum(0, keepdim=True)\ns2 = (dhpreact * bnraw).sum(0, keepdim=True)\n"
    "dhprebn = bngain * bnvar_inv * (dhpreact - s1 / n - bnraw * s2 / (n - 1))",
]
WRONG: dict[str, str] = {
    "logprobs": "dlogprobs = torch.zeros_like(logprobs)\ndlogprobs[range(n), Yb] = -1.0",
    "probs": "dprobs = probs * dlogprobs",
    "counts_sum_inv": "dcounts_sum_inv = (counts * dprobs).mean(1, keepdim=True)",
    "counts_sum": "dcounts_sum = (counts_sum**-2) * dcounts_sum_inv",
    "counts": "dcounts = counts_sum_inv * dprobs",
    "norm_logits": "dnorm_logits = norm_logits * dcounts",
    "logit_maxes": "dlogit_maxes = dnorm_logits.sum(1, keepdim=True)",
    "logits": "dlogits = dnorm_logits.clone()\ndlogits[range(n), logits.min(1).indices] += dlogit_maxes.view(-1)",
    "h": "dh = 2 * dlogits @ W2.T",
    "W2": "dW2 = h.T @ dlogits / n",
    "b2": "db2 = dlogits.mean(0)",
    "hpreact": "dhpreact = (1.0 - h) * dh",
    "bngain": "dbngain = (bnraw * dhpreact).mean(0, keepdim=True)",
    "bnbias": "dbnbias = dhpreact.mean(0, keepdim=True)",
    "bnraw": "dbnraw = bnraw * dhpreact",
    "bnvar_inv": "dbnvar_inv = (bnraw * dbnraw).sum(0, keepdim=True)",
    "bnvar": "dbnvar = (-0.5*(bnvar + 1e-5)**-0.5) * dbnvar_inv",
    "bndiff2": "dbndiff2 = (1.0/n)*torch.ones_like(bndiff2) * dbnvar",
    "bndiff": "dbndiff = bnvar_inv * dbnraw + bndiff * dbndiff2",
    "bnmeani": "dbnmeani = dbndiff.sum(0, keepdim=True)",
    "hprebn": "dhprebn = dbndiff + dbnmeani",
    "embcat": "dembcat = -dhprebn @ W1.T",
    "W1": "dW1 = -embcat.T @ dhprebn",
    "b1": "db1 = dhprebn.sum(0) + 1",
    "emb": "demb = -dembcat.view(emb.shape)",
    "C": "dC = torch.zeros_like(C)\ndC[Xb] += demb",
}
"""For each tensor, a slip."""
LOOP = """\
max_steps = 200000
batch_size = 32
n = batch_size
lossi = []

with torch.no_grad():
    for i in range(max_steps):
        ix = torch.randint(0, Xtr.shape[0], (batch_size,), generator=g)
        Xb, Yb = Xtr[ix], Ytr[ix]
        emb = C[Xb]
        embcat = emb.view(emb.shape[0], -1)
        hprebn = embcat @ W1 + b1
        bnmean = hprebn.mean(0, keepdim=True)
        bnvar = hprebn.var(0, keepdim=True, unbiased=True)
        bnvar_inv = (bnvar + 1e-5)**-0.5
        bnraw = (hprebn - bnmean) * bnvar_inv
        hpreact = bngain * bnraw + bnbias
        h = torch.tanh(hpreact)
        logits = h @ W2 + b2
        loss = F.cross_entropy(logits, Yb)

        for p in parameters:
            p.grad = None
        # loss.backward()
        dlogits = F.softmax(logits, 1)
        dlogits[range(n), Yb] -= 1
        dlogits /= n
        dh = dlogits @ W2.T
        dW2 = h.T @ dlogits
        db2 = dlogits.sum(0)
        dhpreact = (1 - h**2) * dh
        dbngain = (bnraw * dhpreact).sum(0, keepdim=True)
        dbnbias = dhpreact.sum(0, keepdim=True)
        dhprebn = bngain*bnvar_inv/n * (n*dhpreact - dhpreact.sum(0) - n/(n-1)*bnraw*(dhpreact*bnraw).sum(0))
        dembcat = dhprebn @ W1.T
        dW1 = embcat.T @ dhprebn
        db1 = dhprebn.sum(0)
        demb = dembcat.view(emb.shape)
        dC = torch.zeros_like(C)
        for k in range(Xb.shape[0]):
            for j in range(Xb.shape[1]):
                ix = Xb[k,j]
                dC[ix] += demb[k,j]
        grads = [dC, dW1, db1, dW2, db2, dbngain, dbnbias]

        lr = 0.1 if i < 100000 else 0.01
        {update}
        if i % 10000 == 0:
            print(f'{{i:7d}}/{{max_steps:7d}}: {{loss.item():.4f}}')
        lossi.append(loss.log10().item())"""
UPDATES = [
    "for p, grad in zip(parameters, grads):\n            p.data += -lr * grad",
    "for p, grad in zip(parameters, grads):\n            p -= lr * grad",
    "for q in range(len(parameters)):\n            parameters[q].data -= lr * grads[q]",
    "C -= lr * dC; W1 -= lr * dW1; b1 -= lr * db1; W2 -= lr * dW2; b2 -= lr * db2\n"
    "        bngain -= lr * dbngain\n        bnbias.sub_(lr * dbnbias)",
    "C = C - lr * dC\n        W1, b1 = W1 - lr * dW1, b1 - lr * db1\n        W2, b2 = W2 - lr * dW2, b2 - lr * db2\n"
    "        bngain = bngain - lr * dbngain\n        bnbias = bnbias - lr * dbnbias",
]
CALIBRATIONS = [
    "with torch.no_grad():\n    emb = C[Xtr]\n    embcat = emb.view(emb.shape[0], -1)\n    hpreact = embcat @ W1 + b1\n"
    "    bnmean = hpreact.mean(0, keepdim=True)\n    bnvar = hpreact.var(0, keepdim=True, unbiased=True)",
    "states = C[Xtr].view(len(Xtr), -1) @ W1 + b1\n"
    "bnmean, bnvar = states.mean(0, keepdim=True), states.var(0, keepdim=True)",
]
SPLIT_LOSSES = [
    """\
@torch.no_grad()
def split_loss(split):
    x, y = {'train': (Xtr, Ytr), 'val': (Xdev, Ydev), 'test': (Xte, Yte)}[split]
    emb = C[x]
    embcat = emb.view(emb.shape[0], -1)
    hpreact = embcat @ W1 + b1
    hpreact = bngain * (hpreact - bnmean) * (bnvar + 1e-5)**-0.5 + bnbias
    h = torch.tanh(hpreact)
    logits = h @ W2 + b2
    loss = F.cross_entropy(logits, y)
    print(split, loss.item())

split_loss('train')
split_loss('val')""",
    """\
def evaluate(X, Y):
    hidden = C[X].view(X.shape[0], -1) @ W1 + b1
    hidden = torch.tanh(bngain * (hidden - bnmean) / torch.sqrt(bnvar + 1e-5) + bnbias)
    return F.cross_entropy(hidden @ W2 + b2, Y)

print(evaluate(Xdev, Ydev).item())""",
    """\
embcat = C[Xdev].view(Xdev.shape[0], -1)
h = torch.tanh(bngain * (embcat @ W1 + b1 - bnmean) * (bnvar + 1e-5)**-0.5 + bnbias)
loss = F.cross_entropy(h @ W2 + b2, Ydev)
print('val', loss.item())""",
]
SAMPLERS = [
    """\
g = torch.Generator().manual_seed(2147483647 + 10)
for _ in range(20):
    out = []
    context = [0] * block_size
    while True:
        emb = C[torch.tensor([context])]
        embcat = emb.view(emb.shape[0], -1)
        hpreact = embcat @ W1 + b1
        hpreact = bngain * (hpreact - bnmean) * (bnvar + 1e-5)**-0.5 + bnbias
        h = torch.tanh(hpreact)
        logits = h @ W2 + b2
        probs = F.softmax(logits, dim=1)
        ix = torch.multinomial(probs, num_samples=1, generator=g).item()
        context = context[1:] + [ix]
        out.append(ix)
        if ix == 0:
            break
    print(''.join(itos[i] for i in out))""",
    """\
def make_name():
    name, context = '', [stoi['.']] * block_size
    while True:
        hidden = C[torch.tensor([context])].view(1, -1) @ W1 + b1
        hidden = torch.tanh(bngain * (hidden - bnmean) * (bnvar + 1e-5)**-0.5 + bnbias)
        p = torch.softmax(hidden @ W2 + b2, dim=1)
        ix = torch.multinomial(p, 1).item()
        if ix == 0:
            return name
        name += itos[ix]
        context = context[1:] + [ix]

for _ in range(10):
    print(make_name())""",
]
HEADINGS = [
    ["# Exercise 1: backprop through the whole thing", "# Exercise 2: cross entropy", "# Exercise 3", "# Exercise 4"],
    ["## Excercise 1", "## Excercise 2", "## Exersice 3", "## Excercise 4: train"],
    [
        "### 1. Every expression",
        "### 2. Cross entropy in one go",
        "### 3. Batch norm in one go",
        "### 4. Putting it all together",
    ],
    ["**Exercise 1**", "**Exercise 2**", "**Exercise 3**", "**Exercise 4**"],
    ["", "", "", "# putting it all together"],
    ["", "", "", ""],
]
SCRATCH = [
    "dlogits * n",
    "dprobs.shape, probs.shape",
    "print(dlogits[0].sum())",
    "(dcounts * 0).sum()",
    "plt.figure(figsize=(4, 4))\nplt.imshow(dlogits.detach(), cmap='gray')",
    "F.softmax(logits, 1)[0]",
    "# dprobs = probs * dlogprobs\n# as in Exercise 2, only longer",
    "x = dlogprobs.clone()\nx[0] = 5\nx *= 2",
    "for i, row in enumerate(dlogits.clone()):\n    row[0] = 7",
    "%timeit dlogits.sum(0)",
    "import time\nt0 = time.time()",
]
LOOP_NAMES = [("k", "j"), ("i", "t"), ("p", "q"), ("row", "ix2"), ("idx", "c"), ("a", "b")]


@dataclass
class Notebook:
    """The cells of one; those of text begin with `md:`."""

    cells: list[str] = field(default_factory=list)

    def save(self, path):
        return write_notebook(path, self.cells)


def complete(seed: int = 0, *, wrong: str = "", training: bool = True) -> Notebook:
    """A complete notebook, with habits drawn from the seed; all of it right but for the gradient of one tensor.

    Args:
        seed: 0 is the lecture's own, without any habits.
        wrong: a tensor of the first exercise.
        training: whether it has the fourth exercise.
    """
    draw = random.Random(seed)
    pick = (lambda ways: ways[0]) if seed == 0 else draw.choice
    names = dict(zip(("k", "j"), pick(LOOP_NAMES), strict=True))
    headings = [f"md:{text}" if text else "" for text in pick(HEADINGS)]
    answers = {tensor: pick(ways) for tensor, ways in RIGHT.items()}
    if wrong:
        answers[wrong] = WRONG[wrong]
    answers = {tensor: text.replace("{k}", names["k"]).replace("{j}", names["j"]) for tensor, text in answers.items()}
    steps = list(answers.values())
    if seed and draw.random() < 0.3:
        place = draw.randrange(len(steps))
        steps[place] = f"{list(WRONG.values())[place]}\n{steps[place]}" if "+=" not in steps[place] else steps[place]
    parts = [
        _setup(seed, draw),
        [headings[0], *_laid_out(steps, seed, draw)],
        [headings[1], "loss_fast = F.cross_entropy(logits, Yb)\nprint(loss_fast.item())", pick(FAST_LOGITS)],
        [headings[2], pick(FAST_HPREBN)],
        [headings[3], *_training(pick)] if training else [],
    ]
    cells = [cell for part in parts for cell in part if cell]
    if seed:
        cells = [_with_habits(cell, draw) for cell in cells]
        cells = [
            copy for cell in cells for copy in [cell] * (2 if draw.random() < 0.05 and "loss_fast" not in cell else 1)
        ]
    return Notebook(cells)


def _setup(seed, draw):
    forward, batch = FORWARD, BATCH
    if seed and draw.random() < 0.3:
        batch = batch.replace("n = batch_size", "n = batch_size\nBS = n")
    sampling = [SAMPLERS[0].replace("bnmean)", "bnmeani)")] if seed and draw.random() < 0.3 else []
    return [OPENING, DATA, CMP, PARAMETERS.format(hidden=64), batch, forward, *sampling]


def _laid_out(steps, seed, draw):
    if seed == 0:
        return ["\n".join(steps)]
    way = draw.choice(["one", "each", "some", "no_grad"])
    if way == "one":
        return ["\n".join(steps)]
    if way == "each":
        return steps
    if way == "no_grad":
        body = "\n".join(f"    {line}" for step in steps for line in step.split("\n"))
        return [f"with torch.no_grad():\n{body}"]
    cut = draw.randrange(1, len(steps))
    return ["\n".join(steps[:cut]), "\n".join(steps[cut:])]


def _training(pick):
    loop = LOOP.format(update=pick(UPDATES))
    return [
        PARAMETERS.format(hidden=200),
        loop,
        pick(CALIBRATIONS),
        pick(SPLIT_LOSSES),
        pick(SAMPLERS),
    ]


def _with_habits(cell, draw):
    if cell.startswith("md:") or "max_steps" in cell or "def " in cell:
        return cell
    if re.match(r"d\w+ = ", cell) and draw.random() < 0.2:
        cell = cell.replace("range(n)", "range(batch_size)").replace("/n", "/batch_size").replace("/ n", "/ batch_size")
    if re.match(r"d\w+ = ", cell) and "dlogits" in cell and draw.random() < 0.4:
        cell = f"{cell}\n{draw.choice(SCRATCH)}"
    if draw.random() < 0.1:
        cell = f"# {draw.choice(['the next step', 'as in Exercise 3', 'TODO: tidy up'])}\n{cell}"
    return cell


def in_names_of(notebook: Notebook, other: str) -> Notebook:
    """The same notebook in the names of another assignment with the same graph."""
    names = renamed(load_assignment("makemore"), load_assignment(other))
    word = re.compile(r"(?<![\w.'])[A-Za-z]\w*")
    return Notebook([word.sub(lambda match: names.get(match[0], match[0]), cell) for cell in notebook.cells])


def renamed(one: Assignment, other: Assignment) -> dict[str, str]:
    """The names of one assignment with those of another, of sizes, tensors and gradients."""
    pairs = dict(zip(one.sizes, other.sizes, strict=True))
    scripts = [(one.inputs, other.inputs)]
    scripts += [(mine.script, theirs.script) for mine, theirs in zip(one.exercises, other.exercises, strict=True)]
    for mine, theirs in scripts:
        pairs |= dict(zip(mine.targets, theirs.targets, strict=True))
    assert one.dataset and other.dataset
    pairs |= {one.dataset.inputs: other.dataset.inputs, one.dataset.outputs: other.dataset.outputs}
    gradients = {one.gradient_name(a): other.gradient_name(b) for a, b in pairs.items()}
    return gradients | pairs
