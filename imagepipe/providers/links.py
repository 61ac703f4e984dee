"""Fetches pictures that a compatible server answers as links, so that everyone else only ever sees bytes."""

import asyncio
import json
from typing import Any

import httpx2
import jiter
import pybase64

from imagepipe.providers.exchange import Exchange

BOUND = 64 << 20
"""Bytes: what one answer of links, or one linked picture, may hold at most."""


class Links:
    """Follows links to the API's own host and port, never a redirect, never with the key."""

    def __init__(self, base_url: httpx2.URL) -> None:
        self._base = base_url

    async def pour(self, exchange: Exchange, response: httpx2.Response) -> None:
        """The answer with bytes in place of links, into the exchange's sink. Raises httpx2.RequestError where a link may
        not be followed or leads nowhere."""
        body = await _bounded(response)
        try:
            answer: Any = jiter.from_json(body, cache_mode="none")
        except ValueError:
            answer = None
        items = answer.get("data") if isinstance(answer, dict) else None
        if isinstance(items, list) and any(isinstance(item, dict) and item.get("url") for item in items):
            answer["data"] = await asyncio.gather(*(self._filled(item) for item in items))
            body = json.dumps(answer).encode()
        await exchange.write(body)
        exchange.complete = True

    async def _filled(self, item: Any) -> Any:
        if not isinstance(item, dict) or not isinstance(item.get("url"), str):
            return item
        if item["url"].startswith("data:"):
            return {"b64_json": item["url"].partition(",")[2]}
        return {"b64_json": pybase64.b64encode(await self._fetch(item["url"])).decode()}

    async def _fetch(self, link: str) -> bytes:
        try:
            url = self._base.join(link)
        except httpx2.InvalidURL:
            raise httpx2.RequestError("the answer links to something that is no address") from None
        if (url.scheme, url.host, url.port) != (self._base.scheme, self._base.host, self._base.port):
            raise httpx2.RequestError(f"the answer links to another host, {url.host}: not followed")
        async with httpx2.AsyncClient(follow_redirects=False) as client, client.stream("GET", url) as response:
            if response.status_code != 200:
                raise httpx2.RequestError(f"the linked picture answered {response.status_code}")
            return await _bounded(response)


async def _bounded(response: httpx2.Response) -> bytes:
    pieces, size = [], 0
    async for piece in response.aiter_bytes():
        pieces.append(piece)
        size += len(piece)
        if size > BOUND:
            raise httpx2.RequestError(f"more than {BOUND >> 20} MiB in one answer")
    return b"".join(pieces)
