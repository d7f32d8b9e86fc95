from django.urls import path

from linli.insight.hotspots import views

app_name = "hotspots"
urlpatterns = [
    path("", views.listing, name="list"),
    path("export.csv", views.export, name="export"),
    path("run/<int:hotspot_run>/", views.run_page, name="run"),
    path("run/<int:hotspot_run>/progress/", views.progress, name="progress"),
    path("<int:hotspot>/", views.hotspot_page, name="hotspot"),
]
