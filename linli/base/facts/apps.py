from django.apps import AppConfig


class FactsConfig(AppConfig):
    name = "linli.base.facts"
    label = "facts"
    verbose_name = "事实来历"

    def ready(self) -> None:
        from linli.base.facts import unasked
        from linli.base.policies import Checker, register

        register("unasked", Checker(unasked.problems, unasked.answer))
