from django.urls import path

from linli.doors.web import audit, desk, fragments, own, signing_in, system

app_name = "web"
urlpatterns = [
    path("sign-in/", signing_in.sign_in, name="sign_in"),
    path("sign-in/demo/", signing_in.demo_sign_in, name="demo_sign_in"),
    path("sign-in/code/", signing_in.code, name="sign_in_code"),
    path("sign-in/password/", signing_in.new_password, name="sign_in_password"),
    path("sign-in/second-factor/", signing_in.enrol, name="sign_in_enrol"),
    path("sign-in/post/", signing_in.choose_post, name="sign_in_post"),
    path("sign-out/", signing_in.sign_out, name="sign_out"),
    path("post/", signing_in.switch_post, name="switch_post"),
    path("me/", own.account, name="account"),
    path("me/password/", own.change_password, name="change_password"),
    path("me/recovery-codes/", own.renew_recovery_codes, name="renew_recovery_codes"),
    path("me/sign-out/", own.sign_out_everywhere, name="sign_out_everywhere"),
    path("desk/", desk.home, name="home"),
    path("desk/organisations/<int:organisation>/", fragments.cases, name="cases_of_organisation"),
    path("desk/things/<int:thing>/", fragments.cases, name="cases_of_thing"),
    path("audit/", audit.audit, name="audit"),
    path("audit/export.csv", audit.export, name="audit_export"),
    path("system/", system.system, name="system"),
    path("system/events/<int:pk>/retry/", system.retry, name="retry_event"),
    path("search/", desk.search, name="search"),
]
