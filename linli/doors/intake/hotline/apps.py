from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HotlineInboxConfig(AppConfig):
    name = "linli.doors.intake.hotline"
    label = "hotline_inbox"
    verbose_name = "热线来件"

    def ready(self) -> None:
        from linli.base.ui.menu import MenuItem, register

        register(
            MenuItem(
                _("办事"),
                _("热线来件"),
                "hotline_inbox:list",
                right="hotline.desk",
                icon="inbox",
                order=49,
                group=_("热线与导入"),
            )
        )
