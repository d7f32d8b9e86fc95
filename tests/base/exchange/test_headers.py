"""Headers of real and of possible forms: recognised for what they are, or left unknown; never taken for something else."""

import csv
import os
from pathlib import Path

import pytest

from linli.base.exchange.headers import assign, main_role, of_main, plain, recognise, suggest, vocabulary
from linli.base.policies.registry import shipped

WORDS = vocabulary(shipped()["headers"])
REAL = Path(os.environ.get("LINLI_REAL_DATA", Path(__file__).resolve().parents[4] / "shared" / "data")) / "forms"

# file -> (form, codes that must be recognised by their places)
FORMS = {
    "F01": ("residents", "name relation_to_head identity sex birth ethnicity dwelling_address registered_address"),
    "F03": ("residents", "name relation_to_head sex birth ethnicity dwelling_address registered_address"),
    "F05": ("residents", "household_number name identity sex age ethnicity marital registration_kind relation_to_head"),
    "F07": ("residents", "name identity sex birth ethnicity education occupation household_number relation_to_head"),
    "F09": ("volunteers", ""),
    "F11": ("party", "name"),
    "F13": ("check_in", "organisation_name unit_contact.name phone"),
    "F15": ("disputes", ""),
    "F17": ("visits", "name sex age phone"),
    "F19": ("bulletin", "sequence"),
    "F21": ("bulletin", ""),
    "F23": ("overview", ""),
    "F25": ("cases", "sequence"),
}


def codes(headers, samples=(), parents=()):
    return [column.code for column in recognise(headers, samples, WORDS, parents)]


def form_of(headers, title=""):
    found = suggest(recognise(headers, [], WORDS), WORDS, title)
    return found[0].form.code if found else ""


@pytest.mark.parametrize("name", sorted(FORMS))
def test_real_forms(name):
    path = REAL / f"{name}.csv"
    if not path.exists():
        pytest.skip("the real headers are not here")
    with path.open(encoding="utf-8-sig") as file:
        header = next(csv.reader(file))
    form, expected = FORMS[name]
    assert form_of(header) == form
    assert codes(header)[: len(expected.split())] == expected.split()


# Possible headers by what they are. Where a code is empty, the column must stay unknown.
HEADERS = {
    "name": "姓名 姓_名 D1.姓名 R1、姓名 1.姓名 (1)姓名 ①姓名 姓名* *姓名（必填） 人员姓名 居民姓名 【姓名】 您的姓名是？ H12.姓名 1姓名 XM Name 被登记人姓名 姓名：",
    "identity": "身份证号 身份证号码 公民身份号码 D3.公民身份号码 证件号码（身份证） 居民身份证号码 身份证号(18位) 证件号 本人身份证号 身份证件号码* SFZH id_card 有效证件号码",
    "sex": "性别 性_别 性别(男/女) R3.性别 4、性别 Gender 本人性别",
    "birth": "出生日期 出生年月 出生年月日 生日 出生日期（公历） D5.出生年月 出生年月（如199001） CSRQ 您的出生日期",
    "age": "年龄 年龄（周岁） 实足年龄 年_龄",
    "phone": "联系电话 手机号 手机号码 联系方式 联系电话（手机） 电话/手机 移动电话 固定电话 电话号码 LXDH 本人联系电话 手机号（必填）",
    "relation_to_head": "与户主关系 同户主关系 与户主的关系 D2.与户主关系 和户主关系",
    "household_number": "户号 户编号 户号编码 H1.户编号 所属户 家庭编号 户籍编号",
    "dwelling_address": "现住址 家庭住址 居住地址 常住地址 现居住地址（详细到门牌号） 住址 普查时点居住地 实际居住地址 租住地址 居民住址 家庭详细住址",
    "registered_address": "户籍地址 户口登记地 户籍所在地 户口所在地 D8.户口登记地",
    "room": "房号 室号 门牌号 房间号 房屋编号 户室号",
    "building": "楼栋 楼号 楼栋号 幢号 栋 所属楼栋",
    "unit": "单元 单元号",
    "compound": "小区名称 所属小区 小区 楼院名称",
    "tenure": "居住类别 住户类型 与业主关系 居住性质",
    "move_in": "入住时间 入住日期 起租时间 租赁开始时间",
    "care_mark": "是否独居 空巢 是否残疾",
    "care": "关爱对象类别 人员类别 重点人群类别 特殊群体",
    "ethnicity": "民族 D6.民族 民_族 民族（汉族/其他） 族别 MZ",
    "religion": "宗教信仰 宗教信仰（如有） 是否信教 信仰",
    "blood": "血型 血_型",
    "biometric": "指纹 人脸照片 人脸信息",
    "photo": "照片 身份证照片 身份证复印件",
    "marital": "婚姻状况 婚姻 婚否 R15.婚姻状况 R16.初婚年月 婚姻状况（已婚/未婚）",
    "politics": "政治面貌 是否党员 入党时间",
    "income": "家庭年收入 月收入（元） 收入来源 银行卡号 是否低保户 月工资 R24.主要生活来源",
    "diagnosis": "健康状况 患病情况 慢性病 既往病史 残疾类别 残疾等级 残疾证号 身体健康状况 病名 生活自理能力 D30.身体健康状况",
    "track": "近期行程 旅居史 活动轨迹",
    "record": "犯罪记录 上访记录 社区矫正 信用评分 风险等级",
    "fertility": "生育子女数 生育状况 预产期",
    "education": "文化程度 学历 受教育程度 是否识字 D11.受教育程度",
    "occupation": "职业 工作单位 就业状况 工作情况 R18.工作情况 工作单位及职务",
    "military": "兵役状况 是否退役军人",
    "guardian.name": "监护人姓名 监护人 法定监护人姓名",
    "guardian.phone": "监护人电话 监护人联系方式 监护人手机号码 监护人联系电话（必填）",
    "guardian.identity": "监护人身份证号",
    "contact.phone": "紧急联系人电话 家属联系方式 子女联系电话",
    "contact.name": "紧急联系人 紧急联系人姓名 家属姓名 子女姓名",
    "head.name": "户主姓名 户主 户主名字",
    "head.phone": "户主电话 户主联系方式",
    "owner.name": "业主姓名 产权人 房东姓名",
    "owner.phone": "业主电话 房东联系方式",
    "tenant.name": "承租人姓名 租客姓名",
    "tenant.identity": "承租人身份证号",
    "staff.phone": "网格员电话 楼栋长联系方式 网格员联系方式 调解员联系电话",
    "staff.name": "网格员姓名 楼门长 填表人 接待人 走访人",
    "organisation_name": "单位名称 企业名称 商户名称 店铺名称 机构名称 单位名称（盖章）",
    "credit_code": "统一社会信用代码 社会信用代码 统一社会信用代码/注册号 营业执照号",
    "principal.name": "法定代表人 负责人 经营者 法人代表姓名 负责人姓名",
    "principal.phone": "负责人电话 法定代表人联系方式 经营者手机",
    "organisation_address": "经营地址 单位地址 注册地址 经营场所",
    "area": "建筑面积 建筑面积（㎡） 房屋面积(平方米) 住房建筑面积",
    "sequence": "序号 No. 编号",
    "note": "备注 备注说明",
    "household_size": "家庭人口数 本户应登记人数 H3.应登记人数 人口数",
    "region_code": "社区代码 网格编码",
    "": "魔法属性 甲 第3列 办结率 纠纷类型 调解进度 楼栋数 会议主题 处理意见 满意度 发生时间 结束时间 行业分类1级 所属组织 手机品牌 "
    "接待人职务 党员数 房屋数 活动标题 参加会议情况说明表",
}  # fmt: skip
CASES = [(code, header.replace("_", " ")) for code, headers in HEADERS.items() for header in headers.split()]


@pytest.mark.parametrize(("code", "header"), CASES)
def test_possible_headers(code, header):
    assert codes([header]) == [code]


@pytest.mark.parametrize(
    ("headers", "form"),
    [
        (
            "H1.户编号 H2.户别 H3.应登记人数 H4.出生人口 H5.死亡人口 H6.住房建筑面积 H7.住房间数 H8.住房来源",
            "households",
        ),
        ("户编号 户主姓名 户主身份证号 联系电话 家庭人口 住址 是否低保", "households"),
        ("志愿者姓名 志愿者编号 性别 出生日期 身份证号 手机号 所属团队 服务类别 累计服务时长 星级", "volunteers"),
        ("走访时间 走访人 走访对象 住址 联系电话 家庭情况 反映问题 处理情况", "visits"),
        ("序号 受理时间 当事人姓名 当事人电话 纠纷类型 简要情况 调解结果 调解员", "disputes"),
        ("房东姓名 房东电话 承租人姓名 承租人身份证号 承租人电话 租住地址 起租时间 租赁到期时间", "residents"),
        ("姓名 性别 年龄 身份证号 家庭住址 是否独居 子女姓名 子女联系电话 健康状况 生活自理能力", "residents"),
        ("店铺名称 经营者 联系电话 统一社会信用代码 经营地址 从业人数", "organisations"),
        ("小区名称 楼栋号 单元数 层数 总户数 楼栋长 楼栋长电话 经度 纬度", "buildings"),
        ("小区 楼号 单元 室号 面积 房屋用途 是否出租", "dwellings"),
        ("党组织名称 书记姓名 党员人数 成立时间 换届时间", "party"),
        ("社区 响应率 解决率 满意率 得分 排名", "bulletin"),
        ("工单编号 来电人 联系电话 诉求内容 派单时间 承办单位", "cases"),
        ("会议时间 会议地点 会议主题 参会人员 议题 表决结果", "meetings"),
        ("甲 乙 丙 丁", ""),
        ("姓名", ""),
    ],
)
def test_which_form(headers, form):
    assert form_of(headers.split()) == form


def test_a_title_helps_where_headers_do_not():
    assert form_of(["姓名", "日期", "内容"]) == ""
    assert form_of(["姓名", "联系电话", "活动名称"], title="2026年志愿服务统计表") == "volunteers"


def test_values_contradict_a_header():
    """A column called 姓名 that holds numbers is not taken for names."""
    assert codes(["姓名"], [["12"], ["13"], ["14"]]) == [""]
    assert codes(["出生日期"], [["张三"], ["李四"], ["王五"]]) == [""]
    assert codes(["性别"], [["男"], ["女"], [""], ["男"]]) == ["sex"]


def test_values_speak_where_the_header_does_not():
    rows = [["11010519491231002X", "13800138000", "男"], ["440524188001010014", "13900139000", "女"]]
    assert codes(["第1列", "第2列", "第3列"], rows) == ["identity", "phone", "sex"]
    assert codes(["第1列"], [["11010519491231002X"]]) == [""], "one value proves nothing"


def test_two_lines_of_headers():
    assert codes(
        ["姓名", "电话", "姓名", "电话", "身份证号"], parents=["本人信息", "本人信息", "监护人", "监护人", "监护人"]
    ) == ["name", "phone", "guardian.name", "guardian.phone", "guardian.identity"]


def test_whose_row_it_is():
    columns = recognise(["房东姓名", "承租人姓名", "承租人电话", "租住地址"], [], WORDS)
    assert main_role(columns, WORDS) == "tenant"
    assert [column.code for column in of_main(columns, WORDS)] == ["owner.name", "name", "phone", "dwelling_address"]
    assert main_role(recognise(["姓名", "监护人姓名"], [], WORDS), WORDS) == ""
    assert main_role(recognise(["户主姓名", "户主电话"], [], WORDS), WORDS) == "head"
    assert main_role(recognise(["接待人姓名"], [], WORDS), WORDS) == ""


def test_each_column_is_used_once_and_the_best_is_taken():
    columns = recognise(["联系电话", "手机号", "地址", "监护人电话"], [], WORDS)
    fields = {"phone": ["phone"], "other": ["phone", "guardian.phone"], "address": ["dwelling_address"]}
    assert assign(columns, fields) == {"phone": 0, "other": 1, "address": 2}


def test_prefixes_brackets_and_signs_go():
    for text in (
        "D1.姓名",
        " 姓_名 ",
        "（一）姓名",
        "*姓名*",
        "姓名（必填）",
        "姓名:",
        "Ｒ１０．姓名",
        "姓\n名",
        "第三项、姓名",
    ):
        assert plain(text) == "姓名"
    assert plain("(盖章)") == "盖章"
    assert plain("") == ""


def test_words_of_the_vocabulary_do_not_quarrel():
    """A word that stands with two concepts would be decided by the order of the file."""
    seen: dict[str, str] = {}
    for concept in WORDS.concepts:
        for word in concept.words:
            assert seen.setdefault(word, concept.code) == concept.code, word


def test_everything_the_rules_forbid_is_left_out_for_good():
    never = {concept.code for concept in WORDS.concepts if concept.never}
    assert never >= {
        "ethnicity", "religion", "blood", "biometric", "photo", "marital", "politics", "income", "diagnosis", "track",
    }  # fmt: skip
    assert all(concept.never.endswith("。") for concept in WORDS.concepts if concept.never)
