"""The category suggestions: what they answer, what a model may be, and how one is trained."""

import csv
import json
import os
import random
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from linli.matters.cases import classifier
from linli.matters.cases.classifier import evaluate, pairs, recipe, sheet
from linli.matters.cases.classifier.grams import grams
from linli.matters.cases.classifier.measure import bands, macro_f1, quality
from linli.matters.cases.classifier.model import ARRAYS, DESCRIPTION, BrokenModel, Model, pack, quantise, read, write
from linli.matters.cases.classifier.train import told, train_office, train_shipped
from linli.matters.cases.classifier.training import CannotTrain, Example, train
from linli.matters.cases.demo_texts import invent, sources

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
HEATING = "暖气不热，屋里只有十四度，老人孩子都冻感冒了，供热公司测了温就没下文"


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An office without a model of its own, and nothing remembered from another test."""
    folder = tmp_path / "own"
    monkeypatch.setenv("LINLI_CLASSIFIER", str(folder))
    monkeypatch.setattr(classifier, "_held", classifier._Held())
    return folder


def small(categories: tuple[str, ...] = ("utilities.heating", "traffic.parking"), each: int = 20) -> Model:
    examples = recipe.letters("all", each, "small", categories)
    return train(examples, recipe="small", now=NOON, threshold=0.6).model


class TestSuggesting:
    def test_the_likeliest_comes_first_with_its_reasons(self) -> None:
        first, *others = classifier.suggest(HEATING)
        assert first.code == "utilities.heating"
        assert 0.8 < first.confidence <= 1
        assert "暖气" in first.because
        assert all(reason in HEATING for reason in first.because)
        assert [other.confidence for other in others] == sorted((o.confidence for o in others), reverse=True)
        assert len(others) == 2

    def test_the_top_level_adds_up_its_children(self) -> None:
        top = classifier.suggest_top("水管爆了，路上全是水，也不知道找自来水公司还是市政")
        assert top is not None
        children = classifier.suggest("水管爆了，路上全是水，也不知道找自来水公司还是市政", count=99)
        of_it = [child.confidence for child in children if child.code.startswith(f"{top.code}.")]
        assert top.confidence == pytest.approx(sum(of_it), abs=1e-5)
        assert top.confidence > max(of_it)

    def test_all_confidences_add_up_to_one(self) -> None:
        everything = classifier.suggest(HEATING, count=1000)
        assert len(everything) == len(sources())
        assert sum(suggestion.confidence for suggestion in everything) == pytest.approx(1, abs=1e-4)

    @pytest.mark.parametrize("text", ["", "   ", "😀🔥", "\x00", "\ud800", "𠮷", "123 456", "13800000000", "x"])
    def test_what_says_nothing_gets_no_suggestion(self, text: str) -> None:
        assert classifier.suggest(text) == []
        assert classifier.suggest_top(text) is None

    def test_odd_characters_do_not_disturb(self) -> None:
        assert classifier.suggest("𠮷祥里😡😡暖气\u200b不热\x00屋里冰凉")[0].code == "utilities.heating"

    def test_a_hundred_thousand_characters_cost_no_more_than_a_long_letter(self) -> None:
        text = HEATING * 3000
        assert len(text) > 100_000
        classifier.suggest(text)
        start = time.process_time()
        assert classifier.suggest(text)[0].code == "utilities.heating"
        assert time.process_time() - start < 0.05

    def test_a_letter_takes_under_two_milliseconds(self) -> None:
        letters = [invent(number).text for number in range(200)]
        classifier.suggest(letters[0])
        spent = []
        for letter in letters:
            start = time.process_time()
            classifier.suggest(letter)
            spent.append(time.process_time() - start)
        assert sorted(spent)[len(spent) // 2] < 0.002

    def test_two_words_are_less_sure_than_a_letter(self) -> None:
        brief, whole = (
            classifier.suggest("停电"),
            classifier.suggest("停电了，从下午停到半夜，冰箱里的菜全坏了，打供电电话没人接"),
        )
        assert brief[0].code == whole[0].code == "utilities.power"
        assert brief[0].confidence < whole[0].confidence

    @given(st.text(alphabet=st.characters(), max_size=80))
    def test_any_text_is_accepted(self, text: str) -> None:
        for suggestion in classifier.suggest(text):
            assert 0 <= suggestion.confidence <= 1
            assert suggestion.code in sources()

    def test_no_digit_and_no_rare_word_is_kept_from_a_letter(self) -> None:
        assert "000" not in grams("电话13800000000")
        assert not any(character in "12345678" for gram in grams("我住3号楼12单元") for character in gram)
        model = small()
        assert not any("姓赵名" in gram for gram in model.vocabulary)


def test_the_web_process_needs_neither_scikit_learn_nor_much_memory() -> None:
    """In a fresh process: what gets imported, and how much memory a loaded model takes beyond numpy."""
    script = """
import json, os, sys
import numpy
def memory():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
import logging, hashlib, json, zipfile, unicodedata
before = memory()
from linli.matters.cases import classifier
code = classifier.suggest("暖气不热，屋里冰凉")[0].code
taken = memory() - before
unwanted = ("sklearn", "scipy", "joblib", "python_calamine", "django")
heavy = [name for name in sys.modules if name.split(".")[0] in unwanted]
print(json.dumps([code, taken, heavy]))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[3]
    )
    code, taken, heavy = json.loads(done.stdout)
    assert code == "utilities.heating"
    assert taken < 15 * 1024 * 1024
    assert heavy == []


class TestTheShippedModel:
    def test_it_is_small_and_made_of_today_s_material(self) -> None:
        assert (classifier.SHIPPED / ARRAYS).stat().st_size < 3 * 1024 * 1024
        described = read(classifier.SHIPPED).description
        assert described["material_sha256"] == recipe.material(), "run: linli cases.train --shipped"
        assert described["recipe"] == recipe.NAME
        assert set(described["labels"]) == set(sources())
        assert sum(described["counts"].values()) == described["letters"] > 20_000

    def test_it_is_right_on_letters_it_has_not_seen(self) -> None:
        """Other letters than those of its training; frames it knows, so this only guards against a broken file."""
        rng = random.Random("unseen")
        letters = [invent(rng, category) for category in sources() for _ in range(4)]
        right = [classifier.suggest(letter.text)[0].code == letter.category for letter in letters]
        assert np.mean(right) > 0.85

    def test_real_letters(self) -> None:
        letters = evaluate.real_letters("norm_class")
        if not letters:
            pytest.skip("no real letters here (LINLI_REAL_DATA)")
        at = evaluate.measured(evaluate.answers(read(classifier.SHIPPED), letters, evaluate.mapping("norm_class")))
        assert at.accuracy > 0.78
        assert at.top_three > 0.92
        assert at.precision > 0.84
        assert at.coverage > 0.7


class TestStoring:
    def test_what_is_written_is_read_again(self, tmp_path: Path) -> None:
        model = small()
        write(model, tmp_path)
        again = read(tmp_path)
        assert again.labels == model.labels
        assert again.ranked(HEATING, 2) == model.ranked(HEATING, 2)
        assert sorted(path.name for path in tmp_path.iterdir()) == sorted([ARRAYS, DESCRIPTION])

    def test_the_same_letters_give_the_same_bytes_in_any_order(self) -> None:
        examples = recipe.letters("all", 12, "order", ("utilities.gas", "noise.home", "welfare.pension"))
        backwards = train(examples[::-1], recipe="order", now=NOON, threshold=0.6).model
        assert pack(train(examples, recipe="order", now=NOON, threshold=0.6).model) == pack(backwards)

    def test_bytes_instead_of_floats_change_little(self) -> None:
        rng = np.random.default_rng(1)
        weights = rng.normal(size=(500, 7))
        small_ones, scales = quantise(weights)
        assert small_ones.dtype == np.int8
        assert np.abs(small_ones * scales - weights).max() <= scales.max() / 2 + 1e-6

    @pytest.mark.parametrize("harm", ["missing", "cut", "swapped", "format", "words", "number", "labels", "pickle"])
    def test_a_harmed_model_is_refused(self, tmp_path: Path, harm: str) -> None:
        write(small(), tmp_path)
        arrays, description = tmp_path / ARRAYS, tmp_path / DESCRIPTION
        described = json.loads(description.read_text())
        if harm == "missing":
            arrays.unlink()
        elif harm == "cut":
            arrays.write_bytes(arrays.read_bytes()[:-200])
        elif harm == "swapped":
            arrays.write_bytes(pack(small(("noise.home", "noise.social"))))
        elif harm == "words":
            description.write_text("{not json")
        elif harm == "pickle":
            np.savez(arrays, vocabulary=np.array([{"a": 1}], dtype=object))
            description.write_text(json.dumps(described | {"arrays_sha256": _digest(arrays)}))
        else:
            change = {"format": {"format": 9}, "number": {"temperature": float("nan")}, "labels": {"labels": ["one"]}}
            description.write_text(json.dumps(described | change[harm]))
        with pytest.raises(BrokenModel):
            read(tmp_path)

    def test_an_archive_that_unpacks_to_gigabytes_is_refused(self, tmp_path: Path) -> None:
        write(small(), tmp_path)
        np.savez_compressed(tmp_path / ARRAYS, weights=np.zeros((70, 1024, 1024), np.int8))
        described = json.loads((tmp_path / DESCRIPTION).read_text())
        (tmp_path / DESCRIPTION).write_text(json.dumps(described | {"arrays_sha256": _digest(tmp_path / ARRAYS)}))
        with pytest.raises(BrokenModel, match="unpacks"):
            read(tmp_path)

    def test_an_office_s_model_is_used_and_a_broken_one_is_not(
        self, own_folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setattr(classifier, "FRESH_SECONDS", 0.0)
        assert len(classifier.in_force().labels) == len(sources())
        write(small(), own_folder)
        assert classifier.in_force().labels == ("traffic.parking", "utilities.heating")
        assert classifier.in_force() is classifier.in_force()
        (own_folder / ARRAYS).write_bytes(b"not a model")
        later = time.time() + 60
        os.utime(own_folder / DESCRIPTION, (later, later))
        with caplog.at_level("WARNING"):
            assert classifier.in_force().labels == ("traffic.parking", "utilities.heating")


def _digest(path: Path) -> str:
    import hashlib

    return hashlib.sha256(path.read_bytes()).hexdigest()


class TestTraining:
    def test_two_categories_are_told_apart(self) -> None:
        model = small()
        assert model.ranked("暖气片冰凉，供热站电话没人接", 1)[0][0] == "utilities.heating"
        assert model.ranked("晚上回来小区里没有停车位", 1)[0][0] == "traffic.parking"

    def test_a_category_with_too_few_letters_is_left_out_and_named(self) -> None:
        examples = recipe.letters("all", 10, "few", ("noise.home", "noise.social"))
        examples += [Example(f"楼道里堆满了纸箱第{number}层", "sanitation.clutter") for number in "一二三"]
        trained = train(examples, recipe="few", now=NOON, threshold=0.6)
        assert trained.dropped == {"sanitation.clutter": 3}
        assert trained.model.labels == ("noise.home", "noise.social")

    @pytest.mark.parametrize(
        "examples",
        [
            [],
            [Example(f"楼上漏水{number}", "neighbours.leak") for number in range(50)],
            [Example("完全一样的一句话", code) for code in ("a.b", "c.d") for _ in range(50)],
            [Example(f"{'😀' * number}", code) for code in ("a.b", "c.d") for number in range(1, 9)],
        ],
    )
    def test_too_little_is_refused_in_words(self, examples: list[Example]) -> None:
        with pytest.raises(CannotTrain, match=r"两个分类|足够的文字"):
            train(examples, recipe="none", now=NOON, threshold=0.6)

    def test_the_description_says_how_it_came_about(self) -> None:
        described = small().description
        assert described["trained_at"] == "2026-03-02T04:00:00+00:00"
        assert described["counts"].keys() == {"utilities.heating", "traffic.parking"}
        assert len(described["training_sha256"]) == 64
        assert 0 <= described["measured"]["accuracy"] <= 1

    def test_the_shipped_recipe_keeps_its_date_while_nothing_changes(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The whole recipe with few letters: it takes a minute with all of them."""
        monkeypatch.setattr(recipe, "LETTERS_EACH", 8)
        monkeypatch.setattr(recipe, "CHECK_EACH", 4)
        first = train_shipped(tmp_path, now=NOON, threshold=0.6)
        train_shipped(tmp_path, now=NOON.replace(year=2027), threshold=0.6)
        assert read(tmp_path).description["trained_at"] == "2026-03-02T04:00:00+00:00"
        assert len(first.model.labels) == len(sources())
        assert len(told(first.measured)) == 5
        assert (tmp_path / pairs.COMMONPLACES.name).is_file()

    def test_commonplaces_are_said_of_everything_and_matters_are_not(self) -> None:
        examples = [Example(f"谢谢领导，{number}号的事", code) for number, code in enumerate(sources())]
        examples += [Example("暖气不热", code) for code in list(sources())[:10]]
        common = recipe.commonplaces(examples)
        assert {"谢谢", "领导", "号的", "的事"} <= set(common)
        assert "暖气" not in common


class TestAnOfficesOwnLetters:
    NAMES = {"停车": "traffic.parking", "供暖": "utilities.heating", "traffic.parking": "traffic.parking"}

    def rows(self, each: int = 15) -> list[list[str]]:
        kinds = [("停车", "traffic.parking"), ("供暖", "utilities.heating")]
        return [[invent(n, code).title, invent(n, code).text, name] for name, code in kinds for n in range(each)]

    def test_a_sheet_of_excel(self, tmp_path: Path) -> None:
        path = tmp_path / "letters.xlsx"
        with xlsxwriter.Workbook(path) as book:
            page = book.add_worksheet()
            for number, row in enumerate([["标题", "诉求内容", "分类"], *self.rows()]):
                page.write_row(number, 0, row)
        found = sheet.read(path, self.NAMES)
        assert len(found.examples) == 30
        assert {example.category for example in found.examples} == {"traffic.parking", "utilities.heating"}
        assert found.examples[0].text == "。".join(self.rows()[0][:2])

    def test_a_csv_in_gbk_with_rows_that_cannot_be_used(self, tmp_path: Path) -> None:
        path = tmp_path / "letters.csv"
        spoilt = [["", "有内容没分类的一行", ""], ["", "分类写错的一行", "不存在"], ["", "短", "停车"]]
        _write(path, [["标题", "内容", "分类"], *self.rows(), *spoilt], "gb18030")
        found = sheet.read(path, self.NAMES)
        assert len(found.examples) == 30
        assert found.skipped == {"没有分类": 1, "不认识的分类“不存在”": 1, "没有内容": 1}

    def test_columns_can_be_named(self, tmp_path: Path) -> None:
        path = tmp_path / "letters.csv"
        _write(path, [["x", "y"], *[[text, name] for _, text, name in self.rows()]])
        assert len(sheet.read(path, {}, text="x", category="y").examples) == 30
        with pytest.raises(CannotTrain, match="找不到来信内容的列"):
            sheet.read(path, {})

    @pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", "内容,分类\n".encode()])
    def test_an_empty_or_foreign_file_is_refused(self, tmp_path: Path, content: bytes) -> None:
        path = tmp_path / "letters.csv"
        path.write_bytes(content)
        with pytest.raises(CannotTrain):
            train_office(path, tmp_path / "model", self.NAMES, now=NOON, threshold=0.6)
        assert not (tmp_path / "model").exists()

    def test_own_letters_beside_invented_ones(self, tmp_path: Path, own_folder: Path) -> None:
        """An office's own wording is learnt, and a category it has no letter of is still known."""
        path = tmp_path / "letters.csv"
        own = [[f"第{number}网格报：热力站循环泵异响{number}次", "供暖"] for number in "一二三四五六七八九十"]
        own += [[f"第{number}网格报：路侧泊位地桩{number}处", "停车"] for number in "一二三四五六七八九十"]
        _write(path, [["内容", "分类"], *own])
        names = self.NAMES | {"电梯": "property.elevator"}
        trained, found = train_office(path, own_folder, names, now=NOON, threshold=0.6, invented_each=25)
        assert len(found.examples) == 20
        assert trained.measured.letters == 4
        assert classifier.suggest("热力站循环泵异响")[0].code == "utilities.heating"
        assert classifier.suggest("路侧泊位地桩")[0].code == "traffic.parking"
        assert classifier.suggest("电梯坏了没人修，老人下不了楼")[0].code == "property.elevator"
        assert read(own_folder).description["own_letters"] == 20

    def test_alone_only_the_file_counts(self, tmp_path: Path, own_folder: Path) -> None:
        path = tmp_path / "letters.csv"
        _write(path, [["内容", "分类"], *[[text, name] for _, text, name in self.rows()]])
        train_office(path, own_folder, {}, now=NOON, threshold=0.6, alone=True)
        assert read(own_folder).labels == ("供暖", "停车")


def _write(path: Path, rows: list[list[str]], encoding: str = "utf-8") -> None:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(rows)


class TestMeasuring:
    def test_by_hand(self) -> None:
        truth = ["a", "a", "b", "c"]
        ranked = [["a", "b"], ["b", "a"], ["b", "a"], []]
        at = quality(truth, ranked, [0.9, 0.7, 0.5, 0.0], 0.6)
        assert (at.letters, at.accuracy, at.top_three, at.coverage, at.precision) == (4, 0.5, 0.75, 0.5, 0.5)
        # a: one of one named, one of two found, so 2/3; b: one of two named, found, 2/3; c: never named, 0.
        assert at.macro_f1 == pytest.approx((2 / 3 + 2 / 3 + 0) / 3)
        assert at.calibration_error == pytest.approx((0.1 + 0.7 + 0.5 + 0) / 4)

    def test_bands_put_certainty_into_the_last(self) -> None:
        assert bands(np.array([1.0, 0.95]), np.array([True, False])) == [(0.9, 2, 0.975, 0.5)]

    def test_nothing_to_measure(self) -> None:
        with pytest.raises(ValueError, match="nothing"):
            quality([], [], [], 0.5)
        assert macro_f1(["a"], ["b"]) == 0
