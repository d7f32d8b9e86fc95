from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "linli.doors.portal"
    label = "portal"
    verbose_name = "居民入口"
