"""The names: how they are read, split and cut into rows, the list that comes with the course, and the course batch."""

import hashlib
import random
import re
from pathlib import Path

import pytest
import torch

from grader.assignment.dataset import load_dataset, make_dataset, read_names
from grader.assignment.probes import course_start
from grader.errors import UnreadableNames
from grader.run.exam import examine
from grader.run.grade import grade_submission
from grader.submission import read_submission
from helpers.places import ROOT

NAMES = ROOT / "Datasets" / "Indian_Names.txt"
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def written(path: Path, data: bytes | str) -> Path:
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def counted(count: int) -> list[str]:
    """So many different names, of letters alone."""
    return ["".join(LETTERS[int(digit)] for digit in str(number)) for number in range(count)]


def test_the_vocabulary_is_sorted_and_distinct_and_begins_with_the_full_stop():
    assert make_dataset(["kiran", "asha", "kiran"], 69).vocabulary == (".", "a", "h", "i", "k", "n", "r", "s")


def test_the_course_vocabulary_is_the_full_stop_and_the_alphabet(assignment):
    assert "".join(load_dataset(assignment).vocabulary) == "." + LETTERS


def test_a_full_stop_inside_a_name_stays_the_end_mark():
    assert make_dataset(["a.b"], 69).vocabulary == (".", "a", "b")


def test_other_characters_enlarge_the_vocabulary():
    vocabulary = make_dataset(["d'alia", "José", "anne marie"], 69).vocabulary
    assert vocabulary == (".", *sorted(set("d'aliaJoséanne marie")))


def test_a_file_of_53982_names_is_split_as_in_the_course():
    data = make_dataset(counted(53_982), 69)
    assert (len(data.training), len(data.validation), len(data.test)) == (43_185, 5_398, 5_399)


def test_no_name_is_lost_or_doubled_by_the_split():
    names = counted(1_001)
    data = make_dataset(names, 69)
    assert sorted(data.training + data.validation + data.test) == sorted(names)


def test_the_names_are_shuffled_with_the_seed_of_the_assignment(assignment):
    assert assignment.dataset.shuffle_seed == 69
    expected = counted(100)
    random.Random(69).shuffle(expected)
    data = make_dataset(counted(100), 69)
    assert list(data.training + data.validation + data.test) == expected


def test_another_shuffle_seed_gives_another_order():
    assert make_dataset(counted(100), 1).training != make_dataset(counted(100), 69).training


def test_each_character_is_a_row_with_the_three_before_it():
    data = make_dataset(["ab"], 69)
    rows = data.rows(["ab"], 3)
    assert rows.inputs.tolist() == [[0, 0, 0], [0, 0, 1], [0, 1, 2]]
    assert rows.outputs.tolist() == [1, 2, 0]
    assert rows.inputs.dtype == rows.outputs.dtype == torch.int64


def test_the_course_looks_at_three_characters(assignment):
    assert assignment.sizes["blockSize"].course == 3
    assert assignment.dataset.context == "blockSize"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_end_will_do_and_blank_lines_are_passed_over(tmp_path, end):
    path = written(tmp_path / "names.txt", end.join(["", "asha", "  ", "kiran ", "", ""]))
    assert read_names(path) == ["asha", "kiran"]


def test_a_byte_order_mark_is_no_character(tmp_path):
    assert read_names(written(tmp_path / "names.txt", b"\xef\xbb\xbfasha\n")) == ["asha"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "has no names in it"),
        (b"\n \r\n\n", "has no names in it"),
        (b"1234\n...\n--\n", "has no letters in it"),
        ("José\n".encode("latin-1"), "not UTF-8 at byte 3"),
        ("asha\n".encode("utf-16"), "not UTF-8"),
        (bytes(range(256)), "not UTF-8"),
    ],
)
def test_a_file_that_is_no_list_of_names_is_refused_with_a_sentence(tmp_path, data, words):
    path = written(tmp_path / "names.txt", data)
    with pytest.raises(UnreadableNames, match=re.escape(words)) as refused:
        read_names(path)
    assert str(path) in str(refused.value)
    assert "one name per line" in str(refused.value)


@pytest.mark.parametrize("name", ["absent.txt", "."])
def test_a_path_that_is_no_readable_file_is_refused(tmp_path, name):
    with pytest.raises(UnreadableNames, match="cannot be read"):
        read_names(tmp_path / name)


def test_the_solution_passes_on_a_list_with_other_characters(assignment, sandbox, tmp_path, solution_text):
    names = written(tmp_path / "names.txt", "\n".join(["d'alia", "José", "anne marie", "Zoë", "Łukasz"] * 20))
    examination = examine(assignment, frozenset({"dLogits", "dLogitsFast"}), names=names, seed="names")
    written(tmp_path / "answers.py", solution_text)
    result = grade_submission(read_submission(tmp_path / "answers.py"), examination, sandbox).result
    assert [stage.passed for stage in result.stages] == [True, True]
    letters = len(set("d'aliaJoséanne marieZoëŁukasz".lower())) + 1
    assert [stage.probes[0].sizes["vocabularySize"] for stage in result.stages] == [letters, letters]


def test_a_file_of_capitalised_names_has_the_vocabulary_of_the_course(assignment, tmp_path):
    names = [name.capitalize() for name in NAMES.read_text(encoding="utf-8").split()]
    capitalised = load_dataset(assignment, written(tmp_path / "names.txt", "\n".join(names)))
    assert capitalised == load_dataset(assignment)


def test_the_list_of_the_course_has_enough_names_of_letters_alone():
    names = NAMES.read_text(encoding="ascii").splitlines()
    assert len(names) == len(set(names)) >= 2_000
    assert all(re.fullmatch("[a-z]+", name) for name in names)
    assert set("".join(names)) == set(LETTERS)


def test_the_readme_states_the_count_and_the_digest_of_the_list():
    readme = (ROOT / "Datasets" / "README.md").read_text(encoding="utf-8")
    assert f"| Names | {len(NAMES.read_text().splitlines()):,} |" in readme
    assert f"`{hashlib.sha256(NAMES.read_bytes()).hexdigest()}`" in readme


def course_batch() -> dict[str, torch.Tensor]:
    """The parameters and the batch of the course, as its notebook makes them."""
    words = NAMES.read_text().splitlines()
    characters = [".", *sorted(set("".join(words)))]
    random.Random(69).shuffle(words)
    windows, following = [], []
    for word in words[: int(0.8 * len(words))]:
        context = [0, 0, 0]
        for character in [*word, "."]:
            windows.append(context)
            following.append(characters.index(character))
            context = [*context[1:], following[-1]]
    g = torch.Generator().manual_seed(6942069420)
    made = {
        "embeddingLookUpMatrix": torch.randn((27, 10), generator=g),
        "weightsOfHiddenLayer": torch.randn((30, 64), generator=g) * (5 / 3) / 30**0.5,
        "biasesOfHiddenLayer": torch.randn(64, generator=g) * 0.1,
        "weightsOfFinalLayer": torch.randn((64, 27), generator=g) * 0.1,
        "biasesOfFinalLayer": torch.randn(27, generator=g) * 0.1,
        "batchGains": torch.randn((1, 64), generator=g) * 0.1 + 1,
        "batchBiases": torch.randn((1, 64), generator=g) * 0.1,
    }
    rows = torch.randint(0, len(windows), (32,), generator=g)
    return made | {"inputBatch": torch.tensor(windows)[rows], "outputBatch": torch.tensor(following)[rows]}


def test_the_course_batch_is_that_of_the_notebook_bit_for_bit(assignment):
    start = course_start(assignment, load_dataset(assignment))
    for name, expected in course_batch().items():
        assert torch.equal(start.inputs[name], expected), name


def test_the_sizes_of_the_course_are_those_of_the_notebook(assignment):
    assert course_start(assignment, load_dataset(assignment)).sizes == {
        "batchSize": 32,
        "blockSize": 3,
        "embeddingSize": 10,
        "hiddenSize": 64,
        "vocabularySize": 27,
    }
