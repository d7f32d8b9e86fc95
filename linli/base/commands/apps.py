from django.apps import AppConfig


class CommandsConfig(AppConfig):
    name = "linli.base.commands"
    label = "commands"
    verbose_name = "命令"
