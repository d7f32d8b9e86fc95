"""The exchange with a hotline: set up, an order comes in, is handled, the answer leaves, a dead letter is sent again."""

import json
import re
import time
from urllib.parse import urlsplit

from playwright.sync_api import expect

from linli.matters.cases import commands
from linli.matters.cases.models import Case
from tests.drills.hotline import Letterbox, Receiver, Saying, Sender
from tests.journeys.steps import act, led, recorded, settled
from tests.matters.cases import stories

WORKER_SECONDS = 90  # on a busy machine


def said(kind: str, order: str, seq: int, **data: object) -> Saying:
    body = json.dumps({"type": kind, "data": {"order": order, "seq": seq, **data}}, ensure_ascii=False).encode()
    return Saying(f"msg_{order}_{seq}", order, body)


def until(page, text: str) -> None:
    """Load the page again until the worker has done its part."""
    deadline = time.monotonic() + WORKER_SECONDS
    while time.monotonic() < deadline:
        if text in page.locator("main").inner_text():
            return
        page.wait_for_timeout(500)
        page.reload()
    expect(page.locator("main")).to_contain_text(text)


def test_an_order_goes_all_the_way_and_back(enter, axe, shot, stage, site, size):
    code, order = f"city-{size[0]}", f"HT-{size[0]}-00871"
    box = Letterbox(())
    with Receiver({code: box}) as receiver:
        # The administrator sets the exchange up. Each secret is shown once.
        admin = enter("sysadmin")
        admin.goto("/hotline/exchanges/")
        axe(admin)
        admin.get_by_role("link", name="新设对接").click()
        admin.get_by_label("名称").fill(f"某市12345热线{size[0]}")
        admin.get_by_label("代号").fill(code)
        admin.get_by_label("派单台").select_option(label="丰台街道接诉即办派单台")
        admin.get_by_label("辖区代码").fill("110106009")
        admin.get_by_label("对方地址").fill(f"http://127.0.0.1:{receiver.server_port}/{code}")
        axe(admin)
        admin.get_by_role("button", name="新设", exact=True).click()
        expect(admin.get_by_role("heading", level=1)).to_contain_text("某市12345热线")
        axe(admin)
        admin.get_by_role("button", name="启用", exact=True).click()
        expect(admin.get_by_role("alert")).to_contain_text("密钥")
        secrets = []
        for name in ("新增“收”的密钥", "新增“发”的密钥"):
            admin.get_by_role("button", name=name).click()
            led(admin, admin.get_by_role("dialog", name=name).get_by_role("button", name="保存"))
            secrets.append(admin.locator(".copy-text").filter(has_text="whsec_").inner_text())
            axe(admin)
        box.secrets = (secrets[1],)
        admin.get_by_role("button", name="启用", exact=True).click()
        expect(admin.get_by_role("status").filter(has_text="已启用")).to_be_visible()
        settled(admin)
        assert "whsec_" not in admin.content()
        led(admin, admin.get_by_role("button", name="发测试消息"))
        until(admin, "已送达")
        shot(admin, "hotline-exchange", full=True)
        axe(admin)
        assert box.pings == 1

        # The hotline sends an order, and something that cannot be done yet, and something too early.
        where = urlsplit(site)
        city = Sender(str(where.hostname), int(where.port or 80), code, secrets[0])
        text = "楼道里的灯坏了三天，晚上老人上下楼看不见。"
        place = {"longitude": 116.275, "latitude": 39.855, "name": "钱来电", "phone": "13900000001"}
        city.in_sequence(
            [
                said("order.created", order, 1, text=text, **place),
                said("order.called_back", order, 2, reached=True, resolved=True, satisfaction="satisfied"),
                said("order.supplemented", order, 5, note="西门那边也是一样。"),
                Saying("msg_forged", order, b"{}", (401,), signer=secrets[1]),
            ]
        )
        assert city.tally.wrong == []
        desk = enter("dispatcher")
        desk.goto("/intake/hotline/")
        expect(desk.locator("tr.row-open").filter(has_text=order)).to_have_count(3)
        expect(desk.locator("main")).to_contain_text("签名不对")
        shot(desk, "hotline-inbox", full=True)
        axe(desk)
        desk.goto(f"/intake/hotline/?q={order}&state=waiting")
        desk.locator("tr.row-open .row-link").first.click()
        expect(desk.locator("body")).to_contain_text("缺第 3、4 条")
        axe(desk)
        desk.goto(f"/intake/hotline/?q={order}&state=refused")
        desk.locator("tr.row-open .row-link").first.click()
        desk.get_by_role("button", name="不办", exact=True).first.click()
        sure = desk.get_by_role("dialog", name="不办")
        sure.get_by_label("原因").fill("热线误发，已电话核实。")
        sure.get_by_role("button", name="不办").click()
        expect(desk.locator("body")).to_contain_text("热线误发，已电话核实。")
        axe(desk)

        # It is a case like any other, found by the hotline's number.
        with stage.ground() as cast:
            key = Case.objects.get(foreign_number=order).pk
            row = stories.proceeding(key)
            here = cast.organisations["here"].pk
            if row.step == "filed":
                commands.dispatch(cast.dispatcher, key, to=here)
            elif row.holder_id != here:
                commands.redirect(cast.dispatcher, key, to=here, note="由社区办")
        secretary = enter("secretary")
        secretary.goto(f"/cases/search/?q={order}")
        expect(secretary.locator("#facts")).to_contain_text(f"市民热线 · {order}")
        main = secretary.locator("main")
        act(secretary, main, "签收").get_by_role("button", name="签收", exact=True).click()
        recorded(main, "签收")
        desk.goto(f"/hotline/letters/?q={order}")
        until(desk, "已送达")
        box.gone = True
        form = act(secretary, main, "答复")
        form.get_by_label("给诉求人的答复").fill("已更换灯具，当晚恢复照明。")
        form.get_by_role("button", name="答复", exact=True).click()
        recorded(main, "答复")

        # The hotline does not take it: a person looks why, and sends it again when it does.
        desk.goto("/hotline/letters/?state=dead")
        until(desk, order)
        shot(desk, "hotline-letters", full=True)
        axe(desk)
        desk.locator("tr.row-open").filter(has_text=order).locator(".row-link").click()
        expect(desk.locator("body")).to_contain_text(re.compile("对方答 410"))
        axe(desk)
        box.gone = False
        desk.get_by_role("button", name="再发一次").click()
        expect(desk.locator("body")).to_contain_text("已重新排队")
        desk.goto(f"/hotline/letters/?q={order}")
        deadline = time.monotonic() + WORKER_SECONDS
        while len(box.orders[order]) < 2 and time.monotonic() < deadline:
            desk.wait_for_timeout(500)
        assert [(seq, kind) for seq, kind, _note in box.orders[order]] == [(1, "order.accepted"), (2, "order.answered")]
        assert box.orders[order][1][2] == "已更换灯具，当晚恢复照明。"
        assert box.disorder == box.bad == 0
