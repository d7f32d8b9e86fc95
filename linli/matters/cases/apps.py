from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    name = "linli.matters.cases"
    label = "cases"
    verbose_name = "诉求"

    def ready(self) -> None:
        from linli.base.ui.menu import MenuItem, register
        from linli.matters.cases import files, keeping, policy  # noqa: F401

        keeping.announce()

        lists = [
            (_("分办"), "cases:parts", "cases.view", "git-branch"),
            (_("回头看"), "cases:looking_back", "cases.look_back", "history"),
            (_("疑难清单"), "cases:difficult", "cases.mark_difficult", "flag"),
            (_("挂账"), "cases:hang_ups", "cases.view", "hourglass"),
            (_("剔除"), "cases:exemptions", "cases.view", "file-text"),
            (_("先例"), "cases:precedents", "cases.view", "gavel"),
        ]
        register(
            MenuItem(
                "", _("工单"), "cases:worklist", right="cases.view", icon="list-details", order=10, key="l", bar=True
            ),
            MenuItem(
                "", _("登记诉求"), "cases:take", right="cases.take", icon="phone-incoming", order=12, key="n", bar=True
            ),
            MenuItem("", _("查找诉求"), "cases:search", right="cases.search", icon="search", order=14),
            *(
                MenuItem(_("办事"), label, name, right=right, icon=icon, order=order, group=_("专项清单"))
                for order, (label, name, right, icon) in enumerate(lists, 43)
            ),
        )
