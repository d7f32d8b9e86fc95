from django.urls import path

from linli.places.addresses import api, dwelling_views, views

app_name = "addresses"
urlpatterns = [
    path("search.json", api.search, name="search_json"),
    path("near.json", api.near, name="near_json"),
    path("compounds/<int:pk>/buildings.json", api.buildings, name="buildings_json"),
    path("", views.register, name="list"),
    path("export.csv", views.export, name="export"),
    path("buildings/export.csv", views.export_buildings, name="export_buildings"),
    path("compounds/new/", views.add, name="add"),
    path("compounds/<int:pk>/", views.compound, name="compound"),
    path("compounds/<int:pk>/edit/", views.edit, name="edit"),
    path("compounds/<int:pk>/close/", views.close, name="close"),
    path("compounds/<int:pk>/buildings/", views.add_buildings, name="add_buildings"),
    path("find/", dwelling_views.find, name="find"),
    path("unmanaged/", dwelling_views.unmanaged, name="unmanaged"),
    path("dwellings/", dwelling_views.dwellings, name="dwellings"),
    path("dwellings/export.csv", dwelling_views.export_dwellings, name="export_dwellings"),
    path("dwellings/options/", dwelling_views.options, name="dwelling_options"),
    path("dwellings/<int:dwelling>/", dwelling_views.dwelling, name="dwelling"),
    path("dwellings/<int:dwelling>/edit/", dwelling_views.edit_dwelling, name="edit_dwelling"),
    path("dwellings/<int:dwelling>/close/", dwelling_views.close_dwelling, name="close_dwelling"),
    path("buildings/<int:building>/", dwelling_views.building, name="building"),
    path("buildings/<int:building>/dwellings/", dwelling_views.enter, name="enter_dwellings"),
    path("buildings/<int:building>/grids/", dwelling_views.grids, name="grids"),
    path("buildings/<int:pk>/edit/", views.edit_building, name="edit_building"),
    path("buildings/<int:pk>/close/", views.close_building, name="close_building"),
]
