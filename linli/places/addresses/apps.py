from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AddressesConfig(AppConfig):
    name = "linli.places.addresses"
    label = "addresses"
    verbose_name = "地址"

    def ready(self) -> None:
        from linli.base.ui import menu

        menu.register(menu.MenuItem(_("台账"), _("小区楼栋"), "addresses:list", icon="building", order=610))
