from django.urls import path

from linli.people.organisations import import_views, views

app_name = "organisations"
urlpatterns = [
    path("", views.tree, name="tree"),
    path("export.csv", views.export, name="export"),
    path("import/", import_views.upload, name="import"),
    path("import/apply/", import_views.apply, name="import_apply"),
    path("import/template.csv", import_views.template, name="import_template"),
    path("new/", views.found, name="found"),
    path("<int:pk>/", views.organisation, name="page"),
    path("<int:pk>/rename/", views.rename, name="rename"),
    path("<int:pk>/move/", views.move, name="move"),
    path("<int:pk>/close/", views.close, name="close"),
    path("<int:pk>/regions/", views.assign_region, name="assign_region"),
    path("regions/<int:pk>/end/", views.end_region, name="end_region"),
]
