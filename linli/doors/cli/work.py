"""`linli work`: the job worker. Any number may run; each job is done by one of them."""

import asyncio
import logging
import signal

import click

from linli.base.ground import ground


@click.command("work")
@click.option("--concurrency", default=2, show_default=True, help="同时处理的任务数")
def command(concurrency: int) -> None:
    """处理后台任务:提醒、外发、定时汇总。"""
    with ground():
        from procrastinate.contrib.django import app

        logging.getLogger("procrastinate").setLevel(logging.WARNING)

        async def work() -> None:
            async with app.replace_connector(app.connector.get_worker_connector()).open_async() as worker_app:
                await worker_app.run_worker_async(
                    concurrency=concurrency, install_signal_handlers=True, delete_jobs="successful", wait=True
                )

        signal.signal(signal.SIGINT, signal.default_int_handler)
        asyncio.run(work())
