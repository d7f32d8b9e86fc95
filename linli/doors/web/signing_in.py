"""The way in: password, second factor, post; and the way out."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from linli.base import policies
from linli.base.callers import caller
from linli.base.pages import actor_of, page
from linli.base.ui.refused import beside
from linli.doors.web import sessions
from linli.doors.web.forms import CodeForm, EnrolForm, NewPasswordForm, SignInForm
from linli.people.accounts import commands, passwords, second_factor, signing_in
from linli.people.accounts.models import Account, Post
from linli.people.accounts.queries import demo_posts, own_actor
from linli.people.accounts.rules import role_name

GET_POST = ["GET", "HEAD", "POST"]


@page.public("the way in")
@sensitive_post_parameters("password")
@require_http_methods(GET_POST)
def sign_in(request: HttpRequest) -> HttpResponse:
    """Login and password. Somebody who is in already goes on."""
    target = sessions.safe_target(request, request.POST.get("next") or request.GET.get("next", ""))
    actor = actor_of(request)
    if actor.signed_in:
        return redirect(target or sessions.home(actor.role))
    form = SignInForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _sign_in_page(request, form, target, 200 if request.method != "POST" else 422)
    answer = signing_in.with_password(form.cleaned_data["login"], form.cleaned_data["password"], caller(request))
    if answer.account is None:
        return _sign_in_page(request, form, target, _say_no(form, answer, _("登录名或密码不对。")))
    sessions.begin(request, answer.account, target)
    return _onwards(request)


def _sign_in_page(request: HttpRequest, form: SignInForm, target: str, status: int) -> HttpResponse:
    context = {"form": form, "next": target, "demo": _demo_choices() if settings.DEMO else []}
    return _with_wait(render(request, "web/sign_in.html", context, status=status), form)


def _say_no(form: SignInForm | CodeForm, answer: signing_in.Answer, words: str) -> int:
    """Put the answer on the form; the status it goes out with."""
    if not answer.wait:
        form.add_error(None, words)
        return 422
    form.wait = answer.wait  # type: ignore[union-attr]
    seconds = answer.wait
    text = ngettext("试得太多了，请 %(count)d 秒后再试。", "试得太多了，请 %(count)d 秒后再试。", seconds) % {
        "count": seconds
    }
    form.add_error(None, text)
    return 429


def _with_wait(response: HttpResponse, form: object) -> HttpResponse:
    if wait := getattr(form, "wait", 0):
        response["Retry-After"] = str(wait)
    return response


def _demo_choices() -> list[tuple[str, list[Post]]]:
    """The demo people by role, for signing in with one click."""
    data = policies.load("roles").data
    found: dict[str, list[Post]] = {}
    for post in demo_posts():
        found.setdefault(role_name(data, post.role), []).append(post)
    order = [row["name"] for row in data["roles"]]
    return sorted(
        ((name, posts[:2]) for name, posts in found.items()),
        key=lambda pair: order.index(pair[0]) if pair[0] in order else 99,
    )


@page.public("one click into the demo; does not exist anywhere else")
@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the demo's invented people. Answers 404 unless this is a demo."""
    chosen = request.POST.get("post", "")
    post = next((one for one in demo_posts() if str(one.pk) == chosen), None) if settings.DEMO else None
    if post is None:
        raise Http404
    signing_in.succeeded(post.account, caller(request))
    sessions.enter(request, post.account, post)
    return redirect(sessions.home(post.role))


def _onwards(request: HttpRequest) -> HttpResponseRedirect:
    """To the page of the next check; to the first page when there is nobody on the way in."""
    found = sessions.pending(request)
    return redirect(sessions.next_step(*found) if found else "web:sign_in")


def _at(request: HttpRequest, name: str) -> tuple[Account, dict[str, str]] | None:
    """Who is on the way in, if this is the page for them now."""
    found = sessions.pending(request)
    return found if found and sessions.next_step(*found) == name else None


@page.public("the second factor of somebody whose password was right")
@require_http_methods(GET_POST)
def code(request: HttpRequest) -> HttpResponse:
    """The code from the telephone, or a recovery code."""
    found = _at(request, "web:sign_in_code")
    if found is None:
        return _onwards(request)
    account, _state = found
    form = CodeForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            answer = signing_in.with_code(account, form.cleaned_data["code"], caller(request))
            if answer.account is not None:
                sessions.note(request, second=True)
                return _onwards(request)
            status = _say_no(form, answer, _("动态口令不对，或者已经用过。请等下一个数字出现再试。"))
    return _with_wait(
        render(request, "web/sign_in_code.html", {"form": form, "name": account.name}, status=status), form
    )


@page.public("a one-time password is replaced before anything else")
@sensitive_post_parameters("old", "new", "again")
@require_http_methods(GET_POST)
def new_password(request: HttpRequest) -> HttpResponse:
    """Choose a password of one's own in place of a one-time or an outdated one."""
    found = _at(request, "web:sign_in_password")
    if found is None:
        return _onwards(request)
    account, state = found
    form = NewPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with beside(form):
            values = form.cleaned_data
            commands.change_password(own_actor(account), old=values["old"], new=values["new"])
            account.refresh_from_db()
            sessions.begin(request, account, state["next"])
            sessions.note(request, second=state.get("second", False))
            return _onwards(request)
    context = {"form": form, "rule": passwords.PROFILES[passwords.profile()]}
    return render(request, "web/sign_in_password.html", context, status=422 if form.errors else 200)


@page.public("staff without a second factor are led to tie one")
@require_http_methods(GET_POST)
def enrol(request: HttpRequest) -> HttpResponse:
    """Tie a telephone: QR code, then a first right code, then the recovery codes, shown once."""
    found = _at(request, "web:sign_in_enrol")
    if found is None:
        return _onwards(request)
    account, state = found
    if "sealed" not in state:
        sessions.note(request, sealed=second_factor.seal(second_factor.new_secret(), account.pk))
        _account, state = sessions.pending(request) or found
    form = EnrolForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with beside(form):
            codes = commands.enrol(own_actor(account), sealed=state["sealed"], code=form.cleaned_data["code"])
            sessions.note(request, second=True, sealed="")
            return render(request, "web/recovery_codes.html", {"codes": codes, "name": account.name})
    secret = second_factor.unseal(state["sealed"], account.pk)
    context = {
        "form": form,
        "picture": second_factor.picture(second_factor.uri(secret, account.login)),
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
    }
    return render(request, "web/sign_in_enrol.html", context, status=422 if form.errors else 200)


@page.public("the last step in: through which post")
@require_http_methods(GET_POST)
def choose_post(request: HttpRequest) -> HttpResponse:
    """One post leads straight in, several are chosen from; without a post there is nothing to do here."""
    found = _at(request, "web:sign_in_post")
    if found is None:
        return _onwards(request)
    account, state = found
    posts = sessions.choices(account)
    if request.method == "POST":
        chosen = next((post for post in posts if str(post.pk) == request.POST.get("post")), None)
    else:
        chosen = posts[0] if len(posts) == 1 else None
    if chosen is None:
        data = policies.load("roles").data
        listed = [(post, role_name(data, post.role)) for post in posts]
        return render(request, "web/sign_in_post.html", {"posts": listed, "name": account.name})
    signing_in.succeeded(account, caller(request))
    sessions.enter(request, account, chosen)
    return redirect(state["next"] or sessions.home(chosen.role))


@page.signed_in("one person may hold several posts")
@require_POST
def switch_post(request: HttpRequest) -> HttpResponse:
    """Act through another of one's posts; the session is renewed with it."""
    wanted = request.POST.get("post", "")
    chosen = next((post for post in request.posts if str(post.pk) == wanted), None)  # type: ignore[attr-defined]
    if chosen is None:
        raise Http404
    since = request.session.get(sessions.SINCE_KEY)
    sessions.enter(request, chosen.account, chosen)
    request.session[sessions.SINCE_KEY] = since
    return redirect(sessions.home(chosen.role))


@page.public("leaving is always possible")
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session; a shared computer forgets what the browser kept."""
    request.session.flush()
    answer = redirect("web:sign_in")
    answer["Clear-Site-Data"] = '"cache", "storage"'
    return answer
