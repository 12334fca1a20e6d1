"""The page's files: those in ``static/``, and nothing else."""

from __future__ import annotations

import gzip
from hashlib import blake2b
from pathlib import Path
from typing import Final, NamedTuple

from aiohttp import web

from streams.dashboard.problems import Problem


FOLDER: Final = Path(__file__).with_name("static")

_TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".map": "application/json; charset=utf-8",
    ".webmanifest": "application/manifest+json; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".md": "text/plain; charset=utf-8",
    ".png": "image/png",
    ".webp": "image/webp",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
}
_PACKABLE: Final = ("text/", "application/", "image/svg")
_SMALLEST_PACKED: Final = 1_000
_FOR_GOOD: Final = "public, max-age=31536000, immutable"
"""Of libraries, whose path holds their version."""


class _File(NamedTuple):
    mark: tuple[int, int]
    body: bytes
    packed: bytes | None
    type: str
    etag: str


class Files:
    """Serves the files of a folder; one that was changed is read anew."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder.resolve()
        self._read: dict[str, _File] = {}

    async def index(self, request: web.Request) -> web.Response:
        """Answer with the page itself."""
        return self._answer(request, "index.html")

    async def icon(self, request: web.Request) -> web.Response:
        """Answer with what browsers ask for by themselves."""
        return self._answer(request, "favicon.ico")

    async def file(self, request: web.Request) -> web.Response:
        """Answer with the file that the path names."""
        return self._answer(request, request.match_info["path"])

    def _answer(self, request: web.Request, path: str) -> web.Response:
        file = self._file(path)
        vendored = path.startswith("vendor/")
        headers = {
            "ETag": file.etag,
            "Cache-Control": _FOR_GOOD if vendored else "no-cache",
            "Vary": "Accept-Encoding",
        }
        if request.headers.get("If-None-Match") == file.etag:
            return web.Response(status=304, headers=headers)
        body = file.body
        if file.packed is not None and "gzip" in request.headers.get("Accept-Encoding", ""):
            headers["Content-Encoding"] = "gzip"
            body = file.packed
        headers["Content-Type"] = file.type
        return web.Response(body=body, headers=headers)

    def _file(self, path: str) -> _File:
        missing = Problem("not-found", "there is no such file")
        if "\0" in path or len(path) > 500:  # noqa: PLR2004 - longer than any of ours
            raise missing
        found = (self._folder / path).resolve()
        type_ = _TYPES.get(found.suffix)
        if type_ is None or not found.is_relative_to(self._folder):
            raise missing
        try:
            status = found.stat()
            mark = (status.st_mtime_ns, status.st_size)
            if path not in self._read or self._read[path].mark != mark:
                body = found.read_bytes()
                packed = None
                if len(body) >= _SMALLEST_PACKED and type_.startswith(_PACKABLE):
                    packed = gzip.compress(body, mtime=0)
                etag = f'"{blake2b(body, digest_size=12).hexdigest()}"'
                self._read[path] = _File(mark, body, packed, type_, etag)
        except OSError:
            raise missing from None
        return self._read[path]
