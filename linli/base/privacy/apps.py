from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PrivacyConfig(AppConfig):
    name = "linli.base.privacy"
    label = "privacy"
    verbose_name = "个人信息保护"

    def ready(self) -> None:
        from linli.base.privacy import own, policy  # noqa: F401  the policies register themselves
        from linli.base.ui.menu import MenuItem, register

        own.announce()
        register(
            MenuItem(
                _("管理"), _("个人信息保护"), "privacy:fields", right="privacy.view", icon="shield-check", order=815
            ),
            MenuItem(
                _("管理"), _("密钥"), "privacy:keys", right="system.view", icon="key", order=881, group=_("系统状态")
            ),
        )
