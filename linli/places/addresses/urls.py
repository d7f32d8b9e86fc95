from django.urls import path

from linli.places.addresses import api

app_name = "addresses"
urlpatterns = [
    path("search.json", api.search, name="search_json"),
    path("near.json", api.near, name="near_json"),
    path("compounds/<int:pk>/buildings.json", api.buildings, name="buildings_json"),
]
