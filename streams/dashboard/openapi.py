"""The API described by OpenAPI 3.1."""

from __future__ import annotations


def document() -> bytes:
    """Return the description."""
    return b"{}"
