from django.urls import path

from linli.insight.boards import behind, views

app_name = "boards"
urlpatterns = [
    path("", views.board, name="board"),
    path("export.csv", views.export, name="export"),
    path("behind/", behind.behind, name="behind"),
    path("behind.<str:form>", behind.export, name="behind_export"),
]
