from django.urls import path

from linli.base.files import views

app_name = "files"
urlpatterns = [
    path("<int:pk>/", views.show, name="show"),
    path("<int:pk>/thumbnail/", views.show, {"thumbnail": True}, name="thumbnail"),
]
