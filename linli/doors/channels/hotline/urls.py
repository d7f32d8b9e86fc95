from django.urls import path

from linli.doors.channels.hotline.views import letters, setting_up

app_name = "hotline"
urlpatterns = [
    path("exchanges/", setting_up.listing, name="list"),
    path("exchanges/new/", setting_up.new, name="set_up"),
    path("exchanges/<int:pk>/", setting_up.exchange, name="exchange"),
    path("exchanges/<int:pk>/switch/", setting_up.switch, name="switch"),
    path("exchanges/<int:pk>/secrets/", setting_up.add_secret, name="add_secret"),
    path("exchanges/<int:pk>/secrets/end/", setting_up.end_secret, name="end_secret"),
    path("exchanges/<int:pk>/ping/", setting_up.ping, name="ping"),
    path("letters/", letters.listing, name="letters"),
    path("letters/export/", letters.export, name="export"),
    path("letters/<int:pk>/", letters.letter, name="letter"),
    path("letters/<int:pk>/again/", letters.again, name="again"),
    path("letters/<int:pk>/drop/", letters.drop, name="drop"),
    path("sheets/<int:pk>/", letters.hand_over, name="hand_over"),
    path("sheets/<int:pk>/<int:batch>/", letters.sheet, name="sheet"),
]
