from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MeetingsConfig(AppConfig):
    name = "linli.together.meetings"
    label = "meetings"
    verbose_name = "案卷调度"

    def ready(self) -> None:
        from linli.base.ui.menu import MenuItem, register
        from linli.together.meetings import policy  # noqa: F401

        register(
            MenuItem(
                _("办事"),
                _("案卷调度"),
                "meetings:list",
                right="meetings.view",
                icon="calendar-event",
                order=41,
                group=_("案卷调度"),
            ),
            MenuItem(
                _("办事"),
                _("调度决定"),
                "meetings:decisions",
                right="meetings.follow",
                icon="checklist",
                order=42,
                group=_("案卷调度"),
            ),
        )
