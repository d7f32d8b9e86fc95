from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "linli.matters.cases"
    label = "cases"
    verbose_name = "诉求"

    def ready(self) -> None:
        from linli.matters.cases import policy  # noqa: F401
