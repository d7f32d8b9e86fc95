from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TaskforcesConfig(AppConfig):
    name = "linli.together.taskforces"
    label = "taskforces"
    verbose_name = "攻坚专班"

    def ready(self) -> None:
        from linli.base.ui.menu import MenuItem, register

        register(
            MenuItem(_("办事"), _("攻坚专班"), "taskforces:list", "taskforces.view", "users", 43, group=_("调度与专班"))
        )
