from django.urls import path

from linli.insight.boards import views

app_name = "boards"
urlpatterns = [
    path("", views.board, name="board"),
    path("export.csv", views.export, name="export"),
    path("behind/", views.behind, name="behind"),
]
