from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "linli.matters.cases"
    label = "cases"
    verbose_name = "诉求"
