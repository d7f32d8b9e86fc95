from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegionsConfig(AppConfig):
    name = "linli.places.regions"
    label = "regions"
    verbose_name = "区划"

    def ready(self) -> None:
        from linli.base.policies import Checker, register
        from linli.base.ui import menu
        from linli.places.regions import policy

        register("regions", Checker(problems=policy.problems, answer=policy.answer))
        menu.register(menu.MenuItem(_("管理"), _("区划与网格"), "regions:list", icon="sitemap", order=700))
