from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ResidentsConfig(AppConfig):
    name = "linli.people.residents"
    label = "residents"
    verbose_name = "居民"

    def ready(self) -> None:
        from linli.base.ui.menu import MenuItem, register
        from linli.people.residents import commands, keeping, policy  # noqa: F401  (they register themselves)

        keeping.announce()
        register(
            MenuItem(_("台账"), _("居民"), "residents:list", right="residents.view", icon="users", order=605),
            MenuItem("", _("本周走访"), "residents:visits", right="residents.care", icon="user-check", order=14),
        )
