from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HotlineConfig(AppConfig):
    name = "linli.doors.channels.hotline"
    label = "hotline"
    verbose_name = "热线对接"

    def ready(self) -> None:
        from linli.base.ui.menu import MenuItem, register

        register(
            MenuItem(
                _("办事"),
                _("发往热线"),
                "hotline:letters",
                right="hotline.desk",
                icon="external-link",
                order=50,
                group=_("热线与导入"),
            ),
            MenuItem(_("管理"), _("热线对接"), "hotline:list", right="hotline.configure", icon="phone", order=870),
        )
