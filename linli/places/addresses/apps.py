from django.apps import AppConfig


class AddressesConfig(AppConfig):
    name = "linli.places.addresses"
    label = "addresses"
    verbose_name = "地址"
