"""Records survive the disk exactly, and nothing that is not one passes for one."""

import json
from dataclasses import fields
from typing import Any

import pytest

from imagepipe.digest import digest_bytes
from imagepipe.store.records import Unreadable, from_text, plain, to_text
from imagepipe.values import Candidate, Charge, FrozenMap, InputFact, Intent, Receipt, Refusal, freeze
from tests.store import samples


@pytest.mark.parametrize(
    "record",
    [
        samples.receipt(),
        samples.receipt(charge=Charge(None, FrozenMap(), True), answer="adopted", candidates=(), inputs=()),
        samples.receipt(failure="truncated-image", raw_body=samples.PICTURE_DIGEST, prompt=("\ud800 alone", "")),
        samples.receipt(parts=freeze({"a": None, "b": True, "c": 1.5, "d": [1, [2]], "e": {}})),
        samples.intent(),
        samples.intent(worst=None),
        samples.refusal(),
    ],
    ids=lambda record: type(record).__name__.lower(),
)
def test_round_trip(record: Any) -> None:
    back = from_text(to_text(record), type(record))
    assert back == record
    assert hash(back) == hash(record)
    assert to_text(back) == to_text(record)


@pytest.mark.parametrize("kind", [Receipt, Intent, Refusal, Candidate, Charge, InputFact])
def test_every_field_of_every_record_is_written(kind: Any) -> None:
    value = {
        Receipt: samples.receipt(),
        Intent: samples.intent(),
        Refusal: samples.refusal(),
        Candidate: samples.receipt().candidates[0],
        Charge: samples.receipt().charge,
        InputFact: samples.receipt().inputs[0],
    }[kind]
    assert set(plain(value)) == {spec.name for spec in fields(kind)}


def test_a_record_is_one_line_of_ascii() -> None:
    text = to_text(samples.receipt())
    assert text.isascii()
    assert text.count(b"\n") == 1
    assert text.endswith(b"\n")


def test_one_changed_byte_is_noticed_wherever_it_is() -> None:
    text = to_text(samples.receipt())
    for position in range(0, len(text) - 1, 3):
        changed = bytearray(text)
        changed[position] ^= 1
        with pytest.raises(Unreadable):
            from_text(bytes(changed), Receipt)


def test_a_record_cut_short_anywhere_is_unreadable() -> None:
    text = to_text(samples.refusal())
    for length in range(len(text) - 1):
        with pytest.raises(Unreadable):
            from_text(text[:length], Refusal)


def signed(kind: str, value: dict[str, Any]) -> bytes:
    """A record whose checksum is right, so that only its content is judged."""
    text = kind + json.dumps(value, sort_keys=True, separators=(",", ":"))
    return json.dumps({"kind": kind, "check": digest_bytes(text.encode()), "value": value}).encode()


def value_of(**changes: Any) -> dict[str, Any]:
    return {**plain(samples.receipt()), **changes}


WRONG = {
    "a number for a text": value_of(asset=3),
    "a text for a number": value_of(paid="2"),
    "a float for a count": value_of(paid=2.0),
    "true for a count": value_of(paid=True),
    "a text for the prompt's lines": value_of(prompt="Subject"),
    "a number among the lines": value_of(prompt=["a", 1]),
    "a list for a mapping": value_of(parts=[]),
    "an unknown answer": value_of(answer="guessed"),
    "an unknown role": value_of(inputs=[{"role": "boss", "name": "a", "sha256": "b"}]),
    "a candidate without its digest": value_of(candidates=[{"width": 1, "height": 1, "format": "png"}]),
    "a text for a price": value_of(charge={"usd": "0.04", "usage": {}, "estimated": False}),
    "a number for a flag": value_of(charge={"usd": 0.04, "usage": {}, "estimated": 0}),
    "null for a mapping": value_of(options=None),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_types_are_refused_with_the_field_named(case: str) -> None:
    with pytest.raises(Unreadable, match=r"receipt\.|candidate\.|charge\.|inputfact\."):
        from_text(signed("receipt", WRONG[case]), Receipt)


@pytest.mark.parametrize(
    "text",
    [b"", b"\0" * 300, b"null", b"[]", b"{}", b"\xff\xfe", b"[" * 100_000, b'{"kind":"receipt","value":{"x":NaN}}'],
    ids=["empty", "zeros", "null", "list", "object", "no UTF-8", "deep", "NaN"],
)
def test_what_is_no_record_is_refused(text: bytes) -> None:
    with pytest.raises(Unreadable):
        from_text(text, Receipt)


def test_one_kind_is_not_read_as_another() -> None:
    with pytest.raises(Unreadable, match="not a receipt"):
        from_text(to_text(samples.intent()), Receipt)


def test_fields_of_a_later_version_are_passed_over_and_missing_ones_take_their_defaults() -> None:
    value = value_of(seal="later")
    del value["echoed"], value["failure"]
    back = from_text(signed("receipt", value), Receipt)
    assert back == samples.receipt(echoed=FrozenMap(), failure="")
