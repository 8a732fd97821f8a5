"""`grade diff`: what is different between two runs of a class."""

from pathlib import Path

import click

from grader.writing import write_file


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option("--csv", "table", metavar="FILE", help="Write the table as CSV; `-` prints it.")
def diff(old: Path, new: Path, table: str | None) -> int:
    """Show whose mark is another one in NEW than in OLD, and which stages made it so. Both are folders from
    `grade batch`, or files of results.

    The exit code is 0, whether anything is different or not.
    """
    from grader.report.results import read_results, results_file
    from grader.report.safe import WHO, one_line
    from grader.report.standings import changes_csv, compared, standings

    before, after = (standings(read_results(results_file(path))) for path in (old, new))
    changes = compared(before, after)
    if table == "-":
        click.echo(changes_csv(changes), nl=False)
        return 0
    if table is not None:
        write_file(Path(table), [changes_csv(changes).encode()], "--csv")
    for each in changes:
        name = f" ({one_line(each.name, WHO)})" if each.name else ""
        stages = f"  {', '.join(each.stages)}" if each.stages else ""
        click.echo(f"{one_line(each.id, WHO)}{name}  {each.old} → {each.new}{stages}")
    same = sum(id in after for id in before) - sum(bool(each.before and each.after) for each in changes)
    click.echo(f"{len(changes)} changed, {same} as before.")
    return 0
