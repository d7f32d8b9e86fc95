from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AnsweringConfig(AppConfig):
    name = "linli.people.answering"
    label = "answering"
    verbose_name = "谁管这个门"

    def ready(self) -> None:
        from linli.base.ui.menu import MenuItem, register
        from linli.people.answering import following, keeping, policy  # noqa: F401

        keeping.announce()
        register(MenuItem(_("台账"), _("谁管这个门"), "answering:find", right="answering.view", icon="door", order=602))
