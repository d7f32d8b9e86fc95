from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules

from linli.base.prepared import read_moments_fast


class CommandsConfig(AppConfig):
    name = "linli.base.commands"
    label = "commands"
    verbose_name = "命令"

    def ready(self) -> None:
        read_moments_fast()
        # Every room's commands are registered in every process, so that `linli do`, wires and imports find them.
        autodiscover_modules("commands")
