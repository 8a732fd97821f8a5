"""Old and new: whose mark is another one, and why."""

from dataclasses import replace

from grader.cli.main import run
from grader.report.json import to_line
from grader.report.standings import compared, standings
from helpers.results import a_result, a_stage

BEFORE = [
    a_result("=ann", [a_stage("dCounts", "wrong"), a_stage("dProbs")], name="Ann Lee"),
    a_result("bob", [a_stage("dCounts", "exact"), a_stage("dProbs", "missing")]),
    a_result("cy"),
]
AFTER = [
    a_result("=ann", [a_stage("dCounts", "exact"), a_stage("dLogits", "wrong")], name="Ann Lee"),
    a_result("bob", [a_stage("dCounts", "approximate"), a_stage("dProbs", "wrong")]),
    a_result("dan", [a_stage("dCounts", "ungraded")]),
]


def test_whoever_has_the_same_points_is_no_change():
    changes = compared(standings(BEFORE), standings(AFTER))
    assert [(each.id, each.old, each.new, each.stages) for each in changes] == [
        ("=ann", "1 / 2", "1 / 2", ["dCounts wrong → exact", "dProbs is gone", "dLogits is new"]),
        ("cy", "1 / 1", "-", []),
        ("dan", "-", "- / 1", []),
    ]
    assert not compared(standings(BEFORE), standings([replace(each, seconds=9.0) for each in BEFORE]))


def test_two_runs_are_compared_in_the_terminal_and_as_a_table(tmp_path, capsys):
    for name, results in (("old", BEFORE), ("new", AFTER)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "results.jsonl").write_bytes(b"".join(map(to_line, results)))
    arguments = ["diff", str(tmp_path / "old"), str(tmp_path / "new")]
    assert run(arguments) == 0
    assert capsys.readouterr().out.splitlines() == [
        "=ann (Ann Lee)  1 / 2 → 1 / 2  dCounts wrong → exact, dProbs is gone, dLogits is new",
        "cy  1 / 1 → -",
        "dan  - → - / 1",
        "3 changed, 1 as before.",
    ]
    assert run([*arguments, "--csv", "-"]) == 0
    assert capsys.readouterr().out.startswith("id,name,old,new,stages\n'=ann,Ann Lee,1 / 2")
    assert run([*arguments[:2], str(tmp_path / "none")]) == 2
