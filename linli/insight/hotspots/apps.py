from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HotspotsConfig(AppConfig):
    name = "linli.insight.hotspots"
    label = "hotspots"
    verbose_name = "热点"

    def ready(self) -> None:
        from linli.base.ui.menu import MenuItem, register
        from linli.insight.hotspots import policy  # noqa: F401

        register(
            MenuItem(
                _("办事"),
                _("热点"),
                "hotspots:list",
                right="hotspots.view",
                icon="focus-2",
                order=40,
                key="p",
                group=_("未诉先办"),
            )
        )
