from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AddressesConfig(AppConfig):
    name = "linli.places.addresses"
    label = "addresses"
    verbose_name = "地址"

    def ready(self) -> None:
        from linli.base.ui import menu

        group = _("小区楼栋")
        pages = [
            (_("小区"), "addresses:list", "", "building"),
            (_("无主管楼院"), "addresses:unmanaged", "", "building-community"),
            (_("房屋"), "addresses:dwellings", "addresses.view", "door"),
            (_("查地址"), "addresses:find", "", "map-pin"),
        ]
        for order, (label, name, right, icon) in enumerate(pages, start=610):
            menu.register(menu.MenuItem(_("台账"), label, name, right, icon, order, group=group))
