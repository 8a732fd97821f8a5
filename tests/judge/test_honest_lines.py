"""Lines that honest people have in their files: none of them costs a mark, and nobody has to look at any of them."""

import os
import sys
from pathlib import Path

import pytest
import torch

from grader.border import Source
from grader.run.exam import Examination, examine
from grader.run.grade import grade_submission
from grader.submission import Submission
from helpers.corpus import FILE
from helpers.places import ROOT
from helpers.submissions import judged

VALUE = "sumCountsInverse * dProbabilities + torch.ones_like(counts) * dSumCounts"
ARGUMENTS = "counts, sumCountsInverse, dSumCounts, dProbabilities"


def hand_in(above: str = "", inside: str = "", value: str = VALUE) -> str:
    """Two stages, with lines above them or inside the first."""
    lines = "".join(f"    {line}\n" for line in inside.splitlines())
    return (
        f"import torch\n{above}\n\ndef dCounts({ARGUMENTS}):\n{lines}    return {value}\n\n\n"
        "def dNormalizedLogits(counts, dCounts):\n    return counts * dCounts\n"
    )


def rows(loop: str, above: str = "from tqdm import tqdm, trange") -> str:
    """The first stage row by row, in a loop of one's own."""
    row = "sumCountsInverse[i] * dProbabilities[i] + dSumCounts[i]"
    return hand_in(above, f"r = torch.zeros_like(counts)\n{loop.replace('ROW', f'r[i] = {row}')}", "r")


def decorated(decorator: str, above: str = "") -> str:
    return hand_in(above).replace("def dCounts", f"{decorator}\ndef dCounts")


SETTINGS = """
    torch.set_num_threads(2)
    torch.set_num_interop_threads(2)
    torch.manual_seed(3)
    torch.cuda.manual_seed_all(3)
    torch.use_deterministic_algorithms(True)
    torch.set_default_dtype(torch.float64)
    torch.set_default_device("cuda" if torch.cuda.is_available() else "cpu")
    torch.set_printoptions(precision=3)
    torch.set_float32_matmul_precision("medium")
    torch.backends.cudnn.deterministic = True
    torch.backends.cuda.matmul.allow_tf32 = True
    torch.backends.mkldnn.enabled = False
    print(torch.__version__, torch.version.cuda, torch.get_num_threads())
    np.seterr(all="raise")
    np.set_printoptions(precision=3)
    np.random.seed(1)
    warnings.filterwarnings("ignore")
    random.seed(0)
    gc.collect()
"""
IMPORTS = "import gc, os, random, warnings\nimport numpy as np\nimport matplotlib.pyplot as plt\n"
WITHOUT_WRAPS = (
    "def timed(f):\n    def wrapper(*args, **kwargs):\n        return f(*args, **kwargs)\n    return wrapper\n"
)
LARGE = "large = torch.rand(1500, 1500)\nlarge = large.exp() @ torch.ones(1500, 1)"

HONEST = {
    "settings": hand_in(
        f"{IMPORTS}{SETTINGS.replace('    ', '')}os.environ['OMP_NUM_THREADS'] = '4'\nplt.style.use('ggplot')\n{LARGE}"
    ),
    "settings in a stage": hand_in(
        IMPORTS,
        SETTINGS.replace("    ", "") + LARGE,
        f"{VALUE} + 0 * (dProbabilities @ torch.ones(counts.shape[1], 1))",
    ),
    "a library that is there, but closed": hand_in("try:\n    import rich\nexcept ImportError:\n    rich = None"),
    "a decorator without wraps": decorated("@timed", WITHOUT_WRAPS),
    "with options": decorated(
        "@named('x')",
        f"def named(name):\n{''.join(f'    {x}{chr(10)}' for x in WITHOUT_WRAPS.splitlines())}    return timed",
    ),
    "that hands on what has a place": decorated("@timed", WITHOUT_WRAPS.replace(", **kwargs", "")),
    "that hands on what has a name": decorated("@timed", WITHOUT_WRAPS.replace("*args, ", "")),
    "that gives an argument itself": decorated(
        "@given",
        (
            "def given(f):\n    def wrapper(counts, **kwargs):\n        return f(counts=counts, extra=1, **kwargs)\n"
            "    return wrapper\n"
        ),
    ).replace("dProbabilities):", "dProbabilities, extra, **more):"),
    "that is a class": decorated(
        "@Timed",
        "class Timed:\n    def __init__(self, f):\n        self.f = f\n"
        "    def __call__(self, *args, **kwargs):\n        return self.f(*args, **kwargs)\n",
    ),
    **{
        each: decorated(each)
        for each in (
            "@torch.jit.script",
            "@torch.jit.ignore(drop=True)",
            "@torch.jit.unused",
            "@torch.jit.export",
            "@torch.compile",
            "@torch.compile(mode='reduce-overhead', fullgraph=True)",
            "@torch.compiler.disable()",
            "@torch.no_grad()",
            "@torch.inference_mode()",
        )
    },
    "compiled inside": hand_in("", "rule = torch.compile(lambda a, b: a * b, dynamic=True)\nrule(counts, counts)"),
    "a bar": rows("bar = tqdm(range(len(counts)), desc='rows')\nfor i in bar:\n    ROW\n    bar.set_postfix(row=i)"),
    "a range with a bar": rows("for i in trange(len(counts), leave=False):\n    ROW\ntqdm.write('done')"),
    "the bar of a notebook": rows("for i in tqdm(range(len(counts))):\n    ROW", "from tqdm.notebook import tqdm"),
    "the bar that fits": rows("for i in tqdm.tqdm(range(len(counts))):\n    ROW", "import tqdm.auto, tqdm"),
    "a bar by hand": rows(
        "with tqdm(total=len(counts)) as bar:\n    for i in range(len(counts)):\n        ROW\n        bar.update(1)"
    ),
    "operators by name": hand_in(
        "import operator",
        value="operator.mul(sumCountsInverse, dProbabilities).__add__(torch.ones_like(counts).__mul__(dSumCounts))",
    ),
    "operators that take a name": hand_in(
        "import operator",
        "operator.attrgetter('shape')(counts)\noperator.methodcaller('sum', 0)(counts)\ncounts.__len__()",
    ),
    "attributes by name": hand_in(
        "NAMES = ('exp', 'log')\nclass Sizes:\n    def __init__(self, **sizes):\n"
        "        for name, size in sizes.items():\n            setattr(self, name, size)\nkept = Sizes(rows=1)\n",
        "rule = 'abs'\ngetattr(counts, rule)()\nfor name in NAMES:\n    getattr(torch, name)(counts)\n"
        "shown = [getattr(counts, each) for each in ('shape', 'dtype')]",
    ),
    "autograd turned off": hand_in(
        "torch.set_grad_enabled(False)",
        "with torch.set_grad_enabled(False):\n    counts = counts.clone().requires_grad_(False)\n"
        "os.environ['OMP_NUM_THREADS'] = '2'",
    ).replace("import torch", "import os\nimport torch", 1),
    "pictures in a stage": hand_in("import matplotlib.pyplot as plt", "plt.plot(counts.tolist())\nplt.show()"),
    "mapped": hand_in(
        "from functorch import vmap\nfrom torch.func import vmap as other\ndef row(a, b, c):\n    return a * b + c\n",
        "same = other(row)(sumCountsInverse, dProbabilities, dSumCounts)",
        "vmap(row)(sumCountsInverse, dProbabilities, dSumCounts.expand(len(counts), 1))",
    ),
}


SPREAD = "import torch\n\n\ndef spread(x, like):\n    return torch.ones_like(like) * x\n"


def helped(above: str, *files: tuple[str, str], rule: str = "spread") -> str:
    """The first stage with a helper."""
    main = hand_in(above, value=f"sumCountsInverse * dProbabilities + {rule}(dSumCounts, counts)")
    return main + "".join(f"\n# file: {name}\n{text}" for name, text in files)


HELPERS = {
    "in a folder": helped("from helpers.ops import spread", ("helpers/ops.py", SPREAD)),
    "in a folder of folders": helped(
        "import lib.inner.ops as ops",
        ("lib/inner/ops.py", "from ..base import spread"),
        ("lib/base.py", SPREAD),
        rule="ops.spread",
    ),
    "by way of the folder": helped(
        "import helpers.ops", ("helpers/__init__.py", ""), ("helpers/ops.py", SPREAD), rule="helpers.ops.spread"
    ),
    "handed on by the folder": helped(
        "from helpers import spread", ("helpers/__init__.py", "from .ops import *"), ("helpers/ops.py", SPREAD)
    ),
    "a file of a folder": helped("from helpers import ops", ("helpers/ops.py", SPREAD), rule="ops.spread"),
    "beside it": helped("from .utils import spread", ("utils.py", SPREAD)),
    "a file beside it": helped("from . import utils", ("utils.py", SPREAD), rule="utils.spread"),
    "in a file above it": helped("from ..utils import spread", ("utils.py", SPREAD)),
    "wherever it is": helped("import sys\nsys.path.append('src')\nfrom ops import spread", ("src/ops.py", SPREAD)),
    "with a star": helped("from utils import *", ("utils.py", f"from torch import *\n{SPREAD}")),
    "in a circle": helped("from a import spread", ("a.py", f"import b\n{SPREAD}"), ("b.py", "import a\n")),
    **{
        f"in a file called {name}.py": helped(
            f"from {name} import spread\nimport {name} as mine", (f"{name}.py", SPREAD), rule="mine.spread"
        )
        for name in "code copy grad random rich statistics string test types typing".split()
    },
    "in a file that takes what it is called like": helped(
        "from random import spread", ("random.py", f"import random\nrandom.seed(1)\n{SPREAD}")
    ),
}
HONEST |= HELPERS | {
    "a star": hand_in("from torch import *\nfrom math import *").replace("torch.ones_like", "ones_like"),
    "a file called as a library is": hand_in("import numpy as np\nnp.ones(2)") + "\n# file: numpy.py\nmine = 1\n",
    "a file called as a module that another folder means": (
        hand_in("import random\nrandom.seed(1)") + "\n# file: week/random.py\nmine = 1\n"
    ),
}


@pytest.fixture(scope="module")
def two(assignment) -> Examination:
    return examine(assignment, frozenset({"dCounts", "dNormalizedLogits"}), seed="honest")


def submission(text: str) -> Submission:
    first, *others = FILE.split(text)
    sources = (Source("answers.py", first), *map(Source, others[::2], others[1::2]))
    return Submission("student", Path("answers.py"), sources, (), {})


@pytest.mark.parametrize("case", HONEST)
def test_an_honest_line_costs_nothing_and_is_not_for_review(case, two, sandbox):
    stages = judged(submission(HONEST[case]), two, sandbox)
    found = {name: (stage.score, stage.integrity.status, stage.message) for name, stage in stages.items()}
    assert {name: (score, status) for name, (score, status, _) in found.items()} == dict.fromkeys(
        stages, (1, "clean")
    ), found


NOT_THERE = {
    "a library": ("import scipy as sp", "sp.x", "`sp` is not there: `scipy` is neither a file of your submission"),
    "a library, in the stage": ("", "__import__('pandas')", "`pandas` is neither a file of your submission"),
    "a file that was not handed in": ("from rules import rule", "rule", "`rule` is not there: `rules` is neither"),
    "a name that a module does not have": ("from math import sqr", "sqr", "`sqr` is not there: cannot import name"),
    "something that is not installed": (
        "from einops import nothing_of_it",
        "nothing_of_it",
        "`nothing_of_it` is not there",
    ),
}


@pytest.mark.parametrize("case", NOT_THERE)
def test_what_cannot_be_imported_is_told_in_the_stage_that_needs_it(case, two, sandbox):
    above, inside, said = NOT_THERE[case]
    stages = judged(submission(hand_in(above, inside)), two, sandbox)
    assert said in stages["dCounts"].message and stages["dNormalizedLogits"].score == 1


RAISED = {
    "a library in C": "from torch._C import nothing_of_it",
    "of NumPy in C": "from numpy._core._multiarray_umath import nothing_of_it",
    "inside torch": "raise KeyError(torch.__file__)",
    "a file of torch": "open(torch.__file__ + 'x')",
    "no place for files": "import tempfile\ntempfile.mkdtemp()",
    "where it runs": "import os, sys\nraise ValueError(os.getcwd(), sys.executable, sys.prefix, sys.path, __file__)",
    "at home": "import os\nopen(os.path.expanduser('~/x'))",
    "a warning": "import warnings\nwarnings.simplefilter('error')\nwarnings.warn(torch.__file__)",
    "where a module is from": "raise ImportError(str(torch.__spec__))",
    "a syntax error elsewhere": "exec(compile('a b', torch.__file__, 'exec'))",
}


def test_no_text_that_is_shown_has_a_folder_of_the_machine_in_it(two, sandbox):
    folders = {str(each) for each in (Path(torch.__file__).parents[1], Path(sys.prefix), Path(os.getcwd()), ROOT)}
    for lines in RAISED.values():
        for text in (hand_in("", lines), hand_in(lines, "nothing_of_it")):
            shown = repr(grade_submission(submission(text), two, sandbox).result)
            assert not [each for each in folders if each in shown], lines


def test_a_path_of_ones_own_is_left_as_it_is(two, sandbox):
    stages = judged(submission(hand_in("", "open('/data/of/mine/names.txt')")), two, sandbox)
    assert "'/data/of/mine/names.txt'" in stages["dCounts"].message
