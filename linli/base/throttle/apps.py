from django.apps import AppConfig


class ThrottleConfig(AppConfig):
    name = "linli.base.throttle"
    label = "throttle"
    verbose_name = "限速"
