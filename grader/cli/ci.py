"""`grade ci`: the file that makes a code host grade every push."""

from pathlib import Path

import click

from grader.cli.files import write_missing

WORKFLOWS = {"github": (".github/workflows/grade.yml", "github.yml")}


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("host", type=click.Choice(sorted(WORKFLOWS)))
@click.argument("folder", type=click.Path(path_type=Path), default=Path())
def ci(host: str, folder: Path) -> int:
    """Write the workflow for HOST into a repository (this folder, by default). Nothing there is overwritten."""
    target, source = WORKFLOWS[host]
    text = (Path(__file__).parent / "workflows" / source).read_text(encoding="utf-8")
    write_missing(folder, {target: text})
    click.echo("\nCommit it and push. The reports are kept with each run, as the artifact `reports`.")
    return 0
