"""``kabar schema``: the JSON Schema of the records on the wire."""

from __future__ import annotations

from pathlib import Path

import click

from streams.schema import RECORDS, file_name, schema_json


@click.command()
@click.argument("record", type=click.Choice(list(RECORDS)), required=False)
@click.option(
    "--write",
    "folder",
    type=click.Path(exists=True, file_okay=False, writable=True, path_type=Path),
    metavar="DIR",
    help="Write the schemas of all records, or of RECORD, into DIR.",
)
def command(record: str | None, folder: Path | None) -> None:
    """Print the JSON Schema (2020-12) of RECORD: raw, enriched, alert or story.

    The schema of the articles that come in shows Kabar's own field names; those of ninjs,
    schema.org and common crawlers are read too.
    """
    if folder is not None:
        for name in [record] if record else RECORDS:
            path = folder / file_name(name)
            path.write_bytes(schema_json(name))
            click.echo(path)
    elif record:
        click.echo(schema_json(record), nl=False)
    else:
        raise click.UsageError(f"Which record? One of: {', '.join(RECORDS)}; or all with --write DIR.")
