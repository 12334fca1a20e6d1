"""The guard: who is answered, and what a browser may do with the answers.

Articles are hostile text, and so may be a page that is open in the same browser. Nothing of a record is ever
rendered as HTML here; the policy below lets the page run its own scripts and nothing else; a name
that is not ours (DNS rebinding) and a foreign page are turned away before anything is looked up.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from streams.dashboard.problems import Problem
from streams.settings import SettingsError


if TYPE_CHECKING:
    from aiohttp import web

    from streams.settings import Settings


API: Final = "/api/"
METRICS: Final = "/metrics"
COOKIE: Final = "kabar_session"
SESSION_SECONDS: Final = 12 * 60 * 60

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
"""The content security policy: nothing but what this service itself serves, and no text becomes a script."""

HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Server": "kabar",
}
"""What every answer carries."""

_LOOPBACK_NAMES: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_HOST = re.compile(r"(?:\[(?P<address>[0-9A-Fa-f:.]++)\]|(?P<name>[^:\[\]]++))(?::[0-9]{1,5})?")
_OPEN_PATHS: Final = frozenset({"/api/v1/login", "/api/v1/logout"})
_PROBES: Final = frozenset({"/healthz", "/readyz"})
"""Asked for by what looks after processes, which knows their addresses and not their names."""

_SESSION: Final = b"kabar dashboard session 1"
_SHORTEST_TOKEN: Final = 16
_BEARER: Final = "bearer "


class Guard:
    """Decides about requests. Raises :class:`SettingsError` where what is set is not safe."""

    def __init__(self, settings: Settings) -> None:
        bound = settings.dashboard_host.lower()
        loopback = is_loopback(bound)
        if not loopback and settings.dashboard_token is None and not settings.dashboard_without_token:
            raise SettingsError(
                f"KABAR_DASHBOARD_HOST is {bound}, where others can reach it, and "
                "KABAR_DASHBOARD_TOKEN is not set; set one (KABAR_DASHBOARD_WITHOUT_TOKEN=1 does without)"
            )
        if settings.dashboard_token is not None and len(settings.dashboard_token) < _SHORTEST_TOKEN:
            raise SettingsError(
                f"KABAR_DASHBOARD_TOKEN is shorter than {_SHORTEST_TOKEN} characters, and could be guessed"
            )
        named = frozenset(settings.dashboard_hosts)
        self._names = named | _LOOPBACK_NAMES | {bound} if loopback or named else None
        self._origins = frozenset(settings.dashboard_origins)
        self._token = settings.dashboard_token

    @property
    def wants_token(self) -> bool:
        """Tell whether a token is asked for."""
        return self._token is not None

    def check(self, request: web.Request) -> None:
        """Raise :class:`Problem` where a request is not to be answered."""
        if request.path in _PROBES:
            return
        host = _name(request.headers.get("Host", ""))
        known = self._names is None or host in self._names
        # Prometheus knows addresses and not names; a name that was bound to one is no address.
        if not known and not (request.path == METRICS and _is_address(host)):
            raise Problem(
                "forbidden-host", f"it was asked for as {host[:100]!r}; KABAR_DASHBOARD_HOSTS has its names"
            )
        if not request.path.startswith((API, METRICS)):
            return
        self._check_origin(request)
        if self.is_preflight(request):
            return  # a browser asks without the token whether it may send it
        if request.path not in _OPEN_PATHS and not self.is_known(request):
            raise Problem(
                "unauthorized",
                "send the token: Authorization: Bearer TOKEN",
                headers={"WWW-Authenticate": 'Bearer realm="kabar"'},
            )

    def is_preflight(self, request: web.Request) -> bool:
        """Tell whether a browser asks for a page that may read here what it may send."""
        return request.method == "OPTIONS" and self.allowed_origin(request) is not None

    def allowed_origin(self, request: web.Request) -> str | None:
        """Return the origin of a foreign page that may read here, None where there is none."""
        origin = request.headers.get("Origin", "").lower()
        return origin if origin in self._origins else None

    def is_known(self, request: web.Request) -> bool:
        """Tell whether a request shows the token, or a session that was given for it."""
        if self._token is None:
            return True
        return self.shows_token(request) or _same(request.cookies.get(COOKIE, ""), self.session())

    def shows_token(self, request: web.Request) -> bool:
        """Tell whether a request shows the token itself."""
        if self._token is None:
            return True
        given = request.headers.get("Authorization", "")
        if given[: len(_BEARER)].lower() != _BEARER:
            return False
        return _same(given[len(_BEARER) :].strip(), self._token)

    def session(self) -> str:
        """Return the value of the cookie: made from the token, which it does not show."""
        key = (self._token or "").encode("utf-8", "surrogateescape")
        return hmac.new(key, _SESSION, hashlib.sha256).hexdigest()

    def _check_origin(self, request: web.Request) -> None:
        """Turn away pages of other origins, also those that do not read the answer (they take up streams)."""
        origin = request.headers.get("Origin")
        if origin is None:
            if request.headers.get("Sec-Fetch-Site") in {"cross-site", "same-site"}:
                raise Problem("forbidden-origin", "a page of another origin asked")
            return
        if self.allowed_origin(request) is not None:
            return
        # Behind a proxy the scheme may be another one than the browser's; host and port are the same.
        if urlsplit(origin).netloc.lower() != request.headers.get("Host", "").lower():
            raise Problem(
                "forbidden-origin",
                f"a page of {origin[:100]!r} asked; KABAR_DASHBOARD_ORIGINS has those that may",
            )


def is_loopback(host: str) -> bool:
    """Tell whether only this machine reaches what listens there."""
    return ipaddress.ip_address(host).is_loopback if _is_address(host) else host == "localhost"


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _name(host: str) -> str:
    """Return the name in a Host header, without its port, in lower case."""
    match = _HOST.fullmatch(host.strip())
    return ((match["address"] or match["name"]) if match else host).lower()


def _same(given: str, wanted: str) -> bool:
    """Compare in a time that says nothing of where two texts differ, nor how long the wanted one is."""
    digests = [hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest() for text in (given, wanted)]
    return hmac.compare_digest(*digests)
