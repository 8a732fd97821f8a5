"""What of a source is on the list of tensor maths, whom it concerns if it is not, and the list itself."""

import types
from dataclasses import replace

import numpy as np
import pytest
import torch

from grader.border import Reading, Source
from grader.sandbox.border.messages import Wanted, WantedStage
from grader.sandbox.theirs.source import vocabulary
from grader.sandbox.theirs.source.imports import Files
from grader.sandbox.theirs.source.outline import Outline
from grader.sandbox.theirs.source.reading import read_sources
from grader.sandbox.theirs.strides import watch_strides
from helpers.places import ROOT


def read(text: str, *, arrays: str = "torch", **others: str) -> dict[str, Reading]:
    """The readings of two stages, `f` and `g`, of a file; `g` is supplied if it is not there."""
    text += "" if "def g" in text else "\n\ndef g(x):\n    return x + 1\n"
    wanted = Wanted((WantedStage("f", only_function=True), WantedStage("g", only_function=True)), arrays=arrays)
    sources = [Source("answers.py", text), *(Source(f"{name}.py", other) for name, other in others.items())]
    files = Files(sources)
    return read_sources([Outline(source, wanted, files) for source in sources])["answers.py"]


def words(reading: Reading) -> set[str]:
    return {word for _, word in reading.outside}


BODIES = {
    "a dunder": ("return x.__class__", "__class__"),
    "a private attribute": ("return x._version", "_version"),
    "reflection": ("return eval('x')", "eval"),
    "an attribute with a computed name": ("return getattr(x, 'sh' + 'ape')", "getattr"),
    "an attribute with a name that grows": ("n = 'exp'\n    n += '_'\n    return getattr(x, n)", "getattr"),
    "a name that another function gives": (
        "n = 'exp'\n    def other():\n        nonlocal n\n        n = x\n    other()\n    return getattr(x, n)",
        "getattr",
    ),
    "one of several names": ("for n in ('exp', '__dict__'):\n        x = getattr(x, n)\n    return x", "__dict__"),
    "a name out of a list that may change": (
        "names = ['exp']\n    names[0] = x\n    for n in names:\n        x = getattr(x, n)\n    return x",
        "getattr",
    ),
    "a name that goes through a module": (
        "import operator as o\n    return o.attrgetter('mul.__self__')(x)",
        "__self__",
    ),
    "a name for another": ("import operator as o\n    return o.methodcaller(x)(x)", "operator.methodcaller"),
    "a text that a table evaluates": ("import pandas as pd\n    return pd.DataFrame().eval('x')", "eval"),
    "the same, of the library": ("import pandas as pd\n    return pd.eval('x')", "pandas"),
    "an attribute of an object of one's own": (
        "class A:\n        def take(self, n): return getattr(self, n)\n    return A().take('__init__')",
        "getattr",
    ),
    "an operator that is set": ("torch.Tensor.__add__ = max\n    return x", "torch.Tensor.__add__ is set"),
    "a compiler that is set": ("torch.jit.script = max\n    return x", "torch.jit.script is set"),
    "a compiler's own way out": ("return torch.jit.load('a')", "torch.jit.load"),
    "a bar that is set": ("import tqdm\n    tqdm.tqdm = max\n    return x", "tqdm.tqdm is set"),
    "an attribute with a name that is not listed": ("return getattr(x, '__dict__')", "__dict__"),
    "set by name": ("setattr(torch.Tensor, 'mul', None)\n    return x", "torch.Tensor.mul is set"),
    "deleted": ("del torch.exp\n    return x", "torch.exp is set"),
    "an alias of a class, and something set": ("t = torch.Tensor\n    t.add = None\n    return x", "add is set"),
    "a module as a value": ("m = torch\n    return m.exp(x)", "torch"),
    "a module of torch": ("return torch.utils.data", "torch.utils"),
    "complex numbers": ("return x * 1j", "complex numbers"),
    "a complex type as a text": ("return x.numpy().astype('complex64')", "complex numbers"),
    "a complex type in its place": ("import numpy as np\n    return np.zeros(3, 'c16')", "complex numbers"),
    "a complex type by a name": ("kind = 'complex'\n    return x.numpy().astype(kind)", "complex numbers"),
    "a class made by type": ("return type('A', (), {})", "type"),
    "type kept": ("kind = type(x)\n    return kind(x)", "type"),
    "a text filled in with attributes": ("return '{0.grad}'.format(x)", "str.format"),
    "format as a function": ("return str.format('{}', x)", "str.format"),
    "a descriptor opened": ("return open(3)", "open"),
    "a descriptor by name": ("n = 3\n    return open(n)", "open"),
    "a file to write": ("return open('a.txt', 'w')", "open"),
    "another frame": ("import inspect\n    return inspect.currentframe()", "inspect.currentframe"),
    "an import as another name": ("from gc import get_objects as maths\n    return maths()", "gc.get_objects"),
    "a coroutine": ("async def later(): pass\n    return x", "async"),
    "an attribute in a pattern": ("match x:\n        case object(__dict__=d): return d", "__dict__"),
    "a keyword with underscores": ("return dict(__array_interface__=x)", "__array_interface__"),
    "a namespace of a dictionary": (
        "from types import SimpleNamespace\n    return SimpleNamespace(**x)",
        "types.SimpleNamespace",
    ),
    "a default": ("return (lambda name, by=__import__: by(name))('sys')", "__import__"),
    "a name of Python that an inner function binds": ("def inner():\n        eval = 1\n    return eval(x)", "eval"),
    "a name of Python that is said to be global": (
        "eval = 1\n    def inner():\n        global eval\n        return eval\n    return inner()",
        "eval",
    ),
    "what runs a text": ("import numpy as np\n    return np.testing.runstring('', {})", "numpy.testing.runstring"),
    "a node's way out": ("return x.storage().data_ptr()", "storage"),
}


@pytest.mark.parametrize("case", BODIES)
def test_what_may_reach_any_line_concerns_every_stage(case):
    body, word = BODIES[case]
    found = read(f"import torch\n\n\ndef f(x):\n    {body}\n")
    assert word in words(found["f"])
    assert word in words(found["g"])


FILES = {
    "a star": ("from inspect import *\n", "import *"),
    "what a star takes": ("from torch import *\nkept = load\n", "torch.load"),
    "what a star takes for what Python calls so": ("from torch import *\nkept = compile('', '', 'exec')\n", "compile"),
    "set on what remembers": ("import torch\nN = torch.no_grad\nN.prev = 1\n", "prev is set"),
    "set on the type of anything": ("def put(x): type(x).mul = 1\nput(1)\n", "mul is set"),
    "the same, by its attribute": ("def put(x): x.__class__.mul = 1\nput(1)\n", "mul is set"),
    "a type that is handed on": ("class A:\n    def put(self): return type(self)\n", "type"),
    "set on what a decorator makes of a function": (
        "import torch\ndef to_class(f): return torch.Tensor\n@to_class\ndef t(): pass\nt.mul = 1\n",
        "mul is set",
    ),
    "set on what was a class": ("import torch\nclass A: pass\nA = torch.Tensor\nA.mul = 1\n", "mul is set"),
    "set on what may be given as a class": ("class A: pass\ndef put(A): A.mul = 1\nput(1)\n", "mul is set"),
    "taken from a class of one's own that has no such": ("class A: pass\nkept = A.mro\n", "mro"),
    "a method of the language": ("class A:\n    def __getattr__(self, name): return 1\n", "__getattr__"),
    "a class of classes": ("class A(metaclass=M): pass\n", "metaclass"),
    "a class of tensors": ("import torch\nclass A(torch.Tensor): pass\n", "class of torch.Tensor"),
    "an attribute of the language in a class": ("class A:\n    __array_interface__ = {}\n", "__array_interface__"),
    "an import in a class": ("class A:\n    import sys\n", "import in a class"),
    "wraps, elsewhere than on a function": (
        "import functools\ncopy = functools.wraps(len)\n",
        "functools.wraps",
    ),
    "a class of what is only called object": (
        "import torch\nobject = torch.Tensor\nclass A(object): pass\n",
        "class of object",
    ),
    "a class of what was a class": (
        "import torch\nclass B: pass\nB = torch.Tensor\nclass A(B): pass\n",
        "class of B",
    ),
    "what was a class makes something else": (
        "import torch\nclass B: pass\nB = lambda: torch.Tensor\nb = B()\nb.mul = 1\n",
        "mul is set",
    ),
    "a decorator of one's own is called property": (
        "import torch\ndef property(f): return f(torch.Tensor)\n"
        "class A:\n    @property\n    def put(self): self.mul = 1\n",
        "mul is set",
    ),
    "a class method by another name": (
        "import torch\nof_class = classmethod\nclass A:\n    def put(self): self.mul = 1\n"
        "    @of_class\n    def make(own): own.put(torch.Tensor)\n",
        "mul is set",
    ),
    "a class in an annotation that is called": (
        "import torch\ndef hand(c): c.put(torch.Tensor)\nclass A:\n    def put(self): self.mul = 1\nx: hand(A) = 1\n",
        "mul is set",
    ),
    "a file that says it is the program": (
        "__name__ = '__main__'\nif __name__ == '__main__':\n    eval('1')\n",
        "__name__",
    ),
    "the same, when an exception is caught": (
        "try: 1 / 0\nexcept ZeroDivisionError as __builtins__: pass\n",
        "__builtins__",
    ),
    "something set on a module": ("import torch\ntorch.mine = 1\n", "torch.mine is set"),
    "a method that sets what tensors have, taken from its class": (
        "import torch\nclass A:\n    def put(self): self.exp = 1\nA.put(torch.Tensor)\n",
        "exp is set",
    ),
    "the same, where the class goes through a list": (
        "from torch import Tensor as T\nclass A:\n    def put(self): self.exp = 1\nfor a in [A]: a.put(T)\n",
        "exp is set",
    ),
    "a method that takes what frames have, from a class that goes through a list": (
        "class A:\n    gi_frame = 1\n    def take(self): return self.gi_frame\nfor a in [A]: a.take(i for i in ())\n",
        "gi_frame",
    ),
    "the same, of a static method": (
        "class A:\n    @staticmethod\n    def put(self): self.exp = 1\n",
        "exp is set",
    ),
    "a name of Python, bound after it is read": ("kept = eval\neval = 1\n", "eval"),
    "a name of Python, bound by a line that may fail": ("eval = 1 / 0\nkept = eval('1')\n", "eval"),
    "in a default of its own": ("def eval(*, x=eval): return x\nkept = eval()\n", "eval"),
    "taken away when an exception is left": (
        "def eval(x): return x\ntry: 1 / 0\nexcept ZeroDivisionError as eval: pass\nkept = eval('1')\n",
        "eval",
    ),
    "bound in a lambda in a list": (
        "def h():\n    [lambda: (eval := 1) for _ in '']\n    return eval('1')\nh()\n",
        "eval",
    ),
    "a function that is called by its name as a text": (
        "class A:\n    pass\ndef evil(): return globals()\nkept = getattr(A, 'evil')\n",
        "globals",
    ),
    "in a function that one calls": ("def helper():\n    return globals()\nkept = helper()\n", "globals"),
}


@pytest.mark.parametrize("case", FILES)
def test_so_does_what_stands_elsewhere_in_the_file(case):
    text, word = FILES[case]
    found = read(f"{text}\n\ndef f(x):\n    return x * 2\n")
    assert word in words(found["f"])


CLEAN = {
    "modules that are not used": "import gc, sys, inspect\nfrom torch.func import grad, vmap",
    "what runs only as a program": "import sys\nif __name__ == '__main__':\n    sys.exit(eval('0'))",
    "a function that nobody calls": "def unused():\n    return globals()",
    "files and settings": (
        "import os, json\nos.environ['A'] = '1'\nfrom pathlib import Path\nplace = Path('a') / 'b'\n"
        "words = open(place).read().split()\nsettings = json.loads('{}')"
    ),
    "settings of torch": (
        "import torch\ntorch.backends.cudnn.deterministic = True\ntorch.manual_seed(1)\ntorch.cuda.manual_seed_all(1)"
    ),
    "pictures": "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nax.plot([1])\nplt.show()",
    "an annotation that is a text": "def helper(x: 'eval(1)') -> 'exec(2)':\n    return x\nhelper(1)",
    "names of Python of one's own": "vars = 1\ninput = [2]\ndef compile(x):\n    return x + vars\nkept = compile(2)",
    "tables and arguments": (
        "import pandas as pd, argparse\ndf = pd.DataFrame({'a': [1]})\nprint(df.head())\n"
        "parser = argparse.ArgumentParser()\nparser.add_argument('--rate', type=float)\ngiven = parser.parse_args()"
    ),
    "what one is, and where": (
        "import os\nfrom pathlib import Path\nHERE = Path(__file__).parent\nos.chdir(HERE)\nos.putenv('A', 'b')\n"
        "class Timer:\n    def __enter__(self): return self\n    def __exit__(self, *details): self.over = 1\n"
        "with Timer() as timer: pass"
    ),
    "stars": "from torch import *\nfrom math import *\nfrom torch.nn.functional import *\nkept = 1",
    "classes": (
        "class Layer:\n    def __init__(self, x): self.mean = self._x = x\n    def __call__(self): return self.mean\n"
        "layer = Layer(1)\nlayer.var = layer()"
    ),
    "classes by name": (
        "class Base:\n    def __init__(self): self.mean = 0\nclass Layer(Base):\n"
        "    def __init__(self):\n        Base.__init__(self)\n        self.var = 1\nKINDS = {'layer': Layer}"
    ),
    "what a class of one's own counts": (
        "class Layer:\n    count = 0\n    def __init__(self):\n"
        "        Layer.count += 1\n        type(self).count += 1\n        self.__class__.count += 1\n"
        "layer = Layer()\nprint(Layer.count, type(layer).count)\nLayer.mean = 1"
    ),
    "what a function of one's own counts": "def helper():\n    helper.count += 1\nhelper.count = 0\nhelper()",
}


@pytest.mark.parametrize("case", CLEAN)
def test_what_flows_into_no_value_concerns_no_stage(case):
    found = read(f"{CLEAN[case]}\n\n\ndef f(x):\n    return x * 2\n")["f"]
    assert replace(found, least=0, unnamed=()) == Reading()


def test_what_stands_apart_concerns_the_stage_that_it_flows_into():
    found = read("import json\nscale = json.loads('2')\n\n\ndef f(x):\n    return x * scale\n")
    assert words(found["f"]) == {"json.loads"}
    assert words(found["g"]) == set()


def test_words_of_autograd_concern_the_stage_and_no_other():
    found = read("def f(x):\n    return x.grad\n")
    assert (found["f"].autograd, found["g"].autograd) == ((2,), ())


def test_a_method_of_that_name_is_for_the_log_to_tell():
    text = "class Layer:\n    def backward(self, x): return x\n\n\ndef f(x):\n    return Layer().backward(x)\n"
    assert read(text)["f"].autograd == ()


FUNCTION = """
{imported}


class Times({base}):
    @staticmethod
    def forward(ctx, x, w):
        ctx.save_for_backward(x)
        ctx.w = w
        return x * w

    @staticmethod
    def backward(ctx, d):
        (x,) = ctx.saved_tensors
        return d * ctx.w if ctx.needs_input_grad[0] else None, (d * x).sum()


def f(ctx, d):
    return Times.backward(ctx, d)
"""


@pytest.mark.parametrize(
    ("imported", "base"),
    [
        ("import torch", "torch.autograd.Function"),
        ("from torch.autograd import Function", "Function"),
        ("import torch.autograd as ag", "ag.function.Function"),
    ],
)
def test_a_class_of_function_is_a_class_and_runs_no_autograd(imported, base):
    text = FUNCTION.format(imported=imported, base=base)
    assert (read(text)["f"].autograd, read(text)["f"].outside) == ((), ())
    assert read(text.replace("return d * ctx.w", "return torch.autograd.grad(d, x)"))["f"].autograd
    assert read(text.replace("(d * x).sum()", "d.grad_fn.saved_tensors"))["f"].autograd
    assert read(text.replace(f"({base})", f"({base}, torch.Tensor)"))["f"].outside


ENGINE = """
class Value:
    def __init__(self, data, parents=()):
        self.data, self.parents, self.grad = data, parents, 0.0

    @staticmethod
    def lift(x):
        return x if isinstance(x, Value) else Value(x)

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, (self, other))

    __radd__ = __add__

    def __pow__(self, n):
        return Value(self.data ** n, tuple(self.parents))

    def __neg__(self):
        return -1 * Value.lift(self)

    def __lt__(self, other):
        return self.data < other.data


def f(x):
    return (2 + Value(x) ** 2).data
"""


def test_an_engine_of_ones_own_is_on_the_list():
    assert words(read(ENGINE)["f"]) == set()
    for name in ("__eq__", "__del__", "__array_ufunc__", "__getattribute__", "__init_subclass__"):
        other = ENGINE.replace("def __neg__", f"def {name}(self, *_): return 1\n\n    def __neg__")
        assert words(read(other)["f"]) == words(read(other)["g"]) == {name}
    assert words(read("def __add__(x): return x\n\n\ndef f(x):\n    return x\n")["g"]) == {"__add__"}


@pytest.mark.parametrize(
    "line", ["n = n if n else 'sum'", "n = 'sum' if n is None else n", "n = m if n else 's'\n    m = n if n else 't'"]
)
def test_what_a_name_is_bound_to_may_be_the_name_itself(line):
    text = f"def f(x, n=None, m=None):\n    {line}\n    with open(n + 'a') as file:\n        return getattr(x, n)\n"
    assert "nested too deeply" not in words(read(text)["f"]) and "getattr" in words(read(text)["f"])


def test_what_python_has_may_be_imported_by_its_name():
    text = "import os, sys\nsys.path.append(os.pardir)\nfrom builtins import object, range\n\n\n"
    text += "class Net(object):\n    pass\n\n\n"
    assert words(read(f"{text}def f(x):\n    return [Net for _ in range(2)]\n")["f"]) == set()
    for name in ("eval", "getattr", "__import__", "open", "type"):
        found = read(f"from builtins import {name}\nimport builtins\n\n\ndef f(x):\n    return {name}(x)\n")
        assert words(found["f"]), name
    assert words(read("import builtins\n\n\ndef f(x):\n    builtins.range = x\n    return x\n")["g"])


def test_a_library_that_is_not_there_gives_no_value():
    text = "from no_such_helpers import relu\nfrom no_such_six.moves import range\n\n\ndef relu(x):\n    return x\n\n\n"
    assert words(read(f"{text}def f(x):\n    return [relu(x) for _ in range(2)][0]\n")["f"]) == set()
    assert words(read("import pip\n\n\ndef f(x):\n    return pip.main(x)\n")["f"])


def test_a_module_beside_the_stage_is_a_matter_of_what_it_flows_into():
    text = "import torch.nn as nn\n\n\nclass Layer(nn.Module):\n    def forward(self, x):\n        return x\n\n\n"
    found = read(f"{text}def f(x):\n    return Layer()(x)\n")
    assert words(found["f"]) == {"torch.nn.Module"} and words(found["g"]) == set()


def test_a_variable_of_that_name_is_no_method():
    assert read("grad = 1\n\n\ndef f(x):\n    return x.grad\n")["f"].autograd == (5,)


def test_in_numpy_autograd_is_a_library():
    text = "import numpy as np\n\n\ndef f(layer):\n    return layer.grad + np.exp(1)\n"
    assert read(text, arrays="numpy")["f"].autograd == ()
    assert read(f"import torch\n{text}    torch.exp(1)\n", arrays="numpy")["f"].autograd == (6, 7)
    assert read(f"import torch\n{text.replace('np.exp', 'torch.exp')}", arrays="numpy")["f"].autograd == (6,)


def test_layers_as_classes_are_on_the_list():
    text = (ROOT / "tests" / "habits" / "in_numpy" / "layers_as_classes.py").read_text(encoding="utf-8")
    text += "\n\ndef f(x, d):\n    return SGD(Sequential(Linear(x), LAYERS['norm'](x, x)).eval().backward(d)).step()\n"
    assert read(text, arrays="numpy")["f"] == Reading()


def test_a_slip_in_a_name_is_the_matter_of_its_own_stage():
    found = read("import torch\n\n\ndef f(x):\n    return torch.zeros_lite(x).cloned()\n")
    assert words(found["f"]) == {"torch.zeros_lite", "cloned"}
    assert words(found["g"]) == set()


def test_a_slip_in_a_name_of_a_module_that_is_one_file_is_as_well():
    found = read("import math\n\n\ndef f(x):\n    return math.sqr(x)\n")
    assert words(found["f"]) == {"math.sqr"}
    assert words(found["g"]) == set()


@pytest.mark.parametrize(
    "use",
    [
        "from helper import sys\n",
        "from .helper import sys\n",
        "from helper import *\n",
        "import helper\nsys = helper.sys\n",
        "from . import helper\nsys = helper.sys\n",
        "from math import sys\n",
        "import math\nsys = math.sys\n",
        "from folder.inner import sys\n",
        "import folder\nsys = folder.inner.sys\n",
        "from folder import inner as other\nsys = other.sys\n",
    ],
)
def test_what_a_helper_imports_is_not_the_helpers(use):
    helpers = dict.fromkeys(("helper", "math", "folder/inner"), "import sys\n")
    found = read(f"{use}\n\ndef f(x):\n    return sys.modules\n", **helpers)
    assert words(found["g"]) & {"sys", "sys.modules"}


@pytest.mark.parametrize(
    "use",
    [
        "from helper import rule",
        "from helper import *",
        "from helper.inner import *",
        "import helper\nrule = helper.inner.rule",
        "from statistics import rule",
    ],
)
def test_a_helper_is_part_of_what_imports_it(use):
    helpers = dict.fromkeys(("helper", "helper/inner", "statistics"), "def rule(x): return x.grad\n")
    found = read(f"{use}\n\n\ndef f(x):\n    return rule(x)\n", **helpers)
    assert found["f"].autograd == (1,)


MODULES = (torch, torch.nn, torch.nn.functional, torch.linalg, torch.special, torch.backends, np, np.random, np.linalg)


def test_no_attribute_on_the_list_leads_to_a_module_that_is_not():
    found = {
        f"{owner.__name__}.{name}"
        for owner in (*MODULES, torch.Tensor, torch.Generator, np.ndarray, np.random.Generator)
        for name in vocabulary.ATTRIBUTES
        if isinstance(getattr(owner, name, None), types.ModuleType)
    }
    assert {each for each in found if each not in vocabulary.MODULES} <= {"torch.cpu", "torch.backends.cpu"}


def test_no_name_on_the_list_is_a_word_of_autograd_or_a_ready_made_kernel():
    listed = vocabulary.ATTRIBUTES | {name for names in vocabulary.MODULES.values() for name in names}
    assert not listed & (vocabulary.AUTOGRAD | vocabulary.COMPLEX)
    assert not {name for name in listed if "backward" in name}
    assert not {name for name in listed if name.startswith("_") and not name.startswith("_foreach_")}


def test_strides_stay_in_the_array(monkeypatch):
    monkeypatch.setattr(np.lib.stride_tricks, "as_strided", np.lib.stride_tricks.as_strided)
    watch_strides()
    x, as_strided = np.arange(12.0).reshape(3, 4), np.lib.stride_tricks.as_strided
    assert as_strided(x, (2, 3, 2, 2), (32, 8, 32, 8))[1, 2].tolist() == [[6.0, 7.0], [10.0, 11.0]]
    assert as_strided(x[1], (2, 4), (32, 8)).tolist() == x[1:].tolist()
    for shape, strides in (((13,), (8,)), ((2,), (-8,)), ((3, 4), (40, 8))):
        with pytest.raises(ValueError, match="out of the array"):
            as_strided(x, shape, strides)
