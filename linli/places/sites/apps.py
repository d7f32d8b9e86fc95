from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SitesConfig(AppConfig):
    name = "linli.places.sites"
    label = "sites"
    verbose_name = "服务阵地与部件"

    def ready(self) -> None:
        from linli.base.ui.menu import MenuItem, register
        from linli.places.sites import policy  # noqa: F401

        group = _("阵地与部件")
        pages = [
            (_("服务阵地"), "sites:sites", "building-community"),
            (_("部件"), "sites:things", "map-pin"),
            (_("工地"), "sites:constructions", "tool"),
            (_("一刻钟生活圈"), "sites:circle", "route"),
        ]
        for order, (label, name, icon) in enumerate(pages, start=620):
            register(MenuItem(_("台账"), label, name, "sites.view", icon, order, group=group))
