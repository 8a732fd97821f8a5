"""Where an answer is off, as blocks of elements."""

import pytest
import torch

from grader.judge.error_map import CELLS, LEAST_CELLS, MOST_CELLS, error_map, error_maps


def off_at(shape, *places):
    """An answer, and its reference, that differ in some places: each is an index and a difference."""
    reference = torch.linspace(-1, 1, torch.Size(shape).numel(), dtype=torch.float64).reshape(shape)
    answer = reference.float()
    for index, difference in places:
        answer[index] += difference
    return answer, reference


def test_a_small_answer_has_a_cell_for_each_element_with_both_values():
    found = error_map(*off_at((3, 4), ((1, 2), 0.5), ((2, 0), -0.25)))
    assert (found.block, len(found.rows), len(found.rows[0])) == ((1, 1), 3, 4)
    cell = found.rows[1][2]
    assert cell.index == [1, 2] and cell.got - cell.expected == pytest.approx(0.5) and cell.share == 1
    assert found.rows[2][0].share == pytest.approx(0.5) and found.rows[0][0].share < 1e-6
    assert [each.index for each in found.worst] == [[1, 2], [2, 0]]
    assert (found.off, found.shape) == (2, (3, 4)) and found.largest == pytest.approx(0.5)


def test_a_block_is_told_by_its_worst_element_and_no_element_is_in_two():
    answer, reference = off_at((101, 67), ((50, 33), 1.0), ((51, 33), 0.5))
    found = error_map(answer, reference, most=200)
    high, wide = found.block
    cells = [cell for row in found.rows for cell in row]
    assert LEAST_CELLS < len(cells) <= 200
    hit = [(r, c) for r, row in enumerate(found.rows) for c, cell in enumerate(row) if cell.share > 0.01]
    assert hit[0] == (50 // high, 33 // wide) and len(hit) == len({50 // high, 51 // high})
    for r, row in enumerate(found.rows):
        for c, cell in enumerate(row):
            assert (cell.index[0] // high, cell.index[1] // wide) == (r, c)


@pytest.mark.parametrize("shape", [(), (1,), (7,), (1, 5000), (5000, 1), (4, 8, 16), (2, 3, 4, 5), (300, 200)])
def test_any_shape_has_a_map_of_no_more_cells_than_wanted(shape):
    answer, reference = off_at(shape)
    found = error_map(answer + 1, reference, most=100)
    cells = [cell for row in found.rows for cell in row]
    assert 0 < len(cells) <= 100 and all(len(cell.index) == len(shape) for cell in cells)
    assert found.off == reference.numel() and all(cell.got - cell.expected == pytest.approx(1) for cell in cells)


def test_what_is_not_finite_is_the_worst():
    answer, reference = off_at((4, 4), ((0, 1), 2.0), ((2, 2), float("nan")), ((3, 3), float("inf")))
    found = error_map(answer, reference)
    assert {tuple(each.index) for each in found.worst} == {(0, 1), (2, 2), (3, 3)}
    assert found.largest == pytest.approx(2.0) and found.off == 3
    nothing = error_map(reference.float() * float("nan"), reference)
    assert nothing.largest == 0 and nothing.off == 16


def test_the_more_maps_there_are_the_coarser_they_are():
    pair = off_at((60, 60), ((3, 3), 1.0))
    for number in (1, 5, 36, 200):
        maps = error_maps({str(each): pair for each in range(number)})
        sizes = {sum(len(row) for row in found.rows) for found in maps.values()}
        assert max(sizes) <= max(LEAST_CELLS, min(MOST_CELLS, CELLS // number))
