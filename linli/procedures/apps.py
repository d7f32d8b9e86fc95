from django.apps import AppConfig


class ProceduresConfig(AppConfig):
    name = "linli.procedures"
    label = "procedures"
    verbose_name = "流程"

    def ready(self) -> None:
        from linli.procedures import policy  # noqa: F401
