from django.urls import path, re_path

from linli.places.regions import api, import_views, views

app_name = "regions"
urlpatterns = [
    path("", views.register, name="list"),
    path("export.csv", views.export, name="export"),
    path("map/", views.map_page, name="map"),
    path("map.json", api.boundaries, name="map_json"),
    path("locate.json", api.locate, name="locate_json"),
    path("import/", import_views.upload, name="import"),
    path("import/template.csv", import_views.template, name="import_template"),
    path("import/<int:pk>/", import_views.preview, name="import_preview"),
    path("import/<int:pk>/problems.csv", import_views.problems, name="import_problems"),
    path("import/<int:pk>/map.json", import_views.drawn, name="import_map"),
    re_path(r"^(?P<code>[0-9]{2,20})/$", views.region, name="region"),
    re_path(r"^(?P<code>[0-9]{2,20})/rename/$", views.rename, name="rename"),
    re_path(r"^(?P<code>[0-9]{2,20})/retire/$", views.retire, name="retire"),
]
