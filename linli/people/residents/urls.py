from django.urls import path

from linli.people.residents.views import acts, caring, doubles, listing, person, taking_out

app_name = "residents"
urlpatterns = [
    path("", listing.register, name="list"),
    path("find/", listing.find, name="find"),
    path("export.csv", taking_out.register, name="export"),
    path("new/", acts.register, name="register"),
    path("visits/", caring.visits, name="visits"),
    path("visits/export.csv", taking_out.visits, name="export_visits"),
    path("care-list/", caring.care_list, name="care_list"),
    path("doubles/", doubles.listing, name="doubles"),
    path("doubles/<int:first>/<int:second>/", doubles.compare, name="compare"),
    path("of-dwelling/<int:dwelling>/", listing.of_dwelling, name="of_dwelling"),
    path("households/<int:household>/", acts.household_page, name="household"),
    path("households/<int:household>/split/", acts.split, name="split"),
    path("households/<int:household>/join/", acts.join, name="join"),
    path("<int:pk>/", person.person, name="person"),
    path("<int:pk>/reveal/", person.reveal, name="reveal"),
    path("<int:pk>/urgent/", person.urgent, name="urgent"),
    path("<int:pk>/correct/", acts.correct, name="correct"),
    path("<int:pk>/move-house/", acts.move_house, name="move_house"),
    path("<int:pk>/move-out/", acts.move_out, name="move_out"),
    path("<int:pk>/move-in/", acts.move_in, name="move_in"),
    path("<int:pk>/death/", acts.note_death, name="note_death"),
    path("<int:pk>/undo-death/", acts.undo_death, name="undo_death"),
    path("<int:pk>/contacts/", acts.add_contact, name="add_contact"),
    path("<int:pk>/contacts/<int:contact>/end/", acts.end_contact, name="end_contact"),
    path("<int:pk>/care/", caring.note, name="note_care"),
    path("<int:pk>/care/<int:need>/end/", caring.end, name="end_care"),
    path("<int:pk>/visit/", caring.visit, name="visit"),
    path("<int:pk>/visit/quick/", caring.quick, name="quick"),
    path("<int:pk>/separate/", doubles.separate, name="separate"),
]
