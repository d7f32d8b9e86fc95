from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "linli.base.ui"
    label = "ui"
    verbose_name = "界面"
