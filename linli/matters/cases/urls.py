"""Addresses of the staff pages of cases. A number is a slug, so that nothing odd in an address reaches the database."""

from django.urls import path

from linli.matters.cases.views import acts, detail, export, many, parts, people, registers, search, take, worklist

app_name = "cases"
urlpatterns = [
    path("", worklist.worklist, name="worklist"),
    path("export.<slug:form>", export.export, name="export"),
    path("search/", search.search, name="search"),
    path("dispatch/", many.dispatch_many, name="dispatch_many"),
    path("precedents/", registers.precedent_list, name="precedents"),
    path("precedents/<int:pk>/", registers.precedent, name="precedent"),
    path("looking-back/", registers.looking_back_list, name="looking_back"),
    path("difficult/", registers.difficult_list, name="difficult"),
    path("hang-ups/", registers.hang_up_list, name="hang_ups"),
    path("exemptions/", registers.exemption_list, name="exemptions"),
    path("parts/", registers.part_list, name="parts"),
    path("parts/<slug:number>/", parts.part, name="part"),
    path("parts/<slug:number>/<slug:act>/", parts.part_act, name="part_act"),
    path("registers/<slug:register>.<slug:form>", registers.export, name="register_export"),
    path("take/", take.take, name="take"),
    path("take/hints/", take.hints, name="hints"),
    path("take/options/<slug:what>/", take.options, name="options"),
    path("<slug:number>/", detail.detail, name="detail"),
    path("<slug:number>/taken/", take.taken, name="taken"),
    path("<slug:number>/reveal/", detail.reveal, name="reveal"),
    path("<slug:number>/people/", people.people, name="people"),
    path("<slug:number>/act/<slug:act>/", acts.act, name="act"),
]
