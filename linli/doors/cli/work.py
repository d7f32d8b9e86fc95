"""`linli work`: the job worker. Any number may run; each job is done by one of them."""

import asyncio
import logging
from threading import Event, Thread

import click

from linli.base.ground import ground

STOP_SECONDS = 10  # a job that takes longer is given back to the queue


@click.command("work")
@click.option("--concurrency", default=2, show_default=True, help="同时处理的任务数")
def command(concurrency: int) -> None:
    """处理后台任务：传递事件、提醒、外发、定时汇总。"""
    with ground():
        from procrastinate.contrib.django import app
        from procrastinate.contrib.django.django_connector import DjangoConnector

        from linli.base.commands.outbox import keep_relaying

        logging.getLogger("procrastinate").setLevel(logging.WARNING)

        async def work() -> None:
            async with app.open_async():
                await app.run_worker_async(
                    concurrency=concurrency, delete_jobs="successful", shutdown_graceful_timeout=STOP_SECONDS
                )

        stop = Event()
        relay = Thread(target=keep_relaying, args=(stop,), name="relay")
        connector = app.connector
        assert isinstance(connector, DjangoConnector)
        relay.start()
        try:
            with app.replace_connector(connector.get_worker_connector()):
                asyncio.run(work())  # ends on SIGTERM or SIGINT, after the jobs at hand
        finally:
            stop.set()
            relay.join(STOP_SECONDS)
