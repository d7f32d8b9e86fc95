from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MeetingsConfig(AppConfig):
    name = "linli.together.meetings"
    label = "meetings"
    verbose_name = "案卷调度"

    def ready(self) -> None:
        from linli.base.ui.menu import MenuItem, register
        from linli.together.meetings import policy  # noqa: F401

        rows = [
            (_("案卷调度"), "meetings:list", "meetings.view", "calendar-event"),
            (_("调度决定"), "meetings:decisions", "meetings.follow", "checklist"),
        ]
        for order, (label, name, right, icon) in enumerate(rows, 41):
            register(MenuItem(_("办事"), label, name, right, icon, order, group=_("调度与专班")))
