from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WhistlesConfig(AppConfig):
    name = "linli.matters.whistles"
    label = "whistles"
    verbose_name = "吹哨报到"

    def ready(self) -> None:
        from linli.base.ui.menu import MenuItem, register
        from linli.matters.whistles import files  # noqa: F401

        register(
            MenuItem("", _("吹哨报到"), "whistles:list", right="whistles.view", icon="speakerphone", order=16),
        )
