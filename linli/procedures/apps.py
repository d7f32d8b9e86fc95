from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProceduresConfig(AppConfig):
    name = "linli.procedures"
    label = "procedures"
    verbose_name = "流程"

    def ready(self) -> None:
        from linli.base.ui.menu import MenuItem, register
        from linli.procedures import policy  # noqa: F401

        register(
            MenuItem(
                _("管理"), _("流程"), "procedures:list", "procedures.view", "git-branch", 821, group=_("政策与流程")
            )
        )
