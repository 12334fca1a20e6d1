"""The endpoints of the API: one table, which serves them and describes them (OpenAPI)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from streams.dashboard.answers import FacetsAnswer, MapAnswer, MetaAnswer, SeriesAnswer, StatsAnswer
from streams.dashboard.parameters import FILTERS, OF_DEAD_LETTERS


if TYPE_CHECKING:
    import msgspec

    from streams.dashboard.items import ItemType


PREFIX: Final = "/api/v1"
"""What all paths of the API begin with."""


class Endpoint(NamedTuple):
    """A path below :data:`PREFIX`, what it is for, and the parameters it takes.

    It answers with an ``answer``; or with a page of items of one type, or with one of them, whole. ``errors``
    are the problems it may answer with, beside those that any path may.
    """

    path: str
    help: str
    parameters: tuple[str, ...] = ()
    answer: type[msgspec.Struct] | None = None
    page_of: ItemType | None = None
    one_of: ItemType | None = None
    errors: tuple[str, ...] = ()


LISTS: Final[dict[str, ItemType]] = {"articles": "article", "alerts": "alert", "stories": "story"}
"""The lists, and what each holds."""

STREAM: Final = "/stream"

_PAGED: Final = ("limit", "cursor")
_ASKED: Final = ("unknown-parameter", "bad-parameter")


def _lists() -> list[Endpoint]:
    found = []
    for name, type_ in LISTS.items():
        found += [
            Endpoint(
                f"/{name}",
                f"The {name} that are meant, the newest first; the newest revision of each.",
                (*FILTERS, *_PAGED),
                page_of=type_,
                errors=_ASKED,
            ),
            Endpoint(
                f"/{name}/{{id}}",
                f"One of the {name}, the whole record as it stands on its topic.",
                one_of=type_,
                errors=("unknown-parameter", "not-found"),
            ),
            Endpoint(
                f"/{name}/{{id}}/revisions",
                "All revisions of it that are kept, the newest first.",
                page_of=type_,
                errors=("unknown-parameter", "not-found"),
            ),
        ]
    return found


ENDPOINTS: Final = (
    *_lists(),
    Endpoint(
        "/dead-letters",
        "The articles that could not be read: at which stage, and why.",
        (*OF_DEAD_LETTERS, *_PAGED),
        page_of="dead_letter",
        errors=_ASKED,
    ),
    Endpoint(
        "/facets",
        "The values there are to filter by, and how many have each.",
        ("of", *FILTERS),
        answer=FacetsAnswer,
        errors=_ASKED,
    ),
    Endpoint(
        "/series",
        "Articles, alerts and tolls over time.",
        ("step", "by", *FILTERS),
        answer=SeriesAnswer,
        errors=_ASKED,
    ),
    Endpoint(
        "/map",
        "Articles, alerts and stories by country and by place.",
        FILTERS,
        answer=MapAnswer,
        errors=_ASKED,
    ),
    Endpoint("/stats", "Counts: rates, lag, dead letters, readers of the stream.", answer=StatsAnswer),
    Endpoint("/meta", "What there is to ask for, and what is kept.", answer=MetaAnswer),
    Endpoint(
        STREAM,
        "What comes, as server-sent events.",
        ("events", "after", *FILTERS, "stage", "error_type"),
        errors=(*_ASKED, "too-many-clients"),
    ),
    Endpoint("/login", "Gives a session (a cookie) to who shows the token."),
    Endpoint("/logout", "Ends the session."),
    Endpoint("/openapi.json", "This description."),
)
"""Every endpoint."""
