from django.urls import path

from linli.insight.maps import views

app_name = "maps"
urlpatterns = [
    path("", views.map_page, name="map"),
    path("cases.json", views.cases, name="cases"),
]
