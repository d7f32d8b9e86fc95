from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "linli.people.accounts"
    label = "accounts"
    verbose_name = "账号"

    def ready(self) -> None:
        from linli.base.ui.menu import MenuItem, register
        from linli.people.accounts import policy  # noqa: F401

        register(MenuItem(_("管理"), _("账号与岗位"), "accounts:list", right="accounts.view", icon="users", order=800))
