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

        register(
            MenuItem(
                "", _("工单"), "cases:worklist", right="cases.view", icon="list-details", order=10, key="l", bar=True
            ),
            MenuItem(
                "", _("登记诉求"), "cases:take", right="cases.take", icon="phone-incoming", order=12, key="n", bar=True
            ),
            MenuItem(
                _("办事"),
                _("分办"),
                "cases:parts",
                right="cases.view",
                icon="git-branch",
                order=43,
                group=_("专项清单"),
            ),
            MenuItem(
                _("办事"),
                _("挂账"),
                "cases:hang_ups",
                right="cases.view",
                icon="hourglass",
                order=46,
                group=_("专项清单"),
            ),
            MenuItem(
                _("办事"),
                _("剔除"),
                "cases:exemptions",
                right="cases.view",
                icon="file-text",
                order=47,
                group=_("专项清单"),
            ),
            MenuItem(
                _("办事"),
                _("回头看"),
                "cases:looking_back",
                right="cases.look_back",
                icon="history",
                order=44,
                group=_("专项清单"),
            ),
            MenuItem(
                _("办事"),
                _("疑难清单"),
                "cases:difficult",
                right="cases.mark_difficult",
                icon="flag",
                order=45,
                group=_("专项清单"),
            ),
            MenuItem(
                _("办事"),
                _("先例"),
                "cases:precedents",
                right="cases.view",
                icon="gavel",
                order=48,
                group=_("专项清单"),
            ),
            MenuItem("", _("查找诉求"), "cases:search", right="cases.search", icon="search", order=14),
        )
