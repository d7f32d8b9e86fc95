"""One's own account: password, recovery codes, every session, and what happened there lately."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from linli.base import policies
from linli.base.pages import actor_of, page
from linli.base.ui.refused import beside
from linli.doors.web import sessions
from linli.doors.web.forms import NewPasswordForm, PasswordForm
from linli.people.accounts import commands, passwords
from linli.people.accounts.queries import recent_attempts, unused_recovery_codes
from linli.people.accounts.rules import role_name


@page.signed_in("everybody has an account of their own")
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    return _page(request)


def _page(
    request: HttpRequest, password: NewPasswordForm | None = None, codes: PasswordForm | None = None, status: int = 200
) -> HttpResponse:
    own = request.user
    data = policies.load("roles").data
    context = {
        "account": own,
        "posts": [(post, role_name(data, post.role)) for post in request.posts],  # type: ignore[attr-defined]
        "attempts": recent_attempts(own.login),  # type: ignore[union-attr]
        "codes_left": unused_recovery_codes(own.pk or 0),
        "password_form": password or NewPasswordForm(),
        "codes_form": codes or PasswordForm(),
        "rule": passwords.PROFILES[passwords.profile()],
        "skips": sessions.skips_second_factor(own),  # type: ignore[arg-type]
    }
    return render(request, "web/account.html", context, status=status)


@page.signed_in("one's own password")
@sensitive_post_parameters("old", "new", "again")
@require_POST
def change_password(request: HttpRequest) -> HttpResponse:
    """A new password; this session goes on, every other one ends."""
    form = NewPasswordForm(request.POST)
    if form.is_valid():
        values = form.cleaned_data
        actor, post = actor_of(request), request.post  # type: ignore[attr-defined]
        with beside(form):
            commands.change_password(actor, old=values["old"], new=values["new"])
            post.account.refresh_from_db()
            sessions.enter(request, post.account, post)
            messages.success(request, _("密码已经改好，其他设备上的登录都已退出。"))
            return redirect("web:account")
    return _page(request, password=form, status=422)


@page.signed_in("one's own recovery codes")
@sensitive_post_parameters("password")
@require_POST
def renew_recovery_codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes, shown once; the old ones stop working."""
    form = PasswordForm(request.POST)
    actor = actor_of(request)
    if form.is_valid():
        with beside(form):
            codes = commands.renew_recovery_codes(actor, password=form.cleaned_data["password"])
            return render(request, "web/recovery_codes.html", {"codes": codes, "name": actor.name})
    return _page(request, codes=form, status=422)


@page.signed_in("one's own sessions")
@require_POST
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """End every session of the account, on every device."""
    commands.sign_out_everywhere(actor_of(request))
    request.session.flush()
    return redirect("web:sign_in")
