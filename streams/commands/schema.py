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
@click.option(
    "--asyncapi", is_flag=True, help="Print all topics and records as one AsyncAPI 3.0 document instead."
)
def command(record: str | None, folder: Path | None, *, asyncapi: bool) -> None:
    """Print the JSON Schema (2020-12) of RECORD: raw, enriched, alert or story.

    The schema of the articles that come in shows Kabar's own field names; those of ninjs,
    schema.org and common crawlers are read too.
    """
    if asyncapi:
        if record or folder:
            raise click.UsageError("--asyncapi is of all records, and is printed.")
        from streams.asyncapi import document_yaml  # noqa: PLC0415 - it needs the Kafka client, the rest does not

        click.echo(document_yaml(), nl=False)
    elif folder is not None:
        for name in [record] if record else RECORDS:
            path = folder / file_name(name)
            path.write_bytes(schema_json(name))
            click.echo(path)
    elif record:
        click.echo(schema_json(record), nl=False)
    else:
        raise click.UsageError(f"Which record? One of: {', '.join(RECORDS)}; or all with --write DIR.")
