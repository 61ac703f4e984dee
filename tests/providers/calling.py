"""What the provider tests share: a sink in memory and one call, judged."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from imagepipe.contracts import Provider, Reply, Verdict
from imagepipe.providers import dialect
from imagepipe.values import Request


@dataclass
class MemorySink:
    """Keeps what is written."""

    pieces: list[bytes] = field(default_factory=list)

    async def write(self, piece: bytes) -> None:
        self.pieces.append(piece)

    @property
    def body(self) -> bytes:
        return b"".join(self.pieces)


def sent(provider: Provider, request: Request, files: Sequence[bytes] = ()) -> tuple[Reply, bytes, Verdict]:
    """One request through a provider, which is closed afterwards: reply, body, verdict."""
    sink = MemorySink()

    async def call() -> Reply:
        try:
            return await provider.send(request, files, sink)
        finally:
            await provider.close()

    reply = asyncio.run(call())
    return reply, sink.body, dialect("openai").judge(reply, sink.body, request)
