from django.urls import path

from linli.insight.maps import views

app_name = "maps"
urlpatterns = [
    path("", views.map_page, name="map"),
    path("export.csv", views.export, name="export"),
    path("find/", views.find, name="find"),
    path("<slug:layer>.json", views.layer_json, name="layer"),
    path("<slug:layer>/<int:pk>.json", views.item_json, name="item"),
]
