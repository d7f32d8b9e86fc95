"""Some sixty layouts of forms as communities make them: nearly every header is told, and none goes into a wrong field."""

import copy
from pathlib import Path

import pytest

from linli.base.exchange.headers import Column, recognise, suggest, vocabulary
from linli.base.policies.registry import shipped
from linli.doors.intake.registers import targets

WORDS = vocabulary(shipped()["headers"])
CONCEPTS = {concept.code: concept for concept in WORDS.concepts}
TAKEN = {code for target in targets.codes() for field in targets.get(target).fields for code in field.concepts}
Layout = tuple[str, set[str], list[tuple[str, set[str]]]]


def layouts() -> list[Layout]:
    """(name, registers that are right for it, (header, what it may be told as))."""
    found: list[Layout] = []
    for line in (Path(__file__).parent / "layouts.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            name, _sign, register = line.partition("] >")
            found.append((name[1:], {one.strip() for one in register.split("|")}, []))
        elif line and not line.startswith("#"):
            header, _sign, told = line.rpartition(" = ")
            found[-1][2].append((header, set(told.split("|"))))
    return found


LAYOUTS = layouts()


def told(column: Column, wanted: set[str]) -> bool:
    concept = CONCEPTS.get(column.concept)
    if concept is None:
        return "unknown" in wanted
    left_out = (concept.never and wanted & {"never", "unused"}) or (concept.unused and "unused" in wanted)
    return column.code in wanted or bool(left_out)


def test_nearly_every_header_is_told_without_help():
    every = [
        told(column, wanted)
        for _name, _registers, headers in LAYOUTS
        for column, (_header, wanted) in zip(recognise([h for h, _w in headers], [], WORDS), headers, strict=True)
    ]
    assert len(LAYOUTS) > 60 and len(every) > 900
    assert sum(every) / len(every) >= 0.98


@pytest.mark.parametrize("layout", LAYOUTS, ids=[name for name, _registers, _headers in LAYOUTS])
def test_no_header_goes_into_a_wrong_field_and_the_register_is_right(layout: Layout):
    name, registers, headers = layout
    columns = recognise([header for header, _wanted in headers], [], WORDS)
    wrong = {
        column.header: column.code
        for column, (_header, wanted) in zip(columns, headers, strict=True)
        if not told(column, wanted) and column.code in TAKEN
    }
    assert wrong == {}
    guesses = suggest(columns, WORDS, name)
    assert (guesses[0].form.target if guesses else "") in registers


SENSITIVE = (
    "民族成分 信仰 何种宗教 政治倾向 党派名称 既往病史 诊断名称 传染病史 HIV 艾滋病 犯罪前科 违法记录 信访重点 上访情况 年收入（万元） "
    "存款余额 银行卡 银行卡卡号 人脸 人脸采集 指纹采集 DNA样本 车牌 性取向 基因检测 社保号 公积金账号 邪教 境外关系 手机定位 征信情况 "
    "负债 抑郁症 肿瘤 过往病史 药物过敏 残疾种类 精神状况 民族信仰 家族史 是否离婚 再婚 收入来源 房产数量 贫困程度 婚育证明 信佛 "
    "是否吸毒 刑满释放时间 肇事肇祸风险等级 稳控措施 低保证号 末次月经 高危因素 疫苗接种时间 健康码颜色 14天内旅居史 涉邪教情况"
)


@pytest.mark.parametrize("header", SENSITIVE.split())
def test_what_is_never_collected_is_known_by_any_name(header: str):
    (column,) = recognise([header], [], WORDS)
    assert CONCEPTS[column.concept].never, header


OTHERS = (
    "户主意见 姓名拼音 电话费 地址变更记录 单元门禁卡号 房号是否核实 年龄结构 性别比 联系电话归属地 联系电话是否有效 身份证是否过期 身份证签发日期 "
    "身份证住址 入住率 入住人数 业主群 租户数 电话回访结果 曾住地址 原住址 学校地址 房东住址 房东身份证 丈夫身份证号 担保人身份证号 邻居电话 邻居手机号 "
    "保姆姓名 介绍人姓名 推荐人电话 工作人员电话 值班人员姓名 委员会成员姓名 建档日期 登记日期 发证日期 住址是否变动 面积误差 单位电话 子女情况 子女住址 "
    "前夫姓名 是否户主 户主签名 楼长电话 网格员姓名 户籍所在地派出所 电话类型"
)


@pytest.mark.parametrize("header", OTHERS.split())
def test_what_only_sounds_like_a_field_is_none(header: str):
    (column,) = recognise([header], [], WORDS)
    taken = {code for field in targets.get("residents").fields for code in field.concepts}
    assert column.code not in taken, (header, column.code)


def test_a_list_of_watched_people_is_told_by_its_title_alone():
    columns = recognise(["姓名", "性别", "身份证号", "住址", "联系电话", "与户主关系"], [], WORDS)
    assert suggest(columns, WORDS, "社区居民花名册")[0].form.code == "residents"
    for title in ("重点人员管控台账", "社区矫正对象名册", "严重精神障碍患者名单", "信访人员稳控表", "艾滋病随访名单"):
        assert suggest(columns, WORDS, title)[0].form.never, title


def test_one_such_column_among_many_does_not_make_a_list_of_them():
    columns = recognise(["姓名", "性别", "身份证号", "住址", "联系电话", "与户主关系", "是否社区矫正"], [], WORDS)
    assert suggest(columns, WORDS, "居民信息采集表")[0].form.code == "residents"


def test_only_what_is_left_out_may_be_told_by_a_part():
    from linli.doors.intake.registers import policy

    data = copy.deepcopy(shipped()["headers"])
    assert policy._problems(data) == []
    next(one for one in data["concepts"] if one["code"] == "name")["parts"] = ["名"]
    assert "parts" in policy._problems(data)[0]
