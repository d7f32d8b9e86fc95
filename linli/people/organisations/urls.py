from django.urls import path

from linli.people.organisations import double_views, import_views, register_views, service_views, views

app_name = "organisations"
urlpatterns = [
    path("", views.tree, name="tree"),
    path("export.csv", views.export, name="export"),
    path("import/", import_views.upload, name="import"),
    path("import/apply/", import_views.apply, name="import_apply"),
    path("import/template.csv", import_views.template, name="import_template"),
    path("new/", views.found, name="found"),
    path("register/", register_views.register, name="register"),
    path("register/export.csv", register_views.export, name="register_export"),
    path("register/<int:pk>/", views.organisation, name="unit"),
    path("register/new/", register_views.enter, name="enter"),
    path("doubles/", double_views.listing, name="doubles"),
    path("doubles/<int:first>/<int:second>/", double_views.compare, name="compare"),
    path("services/", service_views.listing, name="services"),
    path("services/export.csv", service_views.export, name="services_export"),
    path("terms/", register_views.terms, name="terms"),
    path("<int:pk>/correct/", register_views.correct, name="correct"),
    path("<int:pk>/act/", register_views.act, name="act"),
    path("<int:pk>/reveal/", register_views.reveal, name="reveal"),
    path("<int:pk>/", views.organisation, name="page"),
    path("<int:pk>/rename/", views.rename, name="rename"),
    path("<int:pk>/move/", views.move, name="move"),
    path("<int:pk>/close/", views.close, name="close"),
    path("<int:pk>/regions/", views.assign_region, name="assign_region"),
    path("regions/<int:pk>/end/", views.end_region, name="end_region"),
]
