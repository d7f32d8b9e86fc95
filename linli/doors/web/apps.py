from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "linli.doors.web"
    label = "web"
    verbose_name = "门户"
