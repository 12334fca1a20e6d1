"""TOML files as records: parsed by tomli, whose wheels are compiled, and checked by msgspec."""

from __future__ import annotations

from typing import TypeVar

import msgspec
import tomli


T = TypeVar("T")


def decode(content: bytes, type_: type[T]) -> T:
    """Return the content of a TOML file as a record.

    Raises :class:`msgspec.DecodeError` where it is no TOML or not such a record, and
    :class:`UnicodeDecodeError` where it is no UTF-8.
    """
    try:
        table = tomli.loads(content.decode())
    except tomli.TOMLDecodeError as error:
        raise msgspec.DecodeError(str(error)) from None
    return msgspec.convert(table, type_, str_keys=True)
