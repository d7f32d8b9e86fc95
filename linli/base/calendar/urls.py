from django.urls import path

from linli.base.calendar import views

app_name = "calendar"
urlpatterns = [
    path("", views.show, name="list"),
    path("<int:year>/<int:month>/<int:number>/", views.day, name="day"),
    path("<int:year>/<int:month>/<int:number>/clear/", views.clear, name="clear"),
]
