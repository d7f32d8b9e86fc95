from django.apps import AppConfig


class PoliciesConfig(AppConfig):
    name = "linli.base.policies"
    label = "policies"
    verbose_name = "政策"
