"""Policies on pages: read, try, draft with errors by line, publish with a basis, compare."""

import pytest

from linli.base import policies
from linli.base.actor import system
from linli.base.commands import Refused
from linli.base.policies import commands, registry, writing
from linli.base.policies.models import PolicyVersion
from linli.base.scope import enter
from tests.cast import Cast

CODES = sorted(registry.shipped())


def settlement() -> str:
    return registry.shipped_sources()["settlement"]


@pytest.mark.parametrize("code", CODES)
def test_every_policy_can_be_read_with_its_examples(cast: Cast, code: str) -> None:
    page = cast.client("policy_editor").get(f"/policies/{code}/").content.decode()
    assert registry.shipped()[code]["name"] in page
    assert "通过" in page
    assert ">不对<" not in page
    assert cast.client("policy_editor").get(f"/policies/{code}/1/compare/").status_code == 200


def test_the_list_is_for_those_who_may(cast: Cast) -> None:
    page = cast.client("policy_editor").get("/policies/").content.decode()
    assert "角色与权限" in page
    assert "派单规则" not in cast.client("auditor").get("/policies/?q=角色").content.decode().partition('id="list"')[2]
    assert cast.client("grid_worker").get("/policies/").status_code == 404
    assert cast.client("auditor").get("/policies/settlement/1/edit/").status_code == 404
    assert cast.client("auditor").post("/policies/settlement/1/publish/", {"basis": "x"}).status_code == 404


def test_drafting_publishing_and_comparing(cast: Cast) -> None:
    client = cast.client("policy_editor")
    assert "callback_attempts" in client.get("/policies/settlement/1/edit/").content.decode()
    changed = settlement().replace("basic_weight = 0.9", "basic_weight = 0.8")
    assert changed != settlement()
    answer = client.post("/policies/settlement/1/edit/", {"source": changed.replace("\n", "\r\n"), "basis": ""})
    assert answer.status_code == 302
    address = answer["Location"]
    page = client.get(address).content.decode()
    assert "草稿" in page
    enter(system("test"))
    draft = PolicyVersion.objects.get(code="settlement", status="draft")
    assert draft.source == changed, "comments and order are kept as they were typed"
    assert policies.load("settlement").data["basic_weight"] == 0.9, "a draft changes nothing"
    compared = client.get(f"{address}compare/").content.decode()
    assert "<del>basic_weight = 0.9</del>" in compared
    assert "<ins>basic_weight = 0.8</ins>" in compared
    assert client.post(f"{address}publish/", {"basis": " "}).status_code == 422
    assert client.post(f"{address}publish/", {"basis": "街道党工委会议 2026-11-20"}).status_code == 302
    enter(system("test"))
    policies.forget()
    assert policies.load("settlement").data["basic_weight"] == 0.8
    assert policies.load("settlement").basis == "街道党工委会议 2026-11-20"
    assert PolicyVersion.objects.get(code="settlement", version=1).status == "retired"
    assert client.post(f"{address}publish/", {"basis": "again"}).status_code == 422, "published once"


def test_a_draft_whose_examples_fail_is_kept_but_not_published(cast: Cast) -> None:
    client = cast.client("policy_editor")
    source = registry.shipped_sources()["roles"].replace("expect = true", "expect = false")
    answer = client.post("/policies/roles/1/edit/", {"source": source, "basis": "试试"})
    assert answer.status_code == 302
    refused = client.post(f"{answer['Location']}publish/", {"basis": "试试"})
    assert refused.status_code == 422
    assert "个例子应为" in refused.content.decode()


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("name = \n", "第 1 行写法不对"),
        ('name = "a"\n[[roles]]\ncode = "x\n', "第 3 行写法不对"),
        ('name = "a"\nsince = 2026-01-01\n', "日期请写成带引号的文字"),
        ('name = "a\\u0000"\n', "空字符"),
        ('{"name": "a",,}', "第 1 行写法不对"),
        ('name = "a"\n[[roles]]\ncode = "x"\n', "角色缺少"),
        ("roles = 5\n", "不对"),
    ],
)
def test_what_cannot_be_read_says_where_and_loses_nothing(cast: Cast, source: str, said: str) -> None:
    answer = cast.client("policy_editor").post("/policies/roles/1/edit/", {"source": source, "basis": "依据在此"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert said in page
    assert "依据在此" in page
    enter(system("test"))
    assert not PolicyVersion.objects.filter(status="draft").exists()


@pytest.mark.parametrize("path", ["nothing", "settlement/99", "settlement/99999999", "settlement/0"])
def test_what_does_not_exist_is_not_found(cast: Cast, path: str) -> None:
    assert cast.client("policy_editor").get(f"/policies/{path}/").status_code == 404


def test_a_draft_without_any_basis_is_refused(everything: None) -> None:
    data = {**registry.shipped()["settlement"], "basis": ""}
    draft = commands.draft(system("test"), code="settlement", data=data)
    with pytest.raises(Refused, match="依据"):
        commands.publish(system("test"), draft)
    with pytest.raises(Refused, match="没有名为"):
        commands.draft(system("test"), code="nonsense", data={})


def test_comparing_leaves_out_what_is_the_same() -> None:
    before = "\n".join(str(number) for number in range(50))
    after = before.replace("\n25\n", "\n25a\n26a\n")
    lines = writing.compare(before, after)
    assert [line.mark for line in lines] == ["…", " ", " ", " ", "-", "+", "+", " ", " ", " "]
    assert lines[4].before == 26
    assert writing.compare(before, before) == []
