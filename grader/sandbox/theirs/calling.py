"""In the student's process: call a function of theirs, for one answer, for many texts, or for each step of a run."""

import inspect
import time
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import safetensors.torch
import torch

from grader.border import STUB, Fault, Observed
from grader.sandbox.border.loop import Gradients, Loop, Update, flattened, unflattened
from grader.sandbox.border.messages import Ask, Draw, Progress, Train
from grader.sandbox.theirs.faults import stub_raised
from grader.sandbox.theirs.observe import Observer
from grader.sandbox.theirs.program import Program
from grader.sandbox.theirs.returned import ErrorBefore, NotATensor, NotMade, ReturnedNone, a_kind, plain, several

TEXT_CAP = 2_000
"""Characters; a longer text is cut, which makes it one without an end."""
REPORT_SECONDS = 0.2
PARAMETERS, GRADIENTS, RATE, GENERATOR = "parameters", "gradients", "learning_rate", "generator"


def call(function: Callable[..., Any], arguments: dict[str, Any]) -> Any:
    """The function's value, its arguments given by name.

    Raises:
        NotATensor: it is no function.
    """
    if not callable(function):
        raise NotATensor(
            f"It is {a_kind(function)}, not a function. Write it with `def`, and with what it needs as arguments."
        )
    if type(function) is types.FunctionType and not function.__code__.co_posonlyargcount:
        return function(**arguments)
    positional, keywords = [], dict(arguments)
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind is parameter.POSITIONAL_ONLY:
            positional.append(keywords.pop(parameter.name, parameter.default))
    return function(*positional, **keywords)


def fault_in(program: Program, error: BaseException) -> Fault:
    """What an exception amounts to, of a function or of what it returned."""
    if isinstance(error, NotMade):
        return Fault("missing", "Missing", str(error))
    if isinstance(error, NotATensor):
        return Fault("error", "NotATensor", str(error))
    if isinstance(error, ReturnedNone):
        stub = any(program.is_stub(name) for name in error.reads)
        return STUB if stub else Fault("error", "NotATensor", "It returned None. Is the `return` line there?")
    if isinstance(error, ErrorBefore):
        return _carried(error.name, fault_in(program, error.error))
    fault = program.fault(error)
    return STUB if stub_raised(error, program.names) or program.raised_in_stub(error) else fault


def _carried(name: str, cause: Fault) -> Fault:
    if cause.verdict == "missing":
        return replace(STUB, message=f"It needs `{name}`, which is not written yet.")
    said = f"It needs `{name}`, and that could not be made: {cause.type}: "
    anywhere = said + cause.anywhere if cause.anywhere else ""
    return replace(cause, type="Carried", message=said + cause.message, anywhere=anywhere)


def draw(order: Draw, probe: int, function: Callable[..., Any], arguments: Mapping[str, Any]) -> list[str]:
    """So many texts as are wanted on a probe, from one generator.

    Raises:
        NotATensor: it returned something else.
    """
    torch.default_generator.manual_seed(order.seed)
    generator = torch.Generator().manual_seed(order.seed)
    given = {name: generator if name == GENERATOR else value for name, value in arguments.items()}
    texts: list[str] = []
    room = order.room(probe)
    while len(texts) < order.counts[probe] and room > 0:
        text = call(function, dict(given))
        if type(text) is not str:
            raise NotATensor(f"It returned {a_kind(text)}; return one name, as a string.")
        texts.append(text[:TEXT_CAP].encode("utf-8", "replace").decode("utf-8"))
        room -= len(texts[-1]) + 1
    return texts


def training(
    program: Program, ask: Ask, order: Train, given: dict[str, torch.Tensor]
) -> Iterator[tuple[Progress, bytes]]:
    """Run the loop with the student's functions, and tell how far it has come."""
    plan, step, start = order.plan, 0, time.perf_counter()
    parameters = [given[f"start/{name}"] for name in plan.parameters]
    logs = _Logs(frozenset(order.watched))
    update = logs.watch_update(_update(program.function(ask.source, ask.function), plan.parameters, plan.numbers))
    if order.gradients is None:
        gradients = _given(given[GRADIENTS], parameters)
    else:
        gradients = logs.watch_gradients(_gradients(program.function(*order.gradients), ask.returns, parameters))
    loop = Loop(plan, (given["rows/inputs"], given["rows/outputs"]), parameters, gradients, update)
    reported, told = 0, start
    try:
        with torch.no_grad():
            while not loop.done:
                logs.due = step in logs.steps
                loop.step()
                step += 1
                now = time.perf_counter()
                due = step in order.reports if order.reports else now - told >= REPORT_SECONDS
                if due or loop.done:
                    yield Progress(ask.number, step, now - start, None, logs.observed), _state(loop, reported)
                    reported, told = step, now
    except BaseException as error:
        if isinstance(error, GeneratorExit):
            raise
        yield Progress(ask.number, step, time.perf_counter() - start, fault_in(program, error)), b""


@dataclass
class _Logs:
    """The logs of some steps of a run, taken together."""

    steps: frozenset[int]
    due: bool = False
    """The step that runs is one of them."""
    observed: Observed = field(default_factory=Observed)
    """Whether the update ran autograd, and whether anything came of it that the run goes on with."""

    def watch_gradients(self, function: Gradients) -> Gradients:
        def watched(values: dict[str, Any], step: int) -> Sequence[torch.Tensor]:
            return self._noted(partial(function, values, step), of_update=False)

        return watched

    def watch_update(self, function: Update) -> Update:
        def watched(
            parameters: list[torch.Tensor], gradients: Sequence[torch.Tensor], rate: float
        ) -> Sequence[torch.Tensor]:
            return self._noted(partial(function, parameters, gradients, rate), of_update=True)

        return watched

    def _noted(self, run: Callable[[], Sequence[torch.Tensor]], *, of_update: bool) -> Sequence[torch.Tensor]:
        """What is run gives; beside its own values, gradients may be compared with autograd's."""
        if not self.due:
            return run()
        with Observer(of_stage=False) as observer:
            things = run()
            for each in map(observer.observed, things):
                self.observed = Observed(
                    {},
                    self.observed.differentiated or (of_update and each.differentiated),
                    self.observed.from_autograd or each.from_autograd,
                )
        return things


def _state(loop: Loop, reported: int) -> bytes:
    losses = torch.tensor(loop.losses[reported:])
    return safetensors.torch.save({"losses": losses, "parameters": flattened(loop.parameters)})


def _given(flat: torch.Tensor, parameters: Sequence[torch.Tensor]) -> Gradients:
    def gradients(values: dict[str, Any], step: int) -> list[torch.Tensor]:
        return unflattened(flat[step].clone(), parameters)

    return gradients


def _gradients(function: Callable[..., Any], names: Sequence[str], parameters: Sequence[torch.Tensor]) -> Gradients:
    asked = _asked(function)

    def gradients(values: dict[str, Any], step: int) -> list[torch.Tensor]:
        wanted = values.keys() - {"torch", "F", "__builtins__"} if asked is None else asked
        things = several(call(function, {name: values[name] for name in wanted if name in values}), names)
        return _fitted(things, names, parameters)

    return gradients


def _update(function: Callable[..., Any], names: Sequence[str], numbers: Mapping[str, int]) -> Update:
    asked = _asked(function)

    def update(
        parameters: list[torch.Tensor], gradients: Sequence[torch.Tensor], learning_rate: float
    ) -> list[torch.Tensor]:
        offered = {**numbers, PARAMETERS: parameters, GRADIENTS: list(gradients), RATE: learning_rate}
        like = list(parameters)
        returned = call(function, offered if asked is None else {n: offered[n] for n in asked if n in offered})
        return _fitted(several(parameters if returned is None else returned, names), names, like)

    return update


def _asked(function: Callable[..., Any]) -> list[str] | None:
    """The names of a function's arguments; None if it takes whatever there is."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters):
        return None
    return [parameter.name for parameter in parameters if parameter.kind is not parameter.VAR_POSITIONAL]


def _fitted(things: Sequence[Any], names: Sequence[str], like: Sequence[torch.Tensor]) -> list[torch.Tensor]:
    """Tensors of the shape and dtype of others.

    Raises:
        NotATensor: one is no tensor, or does not have the shape.
    """
    return [_fit(each, name, other) for each, name, other in zip(things, names, like, strict=True)]


def _fit(returned: Any, name: str, like: torch.Tensor) -> torch.Tensor:
    if type(returned) is torch.Tensor and returned.dtype is like.dtype and returned.shape == like.shape:
        return returned
    tensor, _ = plain(returned)
    if [n for n in tensor.shape if n != 1] != [n for n in like.shape if n != 1]:
        raise NotATensor(f"For {name}, the shape is {tuple(tensor.shape)}, but should be {tuple(like.shape)}.")
    return tensor.to(like.dtype).view_as(like)
