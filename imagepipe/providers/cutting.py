"""Cuts the pictures' base64 out of an answer's JSON, so that 2 MB of letters need be neither checked as text nor copied.

Knows JSON only as far as that is safe: whatever looks unusual is left to a parser.
"""

import re
from collections.abc import Sequence

import pybase64

_NAME = b'"b64_json"'
_OPENS = re.compile(rb'[ \t\r\n]*:[ \t\r\n]*"')


def cut(body: bytes) -> tuple[bytes, Sequence[memoryview]] | None:
    """The JSON with a number, as text, in place of each `b64_json`, and what stood there, by number.

    None where a name may be part of another text, or a picture has no end: a quote within a text has a backslash before
    it, and base64 knows none.
    """
    kept: list[bytes] = []
    found: list[memoryview] = []
    view, done, at = memoryview(body), 0, body.find(_NAME)
    while at >= 0:
        if body[at - 1 : at] == b"\\":
            return None
        after = at + len(_NAME)
        if opens := _OPENS.match(body, after):
            end = body.find(b'"', opens.end())
            if end < 0:
                return None
            kept += (body[done : opens.end()], str(len(found)).encode())
            found.append(view[opens.end() : end])
            done = after = end
        at = body.find(_NAME, after)
    return b"".join((*kept, body[done:])), found


def decoded(text: str | memoryview) -> bytes:
    """The bytes that base64 stands for; none where it is not base64."""
    try:
        return pybase64.b64decode(text, validate=True)
    except ValueError:
        return b""
