"""Names become training rows: vocabulary, shuffle, split, sliding windows."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import torch

from grader.assignment.assignment import Assignment
from grader.errors import UnreadableNames

END = "."


@dataclass(frozen=True)
class Rows:
    """Windows over names: `inputs` of shape (rows, context) and `outputs` of shape (rows,), both int64."""

    inputs: torch.Tensor
    outputs: torch.Tensor


@dataclass(frozen=True)
class Dataset:
    """The names of a course, shuffled and split 80 : 10 : 10."""

    training: tuple[str, ...]
    validation: tuple[str, ...]
    test: tuple[str, ...]
    vocabulary: tuple[str, ...]

    def rows(self, names: Sequence[str], context: int) -> Rows:
        """Each character of each name, with the `context` characters before it."""
        return _rows(tuple(names), self.vocabulary, context)


@lru_cache(maxsize=8)
def _rows(names: tuple[str, ...], vocabulary: tuple[str, ...], context: int) -> Rows:
    index = {character: position for position, character in enumerate(vocabulary)}
    inputs, outputs = [], []
    for name in names:
        window = [0] * context
        for character in name + END:
            inputs.append(window)
            outputs.append(index[character])
            window = [*window[1:], outputs[-1]]
    shaped = torch.tensor(inputs, dtype=torch.int64).view(-1, context)
    return Rows(shaped, torch.tensor(outputs, dtype=torch.int64))


def load_dataset(assignment: Assignment, names: Path | None = None) -> Dataset | None:
    """The data set of an assignment, or the given file of names in its place; None for an assignment without one.

    Raises:
        UnreadableNames: the file of names is not one.
    """
    if assignment.dataset is None:
        return None
    read = read_names(names or assignment.dataset.file)
    words = [name.lower() for name in read] if assignment.dataset.lowercase else read
    return make_dataset(words, assignment.dataset.shuffle_seed)


def read_names(path: Path) -> list[str]:
    """The names in a file, one a line; blank lines are passed over, any line ending will do.

    Raises:
        UnreadableNames: the file cannot be read, is not UTF-8, or holds no letters.
    """
    try:
        names = path.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise UnreadableNames(path, f"is not UTF-8 at byte {error.start}") from None
    except OSError as error:
        raise UnreadableNames(path, f"cannot be read ({error.strerror})") from None
    names = [name.strip() for name in names if name.strip()]
    if not names:
        raise UnreadableNames(path, "has no names in it")
    if not any(character.isalpha() for name in names for character in name):
        raise UnreadableNames(path, "has no letters in it")
    return names


def make_dataset(names: Sequence[str], shuffle_seed: int) -> Dataset:
    """Shuffle and split; the vocabulary is the sorted distinct characters, with `.` first as start and end.

    A full stop inside a name is the end mark itself, and stays so.
    """
    vocabulary = (END, *sorted(set("".join(names)) - {END}))
    shuffled = list(names)
    random.Random(shuffle_seed).shuffle(shuffled)
    first, second = int(0.8 * len(names)), int(0.9 * len(names))
    parts = (shuffled[:first] or shuffled, shuffled[first:second], shuffled[second:])
    return Dataset(tuple(parts[0]), tuple(parts[1]), tuple(parts[2]), vocabulary)
