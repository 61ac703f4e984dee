import json
import subprocess
import sys
from base64 import b64encode
from dataclasses import replace
from typing import Any

import pytest

from imagepipe.contracts import End, Reply
from imagepipe.providers import dialect
from imagepipe.providers.imageapi import DIALECT, AnswerFault
from imagepipe.values import FrozenMap, Request
from tests.server.faults import ERRORS, error_body

REQUEST = Request("openai", "gpt-image-2", "a cup", FrozenMap({"n": 1}))


def answered(status: int, **headers: str) -> Reply:
    return Reply(status, FrozenMap({k.replace("_", "-"): v for k, v in headers.items()}), complete=True, sent=True)


VERDICTS = {
    "moderation": (End.REFUSED, "asset", False, "moderation-blocked"),
    "policy": (End.REFUSED, "asset", False, "moderation-blocked"),
    "invalid": (End.REFUSED, "asset", False, "request-invalid"),
    "unauthorized": (End.REFUSED, "run", False, "key-refused"),
    "unverified": (End.REFUSED, "run", False, "account-refused"),
    "country": (End.REFUSED, "run", False, "account-refused"),
    "no_model": (End.REFUSED, "model", False, "model-unavailable"),
    "timeout": (End.IN_DOUBT, "asset", True, "server-error"),
    "conflict": (End.IN_DOUBT, "asset", True, "server-error"),
    "rate_limit": (End.THROTTLED, "asset", True, "throttled"),
    "slow_down": (End.THROTTLED, "asset", True, "throttled"),
    "quota": (End.REFUSED, "run", False, "quota-exhausted"),
    "quota_by_type": (End.REFUSED, "run", False, "quota-exhausted"),
    "billing": (End.REFUSED, "run", False, "quota-exhausted"),
    "spend": (End.REFUSED, "run", False, "quota-exhausted"),
    "credit": (End.REFUSED, "run", False, "quota-exhausted"),
    "server_error": (End.IN_DOUBT, "asset", True, "server-error"),
    "bad_gateway": (End.IN_DOUBT, "asset", True, "server-error"),
    "overloaded": (End.IN_DOUBT, "asset", True, "server-error"),
}


def test_every_error_the_server_knows_has_a_verdict() -> None:
    assert set(VERDICTS) == set(ERRORS)


@pytest.mark.parametrize("name", ERRORS)
def test_errors_are_judged_by_the_table(name: str) -> None:
    status, code, kind, message = ERRORS[name]
    verdict = DIALECT.judge(answered(status), error_body(code, kind, message), REQUEST)
    assert (verdict.end, verdict.scope, verdict.retry, verdict.code) == VERDICTS[name]
    assert verdict.message
    assert verdict.hint or verdict.end in (End.IN_DOUBT, End.THROTTLED)


@pytest.mark.parametrize(
    ("reply", "end", "scope", "retry", "code"),
    [
        (Reply(200, complete=True, sent=True), End.RECEIVED, "asset", False, ""),
        (Reply(200, sent=True, fault="short: cut"), End.IN_DOUBT, "asset", False, "broken-off"),
        (Reply(200, sent=True, fault="bound: 64 MiB"), End.IN_DOUBT, "asset", False, "broken-off"),
        (Reply(200, sent=True), End.IN_DOUBT, "asset", False, "broken-off"),
        (Reply(sent=True, fault="timeout: silent"), End.IN_DOUBT, "asset", False, "broken-off"),
        (Reply(fault="connect: refused"), End.NOT_SENT, "asset", True, "not-connected"),
        (Reply(fault="dns: unknown"), End.NOT_SENT, "asset", True, "not-connected"),
        (Reply(fault="timeout: 900 s"), End.NOT_SENT, "asset", True, "not-connected"),
        (Reply(fault="tls: self-signed"), End.NOT_SENT, "run", False, "tls-failed"),
        (answered(302, location="https://evil.example"), End.REFUSED, "run", False, "redirected"),
        (answered(404), End.REFUSED, "run", False, "endpoint-missing"),
        (answered(407), End.REFUSED, "run", False, "proxy-refused"),
        (answered(402), End.REFUSED, "run", False, "quota-exhausted"),
        (answered(418), End.REFUSED, "asset", False, "request-invalid"),
        (answered(429), End.THROTTLED, "asset", True, "throttled"),
        (answered(599), End.IN_DOUBT, "asset", True, "server-error"),
    ],
)
def test_replies_without_a_readable_error(reply: Reply, end: End, scope: str, retry: bool, code: str) -> None:
    verdict = DIALECT.judge(reply, b"<html>", REQUEST)
    assert (verdict.end, verdict.scope, verdict.retry, verdict.code) == (end, scope, retry, code)


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (400, "billing_hard_limit_reached", "quota-exhausted"),
        (403, "organization_spend_limit_exceeded", "quota-exhausted"),
        (403, "model_not_found", "model-unavailable"),
    ],
)
def test_the_code_counts_whatever_the_status(status: int, code: str, expected: str) -> None:
    assert DIALECT.judge(answered(status), error_body(code, "", "No."), REQUEST).code == expected


def test_a_throttle_says_how_long() -> None:
    verdict = DIALECT.judge(answered(429, retry_after="500"), b"", REQUEST)
    assert verdict.wait == 120
    assert DIALECT.judge(answered(503, retry_after="3"), b"", REQUEST).wait == 3


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Incorrect API key provided: sk-canary-7f3a.", "Incorrect API key provided: sk-***."),
        ("sent Bearer abc.def here", "sent Bearer ***.def here"),
        ("::error::\x1b[31mred\u202e\nnext line", "::error::[31mred next line"),
        ("x" * 9000, "x" * 500),
    ],
)
def test_complaints_are_made_fit_to_show(said: str, shown: str) -> None:
    verdict = DIALECT.judge(answered(400), error_body("invalid_value", "", said), REQUEST)
    assert verdict.message == shown


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Out of range.", "Out of range. (parameter size)"),
        ("It cannot be resized.", "It cannot be resized. (parameter size)"),
        ("Unknown size: '7x'.", "Unknown size: '7x'."),
    ],
)
@pytest.mark.parametrize("code", ["invalid_value", "unknown_parameter"])
def test_the_parameter_is_named(code: str, said: str, shown: str) -> None:
    assert DIALECT.judge(answered(400), error_body(code, "", said, "size"), REQUEST).message == shown


@pytest.mark.parametrize(
    ("provider", "code", "shown"),
    [
        ("openai", "model_not_found", "imagepipe models"),
        ("openai", "DeploymentNotFound", '[providers.openai.models] in config.toml: `DEPLOYMENT = "gpt-image-2"`'),
        ("azure", "DeploymentNotFound", '[providers.azure.models] in config.toml: `DEPLOYMENT = "gpt-image-2"`'),
        ("local", "model_not_found", '[providers.local.models] in config.toml `NAME = "gpt-image-2"`'),
    ],
)
def test_a_server_may_know_a_model_by_another_name(provider: str, code: str, shown: str) -> None:
    verdict = DIALECT.judge(answered(404), error_body(code, "", "No."), replace(REQUEST, provider=provider))
    assert (verdict.scope, verdict.code) == ("model", "model-unavailable")
    assert shown in verdict.hint
    assert ("migrate-model" in verdict.hint) == (code == "model_not_found")


@pytest.mark.parametrize("body", [b'{"error": "plain words"}', b'{"detail": "plain words"}'])
def test_compatible_servers_complain_in_their_own_way(body: bytes) -> None:
    assert DIALECT.judge(answered(400), body, REQUEST).message == "plain words"


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b'{"error": 5}', b'{"error": {"code": [1], "message": {}}}'])
def test_nonsense_complaints_still_give_a_verdict(body: bytes) -> None:
    assert DIALECT.judge(answered(400), body, REQUEST).message == "the provider answered 400"


def body_of(*pictures: bytes, **more: Any) -> bytes:
    return json.dumps({"created": 1, "data": [{"b64_json": b64encode(p).decode()} for p in pictures], **more}).encode()


def test_pictures_come_with_usage_and_echoes() -> None:
    usage = {
        "input_tokens": 5,
        "output_tokens": 7,
        "input_tokens_details": {"text_tokens": 5},
        "odd": "x",
        "off": -1,
        "b": True,
    }
    body = body_of(
        b"one", b"two", usage=usage, size="1024x1024", quality="high", background="opaque", model="gpt-image-2-x"
    )
    found = DIALECT.pictures(body, REQUEST)
    assert found.images == (b"one", b"two")
    assert found.usage == {"input_tokens": 5, "output_tokens": 7, "input_tokens_details": {"text_tokens": 5}}
    assert found.echoed == {"size": "1024x1024", "quality": "high", "background": "opaque"}
    assert found.resolved_model == "gpt-image-2-x"


def test_what_compatible_servers_leave_out_is_left_out() -> None:
    found = DIALECT.pictures(body_of(b"one", usage=None, size=7, model=None), REQUEST)
    assert (found.usage, found.echoed, found.resolved_model) == ({}, {}, "")
    svg = DIALECT.pictures(body_of(b"one", svg_usage={"input_tokens": 3, "model": "gpt"}), REQUEST)
    assert svg.usage == {"svg_usage": {"input_tokens": 3}}


def test_one_broken_picture_does_not_lose_the_others() -> None:
    body = json.dumps({"data": [{"b64_json": "!!"}, {"b64_json": b64encode(b"good").decode()}]}).encode()
    assert DIALECT.pictures(body, REQUEST).images == (b"!!", b"good")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "answer-not-json"),
        (b"<!DOCTYPE html>", "answer-not-json"),
        (b'{"data": [', "answer-not-json"),
        (b'{"data": "\xff"}', "answer-not-json"),
        (b"[" * 100_000, "answer-not-json"),
        (b"[1]", "answer-not-json"),
        (b"{}", "answer-empty"),
        (b'{"data": []}', "answer-empty"),
        (b'{"data": {"b64_json": "QQ=="}}', "answer-empty"),
        (b'{"data": [null]}', "answer-empty"),
        (b'{"data": [{"b64_json": null}]}', "answer-empty"),
        (b'{"data": [{"b64_json": ""}]}', "answer-bad-base64"),
        (b'{"data": [{"b64_json": "QQ=="}, {"b64_json": 5}]}', "answer-empty"),
        (b'{"data": [{"b64_json": "Q Q="}]}', "answer-bad-base64"),
        (b'{"data": [{"b64_json": "QQ"}]}', "answer-bad-base64"),
        (b'{"data": [{"b64_json": "-_-_"}]}', "answer-bad-base64"),
        ('{"data": [{"b64_json": "éé=="}]}'.encode(), "answer-bad-base64"),
        (b'{"data": [{"url": "https://example.com/x.png"}]}', "answer-url"),
    ],
)
def test_answers_without_pictures_say_why(body: bytes, code: str) -> None:
    with pytest.raises(AnswerFault) as caught:
        DIALECT.pictures(body, REQUEST)
    assert caught.value.code == code


def test_the_dialect_needs_no_sdk_and_serves_unknown_kinds() -> None:
    code = "import sys, imagepipe.providers as p; p.dialect('openai'); print([m for m in ('openai', 'PIL') if m in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
    assert dialect("of-my-own") is DIALECT


COUNTED = b'"usage": {"input_tokens": 3, "output_tokens": 7}'


@pytest.mark.parametrize(
    ("edges", "found"),
    [
        (b'{"created": 1, ' + COUNTED + b', "data": [{"b64_json": "AAAA', {"input_tokens": 3, "output_tokens": 7}),
        (b'AAAA"}], ' + COUNTED + b"}", {"input_tokens": 3, "output_tokens": 7}),
        (b'{"svg_usage": {"output_tokens": 7}}', {}),
        (COUNTED[:-8], {}),
        (b'"usage": [[[', {}),
        (b"<html>\xff", {}),
    ],
)
def test_the_usage_is_found_beside_the_pictures(edges: bytes, found: dict[str, int]) -> None:
    assert dict(DIALECT.usage(edges)) == found
