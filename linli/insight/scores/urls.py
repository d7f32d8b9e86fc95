from django.urls import path, re_path

from linli.insight.scores.views import acts, runs, trying, units

app_name = "scores"
urlpatterns = [
    path("", runs.listing, name="list"),
    path("export.csv", runs.export_list, name="export_list"),
    path("new/", runs.new, name="new"),
    path("year/", runs.year, name="year"),
    path("try/", trying.attempt, name="try"),
    path("rules/", trying.rules, name="rules"),
    path("rules/new/", trying.new_rule, name="new_rule"),
    path("appeals/", acts.appeals, name="appeals"),
    path("appeals/export.csv", acts.export_appeals, name="export_appeals"),
    path("appeals/<int:pk>/", acts.decide, name="decide"),
    path("units/<int:pk>/", units.unit, name="unit"),
    path("units/<int:pk>/cases/", units.cases, name="cases"),
    path("units/<int:pk>/appeal/", acts.appeal, name="appeal"),
    path("<int:pk>/", runs.detail, name="detail"),
    re_path(r"^(?P<pk>[0-9]{1,18})/export\.(?P<form>csv|xlsx)$", runs.export, name="export"),
    path("<int:pk>/what-if/", units.what_if, name="what_if"),
    path("<int:pk>/replay/", runs.replay, name="replay"),
    path("<int:pk>/publish/", acts.publish, name="publish"),
    path("<int:pk>/withdraw/", acts.withdraw, name="withdraw"),
]
