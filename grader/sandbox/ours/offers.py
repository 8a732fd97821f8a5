"""What a stage may ask for, packed once for all the submissions that ask for the same."""

from collections.abc import Container, Mapping, Sequence, Set
from typing import Any

import safetensors.torch
import torch

from grader.sandbox.border.messages import Plain

KEPT = 16
"""Stubs ask for the same; packings beyond so many different ones are made anew each time."""


class Offers:
    """Everything one stage may ask for by name, on each probe."""

    def __init__(self, probes: Sequence[Mapping[str, Any]], hidden: Container[int] = ()) -> None:
        """
        Args:
            probes: by name, what may be asked for on each.
            hidden: the numbers of those that nobody is to learn anything about.
        """
        self._probes, self.hidden = probes, hidden
        self._packed: dict[Set[str], tuple[Plain, bytes]] = {}
        self._parts: dict[tuple[int, ...], Offers] = {}

    def __len__(self) -> int:
        return len(self._probes)

    @property
    def names(self) -> list[str]:
        return list(self._probes[0])

    @property
    def shown(self) -> "Offers":
        """Those that are not hidden."""
        return self.on([number for number in range(len(self)) if number not in self.hidden])

    def on(self, places: Sequence[int]) -> "Offers":
        """Those on some of the probes, in that order."""
        key = tuple(places)
        if key not in self._parts:
            hidden = [number for number, place in enumerate(key) if place in self.hidden]
            self._parts[key] = Offers([self._probes[place] for place in key], hidden)
        return self._parts[key]

    def packed(self, wanted: Set[str]) -> tuple[Plain, bytes]:
        """What there is of the wanted names: what is no tensor, and a safetensors file with `{probe}/{name}`."""
        names = frozenset(wanted).intersection(self._probes[0])
        packed = self._packed.get(names) or self._pack(names)
        if len(self._packed) < KEPT:
            self._packed[names] = packed
        return packed

    def _pack(self, names: Set[str]) -> tuple[Plain, bytes]:
        given = [{name: values[name] for name in names} for values in self._probes]
        plain = [{k: v for k, v in values.items() if not isinstance(v, torch.Tensor)} for values in given]
        tensors = {
            f"{probe}/{name}": value.clone(memory_format=torch.contiguous_format)  # probes may share a tensor
            for probe, values in enumerate(given)
            for name, value in values.items()
            if isinstance(value, torch.Tensor)
        }
        return tuple(plain), safetensors.torch.save(tensors)
