from django.urls import path

from linli.places.addresses import api, views

app_name = "addresses"
urlpatterns = [
    path("search.json", api.search, name="search_json"),
    path("near.json", api.near, name="near_json"),
    path("compounds/<int:pk>/buildings.json", api.buildings, name="buildings_json"),
    path("", views.register, name="list"),
    path("export.csv", views.export, name="export"),
    path("compounds/new/", views.add, name="add"),
    path("compounds/<int:pk>/", views.compound, name="compound"),
    path("compounds/<int:pk>/edit/", views.edit, name="edit"),
    path("compounds/<int:pk>/close/", views.close, name="close"),
    path("compounds/<int:pk>/buildings/", views.add_buildings, name="add_buildings"),
    path("buildings/<int:pk>/edit/", views.edit_building, name="edit_building"),
    path("buildings/<int:pk>/close/", views.close_building, name="close_building"),
]
