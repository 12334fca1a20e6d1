"""Problems: what the API answers where it cannot answer (RFC 9457). A bounded set of types."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from aiohttp import web


if TYPE_CHECKING:
    from collections.abc import Mapping


CONTENT_TYPE = "application/problem+json"


class ProblemType(NamedTuple):
    """One type of problem: the status it is answered with, and what it is called."""

    status: HTTPStatus
    title: str


TYPES = {
    "unknown-parameter": ProblemType(HTTPStatus.BAD_REQUEST, "There is no such parameter here"),
    "bad-parameter": ProblemType(HTTPStatus.BAD_REQUEST, "A parameter's value is not accepted"),
    "unauthorized": ProblemType(HTTPStatus.UNAUTHORIZED, "A token is needed"),
    "forbidden-host": ProblemType(HTTPStatus.FORBIDDEN, "This service does not go by that name"),
    "forbidden-origin": ProblemType(HTTPStatus.FORBIDDEN, "Pages of that origin may not read here"),
    "not-found": ProblemType(HTTPStatus.NOT_FOUND, "There is no such thing here"),
    "method-not-allowed": ProblemType(HTTPStatus.METHOD_NOT_ALLOWED, "Only GET and HEAD are answered"),
    "too-many-clients": ProblemType(HTTPStatus.SERVICE_UNAVAILABLE, "No more streams are given now"),
    "internal": ProblemType(HTTPStatus.INTERNAL_SERVER_ERROR, "The service made a mistake"),
}


class ProblemBody(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The body of an answer that reports a problem; ``parameter`` names the one that is wrong."""

    type: str
    title: str
    status: int
    detail: str
    parameter: str | None = None


class Problem(Exception):  # noqa: N818 - as RFC 9457 calls it
    """Raised anywhere while a request is answered: the answer is this problem."""

    def __init__(
        self,
        type_: str,
        detail: str,
        *,
        parameter: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.type = type_
        self.body = ProblemBody(
            type=f"urn:kabar:problem:{type_}",
            title=TYPES[type_].title,
            status=TYPES[type_].status,
            detail=detail,
            parameter=parameter,
        )
        self.headers = headers or {}

    def response(self) -> web.Response:
        """Return the answer."""
        return web.Response(
            body=msgspec.json.encode(self.body),
            status=self.body.status,
            content_type=CONTENT_TYPE,
            headers=self.headers,
        )
