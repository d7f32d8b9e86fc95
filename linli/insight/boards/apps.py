from django.apps import AppConfig


class BoardsConfig(AppConfig):
    name = "linli.insight.boards"
    label = "boards"
    verbose_name = "驾驶舱"
