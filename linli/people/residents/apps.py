from django.apps import AppConfig


class ResidentsConfig(AppConfig):
    name = "linli.people.residents"
    label = "residents"
    verbose_name = "居民"

    def ready(self) -> None:
        from linli.people.residents import commands, policy  # noqa: F401  (they register themselves)
