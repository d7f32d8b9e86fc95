from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PartyConfig(AppConfig):
    name = "linli.people.party"
    label = "party"
    verbose_name = "党组织"

    def ready(self) -> None:
        from linli.base.ui.menu import MenuItem, register
        from linli.people.party import keeping, policy  # noqa: F401

        keeping.announce()
        register(MenuItem(_("台账"), _("党组织"), "party:list", right="party.view", icon="sitemap", order=605))
