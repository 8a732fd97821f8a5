"""A sequence whose items are made when they are first wanted."""

from collections.abc import Callable, Sequence
from typing import TypeVar, overload

T = TypeVar("T")


class Lazily(Sequence[T]):
    """So many items, each made at most once."""

    def __init__(self, count: int, make: Callable[[int], T]) -> None:
        """
        Args:
            count: how many there are.
            make: makes the item in a place, counted from 0.
        """
        self._places, self._make = range(count), make
        self._made: dict[int, T] = {}

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, place: int) -> T: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[T]: ...

    def __getitem__(self, place: int | slice) -> T | Sequence[T]:
        if isinstance(place, slice):
            return [self[each] for each in self._places[place]]
        at = self._places[place]
        if at not in self._made:
            self._made[at] = self._make(at)
        return self._made[at]
