from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PoliciesConfig(AppConfig):
    name = "linli.base.policies"
    label = "policies"
    verbose_name = "政策"

    def ready(self) -> None:
        from linli.base.ui.menu import MenuItem, register

        register(MenuItem(_("管理"), _("政策"), "policies:list", "policies.view", "book", 820, group=_("政策与流程")))
