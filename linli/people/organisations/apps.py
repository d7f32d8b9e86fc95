from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrganisationsConfig(AppConfig):
    name = "linli.people.organisations"
    label = "organisations"
    verbose_name = "组织"

    def ready(self) -> None:
        from linli.base.ui.menu import MenuItem, register
        from linli.people.organisations import keeping, policy  # noqa: F401  announces how the policy of terms is checked

        keeping.announce()
        register(
            MenuItem(
                _("台账"),
                _("组织机构"),
                "organisations:tree",
                right="organisations.view",
                icon="hierarchy-2",
                order=600,
            )
        )
