from django.apps import AppConfig


class RegionsConfig(AppConfig):
    name = "linli.places.regions"
    label = "regions"
    verbose_name = "区划"

    def ready(self) -> None:
        from linli.base.policies import Checker, register
        from linli.places.regions import policy

        register("regions", Checker(problems=policy.problems, answer=policy.answer))
