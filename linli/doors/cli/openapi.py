"""`linli openapi`: the description of the API, as it is committed in docs/develop/openapi.json."""

import json

import click

from linli.base.ground import ground


@click.command("openapi")
def command() -> None:
    """打印接口说明(OpenAPI)。"""
    with ground(ready=False):
        from linli.doors.api.description import openapi

        click.echo(json.dumps(openapi(), ensure_ascii=False, indent=1, sort_keys=True))
