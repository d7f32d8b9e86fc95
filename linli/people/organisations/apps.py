from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "linli.people.organisations"
    label = "organisations"
    verbose_name = "组织"
