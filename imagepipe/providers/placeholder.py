"""Pictures for nothing: flat cards that stand in until someone pays for the real ones. No key, no network, no chance.

They are answered in the form of the Image API, so that everything behind a provider treats them like real ones.
"""

import asyncio
import json
import re
from base64 import b64encode
from collections.abc import Mapping, Sequence

from imagepipe.contracts import Reply, Sink, Terms
from imagepipe.digest import digest_text, hex_of
from imagepipe.providers.card import Card, draw
from imagepipe.providers.outline import outlined
from imagepipe.values import FrozenMap, Request, thaw

FORMATS = ("png", "jpeg", "webp", "gif", "svg")
_SIZE = re.compile(r"([1-9]\d{0,4})x([1-9]\d{0,4})\Z")
_AUTO = (1024, 1024)
_FRAMES, _PACE = 9, 200


def make(terms: Terms, env: Mapping[str, str]) -> "PlaceholderProvider":
    """The provider; it needs neither terms nor environment."""
    return PlaceholderProvider()


class PlaceholderProvider:
    """Draws what is asked for: the same request gives the same bytes with one Pillow version."""

    free = True

    async def send(self, request: Request, files: Sequence[bytes], sink: Sink) -> Reply:
        """Answers at once; 400 for a format that it cannot draw."""
        fault = _fault(request)
        body = _complaint(fault) if fault else await asyncio.to_thread(_answer, request)
        await sink.write(body)
        headers = FrozenMap({"content-type": "application/json", "content-length": str(len(body))})
        return Reply(400 if fault else 200, headers, complete=True, sent=True)

    async def close(self) -> None:
        """Nothing to end."""


def _fault(request: Request) -> str:
    format, size = request.options.get("output_format", "png"), request.options.get("size", "auto")
    if format not in FORMATS:
        return f"the placeholder draws {', '.join(FORMATS)}, not {format}"
    if size != "auto" and not _SIZE.match(str(size)):
        return f"the placeholder cannot read the size {size}"
    return ""


def _complaint(message: str) -> bytes:
    error = {"message": message, "type": "invalid_request_error", "param": "output_format", "code": "invalid_value"}
    return json.dumps({"error": error}).encode()


def _answer(request: Request) -> bytes:
    options = request.options
    found = _SIZE.match(str(options.get("size", "auto")))
    width, height = (int(found[1]), int(found[2])) if found else _AUTO
    moving = int(options.get("frame_count", _FRAMES)), int(options.get("frame_duration_ms", _PACE))
    clear = options.get("background") == "transparent"
    format = str(options.get("output_format", "png"))
    number = int(hex_of(_key(request))[:8], 16)
    cards = (
        Card(width, height, format, request.label, request.prompt, number, variant, request.n, clear, request.backdrop)
        for variant in range(1, request.n + 1)
    )
    images = (outlined(card) if format == "svg" else draw(card, *moving) for card in cards)
    data = [{"b64_json": b64encode(image).decode()} for image in images]
    echo = {"background": "transparent" if clear else "opaque", "output_format": format, "size": f"{width}x{height}"}
    return json.dumps({"created": 0, "data": data, **echo}).encode()


def _key(request: Request) -> str:
    """What the colour is taken from: all that makes the request, but not how many are asked for."""
    options = {name: value for name, value in thaw(request.options).items() if name != "n"}
    inputs = [[item.role, item.sha256] for item in request.inputs]
    return digest_text(json.dumps([request.model, request.prompt, options, inputs], sort_keys=True))
