"""Reads answers in the form of the OpenAI Image API: what they mean for the money, and the pictures in them. No SDK."""

import json
import re
from collections.abc import Mapping
from typing import Any

import jiter
import pybase64

from imagepipe.contracts import End, Pictures, Reply, Verdict
from imagepipe.errors import ImagepipeError
from imagepipe.frozen import frozen
from imagepipe.providers.pace import wait_of
from imagepipe.values import EMPTY, FrozenMap, Request, freeze

_MODERATION = {"moderation_blocked", "content_policy_violation", "image_generation_user_error", "content_filter"}
_NO_MONEY = {"insufficient_quota", "billing_hard_limit_reached", "credit_balance_exhausted", "billing_not_active"}
_ECHOES = ("size", "quality", "background", "output_format")
_JSON = json.JSONDecoder()
_SECRET = re.compile(r"\b(sk-|Bearer\s+)[^\s\"'.,;)]+")


class AnswerFault(ImagepipeError):
    """An answer arrived whole but holds no usable picture; it is kept, charged and not asked for again by itself."""

    exit_code = 1


@frozen
class _Complaint:
    """The error object of an answer; empty where there is none."""

    code: str = ""
    kind: str = ""
    message: str = ""
    param: str = ""

    @property
    def names(self) -> set[str]:
        return {self.code, self.kind}

    @property
    def no_money(self) -> bool:
        return bool(self.names & _NO_MONEY) or any(name.endswith("_spend_limit_exceeded") for name in self.names)


class ImageApi:
    """The dialect: `judge` for what a reply means, `pictures` for what is in it."""

    def judge(self, reply: Reply, body: bytes, request: Request) -> Verdict:
        """The outcome in the sense of the money rules, whom a failure stops, and whether and when to try again."""
        if reply.status == 0 or (reply.status < 300 and not reply.complete):
            return _unanswered(reply)
        if reply.status < 300:
            return Verdict(End.RECEIVED)
        complaint = _complaint(body)
        if reply.status in (408, 409) or reply.status >= 500:
            message = complaint.message or f"the provider answered {reply.status}"
            return Verdict(End.IN_DOUBT, retry=True, code="server-error", message=message, wait=wait_of(reply.headers))
        return _refusal(reply, complaint, request)

    def pictures(self, body: bytes, request: Request) -> Pictures:
        """The pictures of an answer. Raises AnswerFault where there is none; one that is no base64 among others that are
        is passed on as the text it came as, so that it is kept and rejected like any other broken picture."""
        answer = _parse(body)
        items = answer.get("data")
        if not isinstance(items, list) or not items:
            raise AnswerFault("the answer holds no pictures", code="answer-empty")
        texts = [_text(item, request.provider) for item in items]
        images = [_decoded(text) for text in texts]
        if not any(images):
            raise AnswerFault("the picture in the answer is not valid base64", code="answer-bad-base64")
        raw = tuple(image or text.encode("utf-8", "replace") for image, text in zip(images, texts, strict=True))
        model = answer.get("model")
        return Pictures(raw, _usage(answer), _echoed(answer), model[:100] if isinstance(model, str) else "")

    def usage(self, edges: bytes) -> FrozenMap:
        """The usage where it stands before or behind the pictures; empty where it is not to be found there."""
        _, found, rest = edges.rpartition(b'"usage"')
        try:
            usage, _ = _JSON.raw_decode(rest.decode("utf-8", "replace").lstrip(" \t\r\n:")) if found else ({}, 0)
        except (ValueError, RecursionError):
            return EMPTY
        return _usage({"usage": usage})


DIALECT = ImageApi()


def _unanswered(reply: Reply) -> Verdict:
    kind, _, detail = reply.fault.partition(": ")
    message = detail or kind or "the answer broke off"
    if reply.sent or reply.status:
        return Verdict(End.IN_DOUBT, code="broken-off", message=message)
    if kind == "tls":
        hint = "check OPENAI_BASE_URL, the clock, and SSL_CERT_FILE where a proxy re-signs connections"
        return Verdict(End.NOT_SENT, scope="run", code="tls-failed", message=message, hint=hint)
    hint = "check the network, OPENAI_BASE_URL and the proxy settings"
    return Verdict(End.NOT_SENT, retry=True, code="not-connected", message=message, hint=hint)


def _refusal(reply: Reply, said: _Complaint, request: Request) -> Verdict:
    message = said.message or f"the provider answered {reply.status}"
    if reply.status < 400:
        where = reply.headers.get("location", "elsewhere")
        hint = (
            "set OPENAI_BASE_URL to the address that answers; redirects are not followed, since the key would go along"
        )
        return _stop("redirected", f"the provider redirects to {where}", hint)
    if said.no_money or reply.status == 402:
        return _stop(
            "quota-exhausted", message, "add credit or raise the limit: platform.openai.com/settings/organization"
        )
    if reply.status == 429:
        return Verdict(End.THROTTLED, retry=True, code="throttled", message=message, wait=wait_of(reply.headers))
    if "model_not_found" in said.names or "DeploymentNotFound" in said.names:
        hint = _other_model(request, "DeploymentNotFound" in said.names)
        return Verdict(End.REFUSED, scope="model", code="model-unavailable", message=message, hint=hint)
    if reply.status in (401, 403, 404, 407):
        return _account(reply.status, message)
    if said.names & _MODERATION:
        hint = "reword the prompt; the same request is not sent again without --retry-failed"
        return Verdict(End.REFUSED, code="moderation-blocked", message=message, hint=hint)
    named = re.search(rf"(?<!\w){re.escape(said.param)}(?!\w)", message)
    about = f" (parameter {said.param})" if said.param and not named else ""
    hint = f"the request is refused as it stands for {request.model}; change it, or build with --retry-failed"
    return Verdict(End.REFUSED, code="request-invalid", message=message + about, hint=hint)


def _other_model(request: Request, deployment: bool) -> str:
    """What to do about a model that the provider does not have; a compatible server may only know it by another name."""
    name, model = request.provider, request.model
    if deployment:
        return f'write its deployment under [providers.{name}.models] in config.toml: `DEPLOYMENT = "{model}"`'
    move = "`imagepipe migrate-model` moves assets to another model"
    if name == "openai":
        return f"`imagepipe models` lists what there is; {move}"
    return (
        f'if it has another name there, write under [providers.{name}.models] in config.toml `NAME = "{model}"`; {move}'
    )


def _account(status: int, message: str) -> Verdict:
    if status == 401:
        return _stop(
            "key-refused",
            message,
            "check the key (OPENAI_API_KEY, or the `key_env` of your provider), or build with --provider placeholder",
        )
    if status == 404:
        return _stop(
            "endpoint-missing", message, "check the base URL: it ends in /v1 and the server must offer /images"
        )
    if status == 407:
        return _stop("proxy-refused", message, "check the user name and password in HTTPS_PROXY")
    return _stop(
        "account-refused", message, "verify the organization: platform.openai.com/settings/organization/general"
    )


def _stop(code: str, message: str, hint: str) -> Verdict:
    return Verdict(End.REFUSED, scope="run", code=code, message=message, hint=hint)


def _complaint(body: bytes) -> _Complaint:
    try:
        data: Any = jiter.from_json(body, cache_mode="none")
    except ValueError:
        return _Complaint()
    error = data.get("error", data.get("detail")) if isinstance(data, dict) else None
    if isinstance(error, str):
        return _Complaint(message=_clean(error))
    if not isinstance(error, dict):
        return _Complaint()
    code, kind, message, param = (error.get(name) for name in ("code", "type", "message", "param"))
    return _Complaint(_word(code), _word(kind), _clean(message), _clean(param)[:100])


def _word(value: Any) -> str:
    return value[:100] if isinstance(value, str) else ""


def _clean(value: Any) -> str:
    """A provider's sentence, fit to be shown: one line, no control characters, no key, at most 500 characters."""
    text = " ".join(value.split()) if isinstance(value, str) else ""
    return _SECRET.sub(r"\1***", "".join(c for c in text if c.isprintable()))[:500]


def _parse(body: bytes) -> dict[str, Any]:
    try:
        answer: Any = jiter.from_json(body, cache_mode="none")
    except ValueError:
        start = body.lstrip()[:1]
        what = "a web page" if start == b"<" else "broken JSON" if start in (b"{", b"[") else "no JSON"
        raise AnswerFault(f"the provider answered {what} instead of pictures", code="answer-not-json") from None
    if not isinstance(answer, dict):
        raise AnswerFault("the provider's answer is not a JSON object", code="answer-not-json")
    return answer


def _text(item: Any, provider: str) -> str:
    if isinstance(item, dict) and isinstance(item.get("b64_json"), str):
        return str(item["b64_json"])
    if isinstance(item, dict) and item.get("url"):
        hint = (
            f'in config.toml, under [providers.{provider}], write `switches.response_format = "b64_json"`, or '
            "`switches.url = true` where the server does not know that; then build with --retry-failed"
        )
        raise AnswerFault("the provider answered a link instead of the picture", code="answer-url", hint=hint)
    raise AnswerFault("the answer holds an entry without a picture", code="answer-empty")


def _decoded(text: str) -> bytes:
    try:
        return pybase64.b64decode(text, validate=True)
    except ValueError:
        return b""


def _usage(answer: Mapping[str, Any]) -> FrozenMap:
    """The token counts, whatever else a server put among them left out."""
    usage = answer.get("usage")
    found = _counts(usage) if isinstance(usage, dict) else {}
    svg = answer.get("svg_usage")
    if isinstance(svg, dict) and (counts := _counts(svg)):
        found["svg_usage"] = counts
    return freeze(found) if found else EMPTY


def _counts(data: Mapping[str, Any], depth: int = 2) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in list(data.items())[:50]:
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53:
            found[name] = value
        elif isinstance(value, dict) and depth:
            found[name] = _counts(value, depth - 1)
    return found


def _echoed(answer: Mapping[str, Any]) -> FrozenMap:
    return FrozenMap({name: answer[name][:40] for name in _ECHOES if isinstance(answer.get(name), str)})
