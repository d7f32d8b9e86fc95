from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MapsConfig(AppConfig):
    name = "linli.insight.maps"
    label = "maps"
    verbose_name = "地图"

    def ready(self) -> None:
        from linli.base.ui.menu import MenuItem, register
        from linli.insight.maps import policy  # noqa: F401

        register(MenuItem(_("看情况"), _("民情图"), "maps:map", right="maps.view", icon="map-2", order=61, key="m"))
