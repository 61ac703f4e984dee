import json
from base64 import b64encode

import pytest

from imagepipe.providers.cutting import cut
from imagepipe.providers.imageapi import DIALECT, AnswerFault
from imagepipe.values import Request
from tests.providers.test_imageapi import REQUEST

FIRST, SECOND = b"the first picture", b"another one"
A, B = b64encode(FIRST).decode(), b64encode(SECOND).decode()


@pytest.mark.parametrize(
    ("body", "pictures"),
    [
        (json.dumps({"data": [{"b64_json": A}, {"b64_json": B}]}), (FIRST, SECOND)),
        (json.dumps({"data": [{"b64_json": A, "revised_prompt": "b64_json"}], "b64_json": None}, indent=2), (FIRST,)),
        (json.dumps({"data": [{"b64_json": A}], "note": '"b64_json": "' + B}), (FIRST,)),
        (json.dumps({"note": 'it ends in "b64_json', "data": [{"b64_json": A}]}), (FIRST,)),
        (json.dumps({"note": "\\", "data": [{"b64_json": A}]}), (FIRST,)),
        (json.dumps({"draft": {"b64_json": B}, "data": [{"b64_json": A}]}), (FIRST,)),
        (f'{{"data": [{{"b64_json": "{B}", "b64_json": "{A}"}}]}}', (FIRST,)),
        (f'{{"data": [{{"b64\\u005fjson": "{A}"}}]}}', (FIRST,)),
        (f'{{"data": [{{"b64_json": "{A}", "b64\\u005fjson": "{B}"}}]}}', (SECOND,)),
        (
            json.dumps({"data": [{"b64_json": b64encode(b"\xff\xff\xff").decode()}]}).replace("/", "\\/"),
            (b"\xff\xff\xff",),
        ),
        (json.dumps({"data": [{"b64_json": A}, {"b64_json": "no base64"}]}), (FIRST, b"no base64")),
        (json.dumps({"data": [{"b64_json": A}, {"b64_json": 0}]}), "answer-empty"),
        (json.dumps({"data": [{"b64_json": ""}]}), "answer-bad-base64"),
        (json.dumps({"data": [{"b64_json": A}]})[:-4], "answer-not-json"),
        (json.dumps({"data": [{"b64_json": A}]}) + "}", "answer-not-json"),
        (f'{{"data": [{{"b64_json" "{A}"}}]}}', "answer-not-json"),
        (json.dumps([{"b64_json": A}]), "answer-not-json"),
        (json.dumps({"data": {"b64_json": A}}), "answer-empty"),
    ],
)
def test_the_pictures_are_those_that_the_json_holds(body: str, pictures: tuple[bytes, ...] | str) -> None:
    assert read(body.encode(), REQUEST) == pictures


def read(body: bytes, request: Request) -> tuple[bytes, ...] | str:
    try:
        return DIALECT.pictures(body, request).images
    except AnswerFault as fault:
        return fault.code


def test_what_is_left_is_short_and_what_was_cut_out_is_no_copy() -> None:
    body = json.dumps({"data": [{"b64_json": A}], "usage": {"total_tokens": 3}}).encode()
    found = cut(body)
    assert found
    slim, texts = found
    assert json.loads(slim) == {"data": [{"b64_json": "0"}], "usage": {"total_tokens": 3}}
    assert [bytes(text) for text in texts] == [A.encode()]
    assert texts[0].obj is body
