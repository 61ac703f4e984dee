"""A provider for processes that are killed: answers at once, and notes what it was paid where no fault reaches.

Notes are symbolic links, made by system calls that imagepipe does not use, so that they are neither killed nor failed.
"""

import base64
import json
import os
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from imagepipe.contracts import Reply, Sink, Terms
from imagepipe.values import FrozenMap, Request
from tests.server.drawing import base64_picture, picture

TOLD = "FAULTS_TOLD"
USAGE = {"input_tokens": 10, "output_tokens": 1000, "total_tokens": 1010}
REFUSAL = b'{"error": {"code": "moderation_blocked", "type": "image_generation_user_error", "message": "no"}}'


def note(what: str, data: Any) -> None:
    """Writes a note down; its name carries its number."""
    folder = Path(os.environ[TOLD])
    number = len(os.listdir(folder))
    os.symlink(json.dumps(data), folder / f"{number:03}-{what}")


def notes(folder: Path, what: str) -> list[Any]:
    """The notes of one kind, in order."""
    names = sorted(name for name in os.listdir(folder) if name.endswith(f"-{what}"))
    return [json.loads(os.readlink(folder / name)) for name in names]


@cache
def drawn(prompt: str, index: int) -> str:
    """One picture in base64; a mug's is one that passes the page cache."""
    if prompt.startswith("mug"):
        return b"".join(base64_picture((1024, 640), f"{prompt}/{index}", 200_000)).decode()
    return base64.b64encode(picture((1024, 640), "png", tag=f"{prompt}/{index}")).decode()


def answer(prompt: str, n: int) -> bytes:
    """The body that a prompt brings; every time another picture of the same kind would only be slower."""
    if "web page" in prompt:
        return b"<!DOCTYPE html><html>" + b"x" * 5000
    data = [{"b64_json": drawn(prompt, index)} for index in range(n)]
    return json.dumps({"created": 1, "data": data, "usage": USAGE}).encode()


class Paying:
    """Bills every request but those it refuses."""

    free = False

    async def send(self, request: Request, files: Sequence[bytes], sink: Sink) -> Reply:
        """One request: noted as sent and billed before the first byte of its answer."""
        refused = "refused" in request.prompt
        note("refused" if refused else "charged", {"prompt": request.prompt, "n": request.n})
        body = REFUSAL if refused else answer(request.prompt, request.n)
        for start in range(0, len(body), 4000):
            await sink.write(body[start : start + 4000])
        return Reply(400 if refused else 200, FrozenMap({}), f"req-{os.getpid()}", complete=True, sent=True)

    async def close(self) -> None:
        """Holds nothing."""


def make(terms: Terms, env: Mapping[str, str]) -> Paying:
    """As every provider is made."""
    return Paying()
