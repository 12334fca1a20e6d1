"""The API answers what the records say, as it is described, and says what is wrong with a request."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import ClientSession
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from streams.dashboard import items, openapi
from streams.dashboard.endpoints import ENDPOINTS, PREFIX
from streams.dashboard.parameters import PARAMETERS
from streams.dashboard.positions import Spot
from streams.dashboard.problems import TYPES
from tests.dashboards import TOPICS, add, alert, article, fill, sample, serving, story


if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from streams.dashboard.server import Dashboard


class Client:
    """Asks a dashboard that serves the sample."""

    def __init__(self, dashboard: Dashboard, session: ClientSession) -> None:
        self.dashboard = dashboard
        self.session = session

    async def get(self, path: str, status: int = 200, /, **query: Any) -> Any:  # noqa: ANN401 - JSON
        """Return an answer, which has to be of that status and as it is described."""
        async with self.session.get(self.dashboard.address + PREFIX + path, params=query) as response:
            answer = await response.json(content_type=None)
            assert response.status == status, answer
            kind = "application/json" if status == 200 else "application/problem+json"
            assert response.content_type == kind
            check(path, status, answer)
            return answer

    async def all(self, path: str, **query: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - parameters
        """Return all items of a list, page by page."""
        found: list[dict[str, Any]] = []
        cursor: str | None = ""
        while cursor is not None:
            page = await self.get(path, cursor=cursor, **{"limit": 200, **query})
            found += page["items"]
            cursor = page["next"]
        return found


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    """Give a client of a dashboard that holds the sample, and a story."""
    async with serving() as dashboard, ClientSession() as session:
        fill(dashboard.store)
        add(dashboard.store, "story", _story())
        yield Client(dashboard, session)


@pytest.fixture
async def empty() -> AsyncIterator[Client]:
    """Give a client of a dashboard that holds nothing."""
    async with serving() as dashboard, ClientSession() as session:
        yield Client(dashboard, session)


def _story() -> dict[str, Any]:
    [first, *_] = sample().articles
    return story(articles=(first,))


@cache
def document() -> dict[str, Any]:
    """Return the description of the API."""
    found: dict[str, Any] = json.loads(openapi.document())
    return found


@cache
def _schemas() -> Registry[Any]:
    resource = Resource.from_contents(document(), default_specification=DRAFT202012)
    found: Registry[Any] = Registry().with_resource("urn:api", resource)
    return found


def check(path: str, status: int, answer: object) -> None:
    """Check an answer against its schema in the description."""
    name = next(
        f"{PREFIX}{endpoint.path}"
        for endpoint in sorted(ENDPOINTS, key=lambda one: "{id}" in one.path)
        if _is_of(path, endpoint.path)
    )
    responses = document()["paths"][name]["get"]["responses"]
    [content] = responses[str(status)]["content"].values()
    schema = json.loads(json.dumps(content["schema"]).replace("#/components", "urn:api#/components"))
    Draft202012Validator(schema, registry=_schemas()).validate(answer)


def _is_of(path: str, pattern: str) -> bool:
    parts, wanted = path.split("/"), pattern.split("/")
    return len(parts) == len(wanted) and all(
        other in {one, "{id}"} for one, other in zip(parts, wanted, strict=True)
    )


def test_the_description_is_openapi_3_1() -> None:
    """Validated by a library; it names every parameter and every problem there is."""
    described = document()
    validate(described)
    named = {
        parameter["name"]
        for path in described["paths"].values()
        for parameter in path["get"].get("parameters", [])
        if parameter["in"] == "query"
    }
    assert named == set(PARAMETERS)
    text = json.dumps(described["paths"])
    assert [name for name in TYPES if f"`{name}`" not in text] == ["method-not-allowed"]


async def test_the_description_has_exactly_what_is_served(empty: Client) -> None:
    """Each path, and no other one."""
    served = {
        resource.canonical
        for resource in empty.dashboard.app().router.resources()
        if resource.canonical.startswith(PREFIX)
    }
    assert served == set((await empty.get("/openapi.json"))["paths"])


@pytest.mark.parametrize(
    "path",
    ["/articles", "/alerts", "/stories", "/dead-letters", "/facets", "/series", "/map", "/stats", "/meta"],
)
async def test_each_answer_is_as_it_is_described(client: Client, path: str) -> None:
    """Also where nothing is found."""
    await client.get(path)
    if path not in {"/stats", "/meta"}:
        await client.get(path, q="nowhere in any of them")


async def test_an_item_is_the_record_as_it_stands_on_its_topic(client: Client) -> None:
    """Every field, known here or not, unchanged."""
    for id_, value in list(sample().articles.items())[::9]:
        assert (await client.get(f"/articles/{id_}"))["article"] == json.loads(value)
    for id_, value in list(sample().alerts.items())[::9]:
        assert (await client.get(f"/alerts/{id_}"))["alert"] == json.loads(value)
    assert (await client.get("/stories/s"))["story"] == _story()


async def test_an_article_knows_its_alerts_and_its_stories(client: Client) -> None:
    """Ids, and the highest severity of the alerts."""
    alerts = [json.loads(value) for value in sample().alerts.values()]
    order = ["low", "medium", "high", "critical"]
    for item in await client.all("/articles"):
        own = [one for one in alerts if one["article_id"] == item["id"]]
        assert set(item["alerts"]) == {one["id"] for one in own}
        assert item["severity"] == max((one["severity"] for one in own), key=order.index, default=None)
    [first, *_] = sample().articles
    assert (await client.get(f"/articles/{first}"))["stories"] == ["s"]


async def test_pages_of_any_size_give_the_whole_list_once_newest_first(client: Client) -> None:
    """Whatever the limit."""
    whole = await client.all("/articles")
    assert Counter(item["id"] for item in whole) == Counter(sample().articles.keys())
    times = [item["time"] for item in whole]
    assert times == sorted(times, reverse=True)
    for limit in (1, 7, 50):
        assert await client.all("/articles", limit=limit) == whole


async def test_what_comes_meanwhile_shifts_no_page_and_a_cursor_outlives_a_restart(client: Client) -> None:
    """A cursor is a place in time, not a count, and is understood by another server of the same topics."""
    first = await client.get("/articles", limit=10)
    rest = await client.all("/articles")
    add(client.dashboard.store, "article", article("new"), time=2_000_000_000_000)
    second = await client.get("/articles", limit=10, cursor=first["next"])
    assert [item["id"] for item in second["items"]] == [item["id"] for item in rest[10:20]]
    async with serving() as other:
        fill(other.store)
        again = await Client(other, client.session).get("/articles", limit=10, cursor=first["next"])
        assert [item["id"] for item in again["items"]] == [item["id"] for item in second["items"]]


FILTERS: dict[str, tuple[dict[str, str], Callable[[dict[str, Any]], bool]]] = {
    "a language": ({"language": "uk"}, lambda one: one["language"]["code"] == "uk"),
    "two languages": ({"language": "uk,zh-cn"}, lambda one: one["language"]["code"] in {"uk", "zh-cn"}),
    "a category": (
        {"category": "air_strike"},
        lambda one: "air_strike" in _all(one, "categories", "category"),
    ),
    "a country": ({"country": "sd"}, lambda one: "SD" in _all(one, "places", "country")),
    "a kind of figure": ({"kind": "killed"}, lambda one: "killed" in _all(one, "figures", "kind")),
    "a source": (
        {"source": "NORDWIND nachrichten"},
        lambda one: (one["source"] or {}).get("name") == "Nordwind Nachrichten",
    ),
    "no conflict": ({"conflict": "false"}, lambda one: not one["conflict"]["value"]),
    "a word": ({"q": "Drone"}, lambda one: "drone" in one["text"].casefold()),
    "a severity": (
        {"severity": "critical,high"},
        lambda one: bool({"critical", "high"} & _alerts(one, "severity")),
    ),
    "a rule": ({"rule": "mass_casualties"}, lambda one: "mass_casualties" in _alerts(one, "rule")),
    "language and kind": (
        {"language": "en", "kind": "killed"},
        lambda one: one["language"]["code"] == "en" and "killed" in _all(one, "figures", "kind"),
    ),
}


def _all(one: dict[str, Any], list_: str, key: str) -> set[str]:
    return {part[key] for part in one[list_]}


def _alerts(one: dict[str, Any], key: str) -> set[str]:
    alerts = map(json.loads, sample().alerts.values())
    return {found[key] for found in alerts if found["article_id"] == one["id"]}


@pytest.mark.parametrize("name", FILTERS)
async def test_a_filter_gives_exactly_the_records_that_are_so(client: Client, name: str) -> None:
    """Judged by the records themselves, for lists, counts, series and the map alike."""
    query, is_so = FILTERS[name]
    wanted = {id_ for id_, value in sample().articles.items() if is_so(json.loads(value))}
    assert wanted
    assert wanted != set(sample().articles)
    assert {item["id"] for item in await client.all("/articles", **query)} == wanted
    assert (await client.get("/facets", 200, **query))["total"] == len(wanted)
    series = await client.get("/series", 200, **query, step="day")
    assert sum(point["articles"] for point in series["points"]) == len(wanted)


async def test_words_of_any_script_are_found_and_quotes_keep_them_together(client: Client) -> None:
    """Case and width do not matter; what has no case is found as it is written."""
    add(
        client.dashboard.store,
        "article",
        article("wide", text="ＮＡＴＯ said 12 ПОГИБШИХ, 空袭, غارة جوية", title_end=0),
    )
    for words in ("nato", "погибших", "空袭", "غارة", '"غارة جوية"', '"nato said" 12'):
        assert "wide" in {item["id"] for item in await client.all("/articles", q=words)}, words
    assert await client.all("/articles", q='"said nato"', source="Example Daily") == []


async def test_a_facet_counts_what_its_values_would_give(client: Client) -> None:
    """Each value, chosen beside the other filters; its own filter aside."""
    facets = await client.get("/facets", language="en")
    for name in ("category", "country", "kind", "rule", "severity"):
        for entry in facets[name][:5]:
            found = await client.all("/articles", language="en", **{name: entry["value"]})
            assert len(found) == entry["count"], (name, entry)
    assert {entry["value"] for entry in facets["language"]} > {"en"}


async def test_a_series_adds_up_to_the_records(client: Client) -> None:
    """Articles, those of conflict, alerts by severity, and the largest figure of each article."""
    articles = [json.loads(value) for value in sample().articles.values()]
    for step in ("minute", "hour", "day"):
        series = await client.get("/series", step=step)
        points = series["points"]
        assert [point["start"] for point in points] == sorted({point["start"] for point in points})
        assert sum(point["articles"] for point in points) == len(articles)
        assert sum(point["conflict"] for point in points) == sum(one["conflict"]["value"] for one in articles)
        assert sum(sum(point["severities"].values()) for point in points) == len(sample().alerts)
        killed = [
            max(lows)
            for one in articles
            if (
                lows := [
                    figure["low"] or (figure["value"] if figure["high"] is None else 0)
                    for figure in one["figures"]
                    if (figure["kind"], figure["status"], figure["unit"]) == ("killed", "happened", "person")
                    and figure["scope"] != "cumulative"
                ]
            )
        ]
        found = [point["tolls"]["killed"] for point in points if "killed" in point["tolls"]]
        assert sum(toll["low"] for toll in found) == sum(killed)
        assert sum(toll["articles"] for toll in found) == len(killed)
        assert all(toll["low"] <= toll["high"] for toll in found)


async def test_a_series_by_publication_takes_the_articles_own_times(client: Client) -> None:
    """In UTC, whatever their zone; by the record's time where there is none that can be read."""
    kept = client.dashboard.store
    add(kept, "article", article("east", published_at="2020-01-01T01:30:00+03:00"))
    add(kept, "article", article("mail", published_at="Wed, 01 Jan 2020 00:10:00 GMT"))
    add(kept, "article", article("none", published_at="yesterday"), time=1_577_836_800_000)
    points = {
        point["start"]: point["articles"]
        for point in (await client.get("/series", step="day", by="published", source="Example Daily"))[
            "points"
        ]
    }
    assert points["2019-12-31T00:00:00.000Z"] == 1
    assert points["2020-01-01T00:00:00.000Z"] == 1


async def test_the_map_counts_each_item_once(client: Client) -> None:
    """At its main place; an alert without coordinates at the place of its article."""
    articles = {id_: json.loads(value) for id_, value in sample().articles.items()}
    wanted = Counter(
        str(place["geonames_id"] or f"{place['country']}:{place['name']}")
        for one in articles.values()
        if (place := one["main_place"]) and place["latitude"] is not None
    )
    found = await client.get("/map")
    counts = {place["key"]: place["articles"] for place in found["places"]}
    assert {key: count for key, count in counts.items() if count} == wanted
    for key in ("PS:Gaza Strip", "172256"):
        assert len(await client.all("/articles", place=key)) >= wanted[key] > 0
    nowhere = dict.fromkeys(("name", "country", "latitude", "longitude", "geonames_id", "feature"))
    add(client.dashboard.store, "article", article("here"))
    add(client.dashboard.store, "alert", alert("there", "here", place={"surface": "the north", **nowhere}))
    again = await client.get("/map", article="here")
    assert [(place["name"], place["alerts"], place["newest"]) for place in again["places"]] == [
        ("Idlib", 1, ["there"])
    ]


async def test_a_story_that_is_told_no_more_is_listed_and_not_counted(empty: Client) -> None:
    """Unless its status is asked for."""
    for status in ("open", "superseded", "withdrawn"):
        add(empty.dashboard.store, "story", story(status, status=status))
    assert len(await empty.all("/stories")) == 3
    for query, count in (({}, 1), ({"status": "open,withdrawn"}, 2)):
        [point] = (await empty.get("/series", 200, **query))["points"]
        [country] = (await empty.get("/map", 200, **query))["countries"]
        assert point["stories"] == country["stories"] == count


async def test_revisions_are_kept_and_the_newest_is_shown(empty: Client) -> None:
    """An article that was read anew; the same bytes again are nothing new, nor is an older story."""
    kept = empty.dashboard.store
    for title in ("one", "one", "two"):
        add(kept, "article", article("again", title=title))
    revisions = (await empty.get("/articles/again/revisions"))["items"]
    assert [(one["revision"], one["article"]["title"]) for one in revisions] == [(2, "two"), (1, "one")]
    assert (await empty.get("/articles/again"))["article"]["title"] == "two"
    assert sum(item["id"] == "again" for item in await empty.all("/articles")) == 1
    for revision in (3, 2, 3):
        add(kept, "story", story("told", revision))
    assert [one["revision"] for one in (await empty.get("/stories/told/revisions"))["items"]] == [3]


UNKNOWN = [(endpoint.path.replace("{id}", "x"), "langage") for endpoint in ENDPOINTS if endpoint.errors]


@pytest.mark.parametrize(("path", "name"), UNKNOWN)
async def test_an_unknown_parameter_is_an_error_that_names_it(empty: Client, path: str, name: str) -> None:
    """And the nearest one that there is."""
    problem = await empty.get(path, 400, **{name: "uk"})
    assert (problem["type"], problem["parameter"]) == ("urn:kabar:problem:unknown-parameter", name)


@pytest.mark.parametrize(
    ("path", "name", "value"),
    [
        ("/articles", "kind", "dead"),
        ("/articles", "severity", "High"),
        ("/articles", "category", "airstrike"),
        ("/articles", "country", "Syria"),
        ("/articles", "language", "english please"),
        ("/articles", "conflict", "yes"),
        ("/articles", "status", "closed"),
        ("/articles", "since", "yesterday"),
        ("/articles", "since", "2026-11-30T10:00:00"),
        ("/articles", "q", "x" * 201),
        ("/articles", "q", " ".join("abcdefghijklmnopqrstu")),
        ("/articles", "limit", "0"),
        ("/articles", "limit", "201"),
        ("/articles", "limit", "-1"),
        ("/articles", "limit", "٥"),
        ("/articles", "cursor", "next"),
        ("/articles", "rule", "x" * 1001),
        ("/articles", "language", ",".join(f"a{chr(97 + one % 26)}" for one in range(101))),
        ("/facets", "of", "dead_letter"),
        ("/series", "step", "week"),
        ("/series", "by", "time"),
        ("/stream", "events", "all"),
        ("/stream", "after", "now"),
    ],
)
async def test_a_value_that_is_not_accepted_is_an_error_that_says_what_is(
    empty: Client, path: str, name: str, value: str
) -> None:
    """Named, and without a stack trace or a wrong answer."""
    problem = await empty.get(path, 400, **{name: value})
    assert (problem["type"], problem["parameter"]) == ("urn:kabar:problem:bad-parameter", name)
    assert "it takes " in problem["detail"]
    assert len(problem["detail"]) < 1_500


async def test_a_parameter_for_one_value_is_not_taken_twice(empty: Client) -> None:
    """It would not be clear which of them is meant."""
    url = f"{empty.dashboard.address}{PREFIX}/articles?limit=1&limit=2"
    async with empty.session.get(url) as response:
        assert response.status == 400
        assert (await response.json(content_type=None))["parameter"] == "limit"


@pytest.mark.parametrize(
    "path", ["/articles/none", "/alerts/none/revisions", "/stories/%00", "/articles/..%2f.."]
)
async def test_what_is_not_there_is_not_found(empty: Client, path: str) -> None:
    """Also where the id is nonsense."""
    async with empty.session.get(f"{empty.dashboard.address}{PREFIX}{path}") as response:
        assert response.status == 404
        assert (await response.json(content_type=None))["type"] == "urn:kabar:problem:not-found"


async def test_dead_letters_are_listed_with_their_reasons(empty: Client) -> None:
    """By stage and type, and by what they say."""
    kept = empty.dashboard.store
    spot = Spot(TOPICS["dead_letter"], 0)
    kept.open(spot, "dead_letter", 0, 0)
    for offset, type_ in enumerate(("not_json", "not_json", "no_text")):
        headers = {"error.stage": "decode", "error.type": type_, "error.message": f"broken {offset}"}
        kept.add(items.dead_letter(b"<x>", b"k", headers, spot=spot, offset=offset, time=offset))
    found = await empty.all("/dead-letters", error_type="not_json")
    assert [one["dead_letter"]["message"] for one in found] == ["broken 1", "broken 0"]
    assert len(await empty.all("/dead-letters", q="broken 2")) == 1
    counts = (await empty.get("/stats"))["dead_letters"]
    assert [(one["error_type"], one["count"]) for one in counts] == [("not_json", 2), ("no_text", 1)]


async def test_a_long_answer_is_compressed_where_that_is_understood(client: Client) -> None:
    """And says so; who does not understand it gets it plain."""
    url = f"{client.dashboard.address}{PREFIX}/articles?limit=200"
    async with ClientSession(auto_decompress=False) as session:
        async with session.get(url, headers={"Accept-Encoding": "gzip"}) as response:
            assert response.headers["Content-Encoding"] == "gzip"
            packed = await response.read()
        async with session.get(url, headers={"Accept-Encoding": "identity"}) as response:
            assert "Content-Encoding" not in response.headers
            plain = await response.read()
    assert len(packed) < len(plain) / 2
