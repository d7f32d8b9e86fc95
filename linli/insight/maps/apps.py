from django.apps import AppConfig


class MapsConfig(AppConfig):
    name = "linli.insight.maps"
    label = "maps"
    verbose_name = "地图"
