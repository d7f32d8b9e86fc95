from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "linli.insight.indicators"
    label = "indicators"
    verbose_name = "指标"

    def ready(self) -> None:
        from linli.insight.indicators import policy  # noqa: F401
