from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OpennessConfig(AppConfig):
    name = "linli.insight.openness"
    label = "openness"
    verbose_name = "公开"

    def ready(self) -> None:
        from linli.base.ui.menu import MenuItem, register
        from linli.insight.openness import policy  # noqa: F401

        register(
            MenuItem(
                _("看情况"),
                _("向居民公开"),
                "openness:list",
                right="openness.view",
                icon="world",
                order=66,
                group=_("向居民公开"),
            ),
            MenuItem(
                _("看情况"),
                _("解决实例"),
                "openness:examples",
                right="openness.view",
                icon="award",
                order=67,
                group=_("向居民公开"),
            ),
        )
