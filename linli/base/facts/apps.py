from django.apps import AppConfig


class FactsConfig(AppConfig):
    name = "linli.base.facts"
    label = "facts"
    verbose_name = "事实来历"
