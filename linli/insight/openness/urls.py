from django.urls import path

from linli.insight.openness import views

app_name = "openness"
urlpatterns = [
    path("", views.listing, name="list"),
    path("export.csv", views.export, name="export"),
    path("<int:year>/<int:month>/", views.month, name="month"),
    path("examples/", views.examples, name="examples"),
    path("examples/export.csv", views.examples_export, name="examples_export"),
    path("examples/write/", views.write, name="write"),
    path("examples/<int:example>/", views.example, name="example"),
]
