from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "linli.doors.api"
    label = "api"
    verbose_name = "接口"
