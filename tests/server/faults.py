"""What the server does wrong on request: which request a fault strikes, and what is sent instead of the truth."""

import json
import struct
import zlib
from base64 import b64encode
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from PIL import Image

from tests.server.drawing import picture, png_chunk
from tests.server.rules import Job

ERRORS: dict[str, tuple[int, str, str, str]] = {
    "moderation": (
        400, "moderation_blocked", "image_generation_user_error",
        "Your request was rejected by the safety system.",
    ),
    "policy": (400, "content_policy_violation", "image_generation_user_error", "Content policy violation."),
    "invalid": (400, "invalid_value", "invalid_request_error", "Invalid value: 'size'."),
    "unauthorized": (401, "invalid_api_key", "invalid_request_error", "Incorrect API key provided: {key}."),
    "unverified": (403, "organization_must_be_verified", "invalid_request_error", "Your organization must be verified."),
    "country": (403, "unsupported_country_region_territory", "request_forbidden", "Country not supported."),
    "no_model": (404, "model_not_found", "invalid_request_error", "The model does not exist."),
    "timeout": (408, "request_timeout", "server_error", "Request timed out."),
    "conflict": (409, "conflict", "server_error", "Conflict."),
    "rate_limit": (429, "rate_limit_exceeded", "requests", "Rate limit reached for images."),
    "slow_down": (429, "slow_down", "requests", "Slow down."),
    "quota": (429, "insufficient_quota", "insufficient_quota", "You exceeded your current quota."),
    "quota_by_type": (429, "", "insufficient_quota", "You exceeded your current quota."),
    "billing": (429, "billing_hard_limit_reached", "invalid_request_error", "Billing hard limit has been reached."),
    "spend": (429, "project_spend_limit_exceeded", "requests", "Spend limit exceeded."),
    "credit": (429, "credit_balance_exhausted", "requests", "No credit left."),
    "server_error": (500, "server_error", "server_error", "The server had an error."),
    "bad_gateway": (502, "", "server_error", "Bad gateway."),
    "overloaded": (503, "overloaded", "server_error", "The engine is overloaded."),
}  # fmt: skip
"""Fault → status, code, type, message. None of these is charged unless the fault says `charged=True`."""

WIRE = {
    "reset_before_headers", "close_before_headers", "reset_in_body", "short_body", "never", "slow_loris", "kill",
}  # fmt: skip
ANSWERS = {"html", "broken_json", "empty_data", "no_data", "oversize", "redirect", "url", "status"}
PICTURES = {
    "bad_base64", "not_image", "wrong_format", "truncated_image", "flipped_byte", "apng", "bomb", "wrong_size",
    "fewer", "duplicates", "trailing", "absurd_usage", "no_usage", "given",
}  # fmt: skip
KINDS = {*ERRORS, *WIRE, *ANSWERS, *PICTURES, "latency"}


@dataclass(slots=True)
class Fault:
    """One scripted fault. It strikes requests whose prompt contains `prompt`, whose number (from 1) is `nth` or a
    multiple of `every`; `times` more times (None: for ever). `details` are the kind's own: see `ImageServer.fault`."""

    kind: str
    prompt: str = ""
    nth: int | None = None
    every: int | None = None
    times: int | None = 1
    details: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        assert self.kind in KINDS, f"no fault named {self.kind!r}: {sorted(KINDS)}"

    def strikes(self, number: int, prompt: str) -> bool:
        """Whether this fault applies to a request; uses up one of `times` if so."""
        if self.prompt not in prompt or self.nth not in (None, number) or (self.every and number % self.every):
            return False
        if self.times == 0:
            return False
        self.times = None if self.times is None else self.times - 1
        return True

    @property
    def charged(self) -> bool:
        """Whether the provider bills a request that ends this way."""
        free = self.kind in ERRORS or self.kind in ("redirect", "status")
        return bool(self.details.get("charged", not free))


def error_body(code: str, kind: str, message: str, param: str | None = None) -> bytes:
    """An error as the API words it."""
    return json.dumps({"error": {"message": message, "type": kind, "param": param, "code": code or None}}).encode()


def spoil(kind: str, images: list[bytes], job: Job, details: dict[str, Any]) -> list[bytes]:
    """The pictures of an answer, spoiled; kinds that spoil something else return them as they are."""
    size = (job.width, job.height)
    if kind == "fewer":
        return images[: int(details.get("count", len(images) - 1))]
    if kind == "duplicates":
        return [images[0]] * len(images)
    spoiled = {
        "not_image": lambda: b"this is not a picture, " * 50,
        "wrong_format": lambda: picture(size, "jpeg" if job.format == "png" else "png", tag=job.prompt),
        "truncated_image": lambda: images[0][: int(len(images[0]) * details.get("share", 0.5))],
        "flipped_byte": lambda: _flip(images[0], int(details.get("at", len(images[0]) // 2))),
        "apng": lambda: animated(size),
        "bomb": lambda: bomb(),
        "wrong_size": lambda: picture(details.get("size", (512, 512)), job.format, tag=job.prompt),
        "given": lambda: details["data"],
        "trailing": lambda: images[0] + details.get("tail", b"PK\x03\x04 and more"),
    }
    return [spoiled[kind](), *images[1:]] if kind in spoiled else images


def _flip(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :]


def animated(size: tuple[int, int]) -> bytes:
    """A two-frame APNG."""
    frames = [Image.new("RGB", size, color) for color in ("red", "blue")]
    out = BytesIO()
    frames[0].save(out, "PNG", save_all=True, append_images=frames[1:], duration=100)
    return out.getvalue()


def bomb(width: int = 60_000, height: int = 60_000) -> bytes:
    """A PNG of a few kB that says it has billions of pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(3_000_000), 9)
    chunks = png_chunk(b"IHDR", header) + png_chunk(b"IDAT", rows) + png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def encoded(kind: str, images: list[bytes]) -> list[bytes]:
    """The pictures in base64, the first one broken for `bad_base64`."""
    texts = [b64encode(image) for image in images]
    return [b"*not base64*" + texts[0][:-7], *texts[1:]] if kind == "bad_base64" else texts
