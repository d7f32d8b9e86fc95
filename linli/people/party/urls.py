from django.urls import path

from linli.people.party import card_views, report_views, views

app_name = "party"
urlpatterns = [
    path("", views.listing, name="list"),
    path("export.csv", views.export, name="export"),
    path("new/<str:act>/", views.found, name="found"),
    path("changes/", report_views.changes, name="changes"),
    path("changes/export.csv", report_views.export_changes, name="export_changes"),
    path("changes/<int:pk>/", report_views.change, name="change"),
    path("changes/<int:pk>/undo/", report_views.undo, name="undo"),
    path("elections/", report_views.elections, name="elections"),
    path("checks/", report_views.checks, name="checks"),
    path("checks/<str:code>/", report_views.check, name="check"),
    path("figures/", report_views.figures, name="figures"),
    path("cards/", card_views.cards, name="cards"),
    path("cards/export.csv", card_views.export, name="export_cards"),
    path("cards/<int:pk>/", card_views.card, name="card"),
    path("cards/<int:pk>/reveal/", card_views.reveal, name="reveal"),
    path("cards/<int:pk>/do/<str:act>/", card_views.do, name="card_do"),
    path("of/<int:pk>/", views.of_organisation, name="of_organisation"),
    path("of/<int:pk>/survey/", views.survey, name="survey"),
    path("<int:pk>/", views.detail, name="page"),
    path("<int:pk>/do/<str:act>/", views.do, name="do"),
    path("<int:pk>/note/", views.note, name="note"),
    path("<int:pk>/uncover/", views.uncover, name="uncover"),
    path("<int:pk>/cards/new/", card_views.enter, name="enter_card"),
]
