"""A resident at the door: a browser, and the few things they do again and again."""

import io
import itertools
import re
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from PIL import Image

from linli.base.actor import system
from linli.base.scope import enter
from linli.matters.cases import commands
from linli.matters.cases.models import Case
from linli.matters.cases.queries import tracking_secret
from linli.matters.cases.rules import link_token, tracking_code
from linli.procedures.models import Proceeding
from tests.cast import Cast

_forms = itertools.count()
WORDS = "三号楼楼道灯坏了一个星期，晚上看不见路。"


def picture(name: str = "灯.jpg", size: tuple[int, int] = (60, 40), colour: str = "orange") -> SimpleUploadedFile:
    """A small real photo."""
    held = io.BytesIO()
    Image.new("RGB", size, colour).save(held, "JPEG")
    return SimpleUploadedFile(name, held.getvalue(), "image/jpeg")


def look() -> None:
    """See the database with the system's eyes again, after a request has left its own scope behind."""
    enter(system("test"))


@dataclass
class Resident:
    """One browser of a resident. Every form is a new one unless a test says otherwise."""

    cast: Cast
    client: Client = field(default_factory=Client)

    def typed(self, **more: Any) -> dict[str, Any]:
        place = f"c:{self.cast.compound.pk}" if self.cast.compound else ""
        given = {
            "do": "send",
            "text": WORDS,
            "place": place,
            "contact": "phone",
            "phone": "13812345678",
            "name": "张三",
        }
        given |= {"_nonce": f"form-{next(_forms)}"} | more
        return {name: value for name, value in given.items() if value is not None}

    def send(self, **more: Any) -> HttpResponse:
        return self.client.post("/report/", self.typed(**more))

    def file(self, **more: Any) -> Case:
        """File a case through the page and return it."""
        answer = self.send(**more)
        assert answer.status_code == 302, problems(answer)
        look()
        return Case.objects.select_related("proceeding").get(proceeding__number=answer["Location"].split("/")[2])

    def post(self, case: Case, act: str, **given: Any) -> HttpResponse:
        typed = {"_nonce": f"act-{next(_forms)}", **given}
        return self.client.post(f"/case/{case.proceeding.number}/{act}/", typed)

    def see(self, case: Case) -> str:
        answer = self.client.get(f"/case/{case.proceeding.number}/")
        assert answer.status_code == 200, answer["Location"]
        return answer.content.decode()


@pytest.fixture
def resident(cast: Cast) -> Resident:
    return Resident(cast)


def code_of(case: Case) -> str:
    return tracking_code(tracking_secret(), case.proceeding.number, case.tracking_version)


def link_of(case: Case) -> str:
    look()
    row = Proceeding.objects.get(pk=case.pk)
    return f"/r/{row.number}/{link_token(tracking_secret(), row.number, row.round)}/"


def problems(answer: HttpResponse) -> str:
    """What a page says is wrong, as plain text."""
    found = re.findall(
        r'class="field-error"[^>]*>(.*?)</(?:p|div)>|error-summary.*?<ul>(.*?)</ul>', answer.content.decode(), re.S
    )
    return re.sub(r"<[^>]+>|\s+", " ", " ".join(a + b for a, b in found))


def answer_case(cast: Cast, case: Case, text: str = "灯已经换好。") -> None:
    """The community takes the case on, sees to it and answers it."""
    look()
    if Proceeding.objects.get(pk=case.pk).step == "filed":
        commands.dispatch(cast.dispatcher, case.pk, to=cast.organisations["here"].pk)
    # A second round is the office's, and somebody goes there first.
    again = Proceeding.objects.get(pk=case.pk).round > 1
    who = cast.leader if again else cast.secretary
    commands.accept(who, case.pk)
    commands.contact(who, case.pk, reached=True, note="约好下午上门")
    if again:
        commands.visit(who, case.pk, note="到家里看过")
    commands.answer(who, case.pk, note=text)
