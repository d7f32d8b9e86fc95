"""The filter bar that is kept: the same for the same regions, another as soon as anything it is made of is another."""

import pytest
from django.http import QueryDict
from django.utils import translation

from linli.base.actor import Actor, system
from linli.base.clockwork import frozen
from linli.base.scope import enter
from linli.matters.cases.forms.bar import bar_for
from linli.places.regions import locating
from linli.places.regions.models import Region
from tests.cast import GRID, HERE, MONDAY, Cast
from tests.matters.cases.stories import dispatched

pytestmark = pytest.mark.django_db


def asked(query: str = "tab=open") -> QueryDict:
    return QueryDict(query)


def regions(bar) -> list[str]:
    (view,) = [one for one in bar.views if one.name == "region"]
    return [choice.value for choice in view.choices if choice.value]


def test_those_of_the_same_regions_share_one_and_nobody_else(cast: Cast) -> None:
    one = bar_for(asked(), cast.dispatcher)
    twin = Actor(kind="person", account_id=-1, regions=cast.dispatcher.regions)
    assert bar_for(asked(), twin) is one
    assert not set(regions(bar_for(asked(), cast.neighbour))) & set(regions(bar_for(asked(), cast.secretary)))
    assert bar_for(asked("tab=open&due=over"), twin).chosen["due"] == "over"


def test_long_words_are_not_kept(cast: Cast) -> None:
    query = "q=" + "x" * 90
    assert bar_for(asked(query), cast.dispatcher) is not bar_for(asked(query), cast.dispatcher)


def test_it_follows_the_language_and_the_regions(cast: Cast) -> None:
    before = bar_for(asked(), cast.dispatcher)
    with translation.override("en"):
        assert bar_for(asked(), cast.dispatcher).views[1].label != before.views[1].label
    enter(system("test"))
    Region.objects.filter(code=GRID).update(name="换了名字的网格", short_name="换了名字")
    locating.forget()
    after = bar_for(asked(), cast.dispatcher)
    named = {c.label.strip() for view in after.views if view.name == "region" for c in view.choices}
    assert "换了名字" in named or "换了名字的网格" in named


def test_the_page_shows_to_each_their_own(cast: Cast) -> None:
    for query in ("tab=open", "tab=open&sort=opened", "tab=open&q=灯"):
        for who in ("dispatcher", "neighbour", "dispatcher"):
            page = cast.client(who).get(f"/cases/?{query}").content.decode()
            assert (f'<option value="{HERE}"' in page) is (who == "dispatcher")
            assert ('name="sort" value="opened"' in page) is ("sort" in query)
            assert ('value="灯"' in page) is ("灯" in query)


def test_what_people_wrote_is_escaped_in_the_rows(cast: Cast) -> None:
    with frozen(MONDAY):
        dispatched(cast, title="<b>灯</b> & \"'", place_text="<i>三号楼</i>")
    page = cast.client("dispatcher").get("/cases/?tab=open").content.decode()
    assert "&lt;b&gt;灯&lt;/b&gt; &amp; &#34;&#39;" in page
    assert "&lt;i&gt;三号楼&lt;/i&gt;" in page
    assert "<b>灯" not in page and "<i>三号楼" not in page
