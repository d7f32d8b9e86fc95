"""Identity numbers, credit codes and telephone numbers: as people write them, and as they go wrong."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.base.exchange import identifiers
from linli.base.exchange.identifiers import credit_code, identity_number, own_phone, phone

WOMAN = "11010519491231002X"
MAN = "440524188001010014"


def test_what_an_identity_number_says():
    found = identity_number(WOMAN)
    assert (found.birth, found.sex, found.region, found.number) == (date(1949, 12, 31), "2", "110105", WOMAN)
    assert identity_number(MAN).sex == "1"
    assert WOMAN not in repr(found)


@pytest.mark.parametrize(
    "text",
    [
        "11010519491231002x",
        " 11010519491231002X ",
        "'11010519491231002X",
        "１１０１０５１９４９１２３１００２Ｘ",
        "110105 19491231 002X",
        "110105-19491231-002X",
        "\ufeff11010519491231002X\u200b",
    ],
)
def test_other_spellings_of_one_number(text):
    assert identity_number(text).number == WOMAN


def test_the_old_form_becomes_the_new_one():
    found = identity_number("110105491231002")
    assert found.number == WOMAN
    assert found.birth == date(1949, 12, 31)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "18 位"),
        ("1101051949123100", "18 位"),
        ("110105194912310021", "校验码"),
        ("11010519491231002Y", "末位"),
        ("1101051949I231002X", "数字"),
        ("00010519491231002X", "行政区划"),
        ("990105194912310020", "行政区划"),
        ("110105194902300020", "不存在"),
        ("110105191300000020", "不存在"),
        ("110105170012310020", "不可能"),
        ("110105490230002", "不存在"),
        ("不详", "18 位"),
    ],
)
def test_wrong_identity_numbers(text, reason):
    with pytest.raises(ValueError, match=reason) as refused:
        identity_number(text)
    assert len(text) < 15 or text not in str(refused.value)


def test_nobody_is_born_tomorrow():
    assert identity_number(WOMAN, today=date(1949, 12, 31)).birth == date(1949, 12, 31)
    with pytest.raises(ValueError, match="不可能"):
        identity_number(WOMAN, today=date(1949, 12, 30))


@given(
    st.sampled_from(sorted(identifiers.PROVINCES)),
    st.integers(101, 9999),
    st.dates(date(1900, 1, 1), date(2026, 1, 1)),
    st.integers(0, 999),
)
def test_one_wrong_sign_or_two_exchanged_are_noticed(province, county, birth, order):
    """What the check sign is for. Exchanged neighbours differ in the sum unless the signs are equal."""
    weights = [pow(2, 17 - place, 11) for place in range(17)]  # the standard's own formula, not the table
    body = f"{province}{county:04d}{birth:%Y%m%d}{order:03d}"
    sign = "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]
    assert identity_number(body + sign).birth == birth
    for place in range(17):
        changed = body[:place] + str((int(body[place]) + 1) % 10) + body[place + 1 :]
        with pytest.raises(ValueError, match="身份证号"):
            identity_number(changed + sign)
    for place in range(16):
        if body[place] != body[place + 1]:
            swapped = body[:place] + body[place + 1] + body[place] + body[place + 2 :]
            with pytest.raises(ValueError, match="身份证号"):
                identity_number(swapped + sign)


@pytest.mark.parametrize("code", ["91350100M000100Y43", "91110000101623741K", "911101066976941872"])
def test_credit_codes_that_are_right(code):
    assert credit_code(code) == code
    assert credit_code(f" {code.lower()} ") == code


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("91350211M0000XUF46", "校验码"),
        ("91350100M000100Y44", "校验码"),
        ("91350100M000100Y4", "17 位"),
        ("9135O100M000100Y43", "O"),
        ("91350100M000100I43", "I"),
        ("91AB0100M000100Y43", "区划"),
        ("", "18 位"),
    ],
)
def test_wrong_credit_codes(code, reason):
    with pytest.raises(ValueError, match=reason):
        credit_code(code)


def test_a_sum_divisible_by_31_has_the_check_sign_0():
    """The modulus trap: 31 - 0 = 31 has no sign; it is 0."""
    signs = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    found = []
    for order in range(2000):
        body = f"91110105MA{order:07d}"
        total = sum(signs.index(sign) * pow(3, place, 31) for place, sign in enumerate(body))
        if total % 31 == 0:
            found.append(credit_code(body + "0"))
    assert len(found) > 30


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("13800138000", "13800138000"),
        ("138 0013 8000", "13800138000"),
        ("138-0013-8000", "13800138000"),
        ("+86 13800138000", "13800138000"),
        ("+8613800138000", "13800138000"),
        ("0086-138-0013-8000", "13800138000"),
        ("8613800138000", "13800138000"),
        ("13100086123", "13100086123"),
        ("131 0008 6123", "13100086123"),
        ("１３８００１３８０００", "13800138000"),
        ("010-65321234", "010-65321234"),
        ("01065321234", "010-65321234"),
        ("(010)65321234", "010-65321234"),
        ("（0971）6123456", "0971-6123456"),
        ("0971 6123456", "0971-6123456"),
        ("0971-6123456-801", "0971-6123456-801"),
        ("0971-6123456转801", "0971-6123456-801"),
        ("+86-10-65321234", None),
        ("+86 010 65321234", "010-65321234"),
        ("02165321234", "021-65321234"),
        ("12345", "12345"),
        ("110", "110"),
        ("95598", "95598"),
        ("400-810-1234", "4008101234"),
        ("6123456", None),
        ("1380013800", None),
        ("12800138000", None),
        ("1380013800a", None),
        ("无", None),
        ("", None),
        ("11010519491231002X", None),
    ],
)
def test_telephone_numbers(text, expected):
    if expected is None:
        with pytest.raises(ValueError, match=r"号|电话"):
            phone(text)
    else:
        assert phone(text) == expected


def test_nobodys_own_number_is_a_service_line():
    assert own_phone("138-0013-8000") == "13800138000"
    for service in ("12345", "110", "95588", "400-1234567"):
        assert phone(service)
        with pytest.raises(ValueError, match="服务热线"):
            own_phone(service)
