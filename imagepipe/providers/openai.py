"""The OpenAI Image API through the official SDK: one request, one deadline, no retries, no redirects. Judges nothing."""

import asyncio
import inspect
import ssl
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import httpcore2
import httpx2
from openai import AsyncOpenAI, OpenAIError
from openai.resources.images import AsyncImages

from imagepipe.contracts import Reply, Sink, Terms
from imagepipe.errors import ImagepipeError, ProviderStop
from imagepipe.providers.exchange import CURRENT, PIECE, Answered, Exchange, fault_of, on_request, on_response
from imagepipe.providers.keys import key_of
from imagepipe.providers.links import Links
from imagepipe.values import Request

DEFAULT_BASE_URL = "https://api.openai.com/v1"
CONNECT_SECONDS = 30.0
_MAGIC = ((b"\x89PNG", "png"), (b"\xff\xd8\xff", "jpeg"), (b"RIFF", "webp"))
_LAYERS = ("mask", "markup")


def make(terms: Terms, env: Mapping[str, str]) -> "OpenAiProvider":
    """A provider by `terms`; `env` holds the key and OPENAI_BASE_URL, OPENAI_ORG_ID, OPENAI_PROJECT_ID.

    Proxies and certificates come from the process's environment, as httpx2 reads it. Raises ProviderStop where there is
    no key, or where no client can be made of the settings.
    """
    key = key_of(terms, env)
    try:
        client = AsyncOpenAI(
            api_key=key,
            base_url=terms.base_url or env.get("OPENAI_BASE_URL") or DEFAULT_BASE_URL,
            max_retries=0,
            # Shorter than the deadline, which would cancel a handshake midway and leave its socket to the collector.
            timeout=httpx2.Timeout(None, connect=min(CONNECT_SECONDS, terms.deadline / 2)),
            default_headers={"Accept-Encoding": "identity"},
            http_client=_http_client(),
        )
    except (ValueError, TypeError, OSError, ImportError, httpx2.InvalidURL, OpenAIError) as error:
        text = f"no connection can be made with these settings ({type(error).__name__})"
        hint = "check OPENAI_BASE_URL, HTTPS_PROXY and SSL_CERT_FILE"
        raise ProviderStop(text, hint=hint, code="provider-settings") from None
    # Organization and project belong to OpenAI's own service: another server is not told them.
    client.organization = None if terms.base_url else env.get("OPENAI_ORG_ID")
    client.project = None if terms.base_url else env.get("OPENAI_PROJECT_ID")
    return OpenAiProvider(client, terms, key)


def _http_client() -> httpx2.AsyncClient:
    httpcore2.AsyncHTTP11Connection.READ_NUM_BYTES = PIECE  # the client has no option for it
    # No idle connections: one that the server closes just as we send would leave a paid request in doubt, and a
    # handshake is nothing beside a call that takes ten seconds. How many are open at once is the scheduler's business.
    return httpx2.AsyncClient(
        limits=httpx2.Limits(max_connections=None, max_keepalive_connections=0),
        follow_redirects=False,
        event_hooks={"request": [on_request], "response": [on_response]},
    )


class OpenAiProvider:
    """Sends requests; never shows its key."""

    free = False

    def __init__(self, client: AsyncOpenAI, terms: Terms, secret: str) -> None:
        self._client, self._terms, self._secret = client, terms, secret
        self._links = Links(client.base_url) if terms.switches.get("url") else None

    async def send(self, request: Request, files: Sequence[bytes], sink: Sink) -> Reply:
        """One request within the deadline of the terms; see contracts.Provider."""
        exchange = Exchange(sink, self._secret)
        token = CURRENT.set(exchange)
        timer = asyncio.timeout(self._terms.deadline)
        try:
            async with timer:
                await self._exchange(exchange, request, files)
        except (OpenAIError, httpx2.HTTPError, ssl.SSLError, Answered, ImagepipeError) as error:
            return exchange.reply(fault_of(error))
        except TimeoutError:
            if not timer.expired():
                raise
            return exchange.reply(f"timeout: no whole answer within {self._terms.deadline:g} s")
        finally:
            CURRENT.reset(token)
        return exchange.reply()

    async def _exchange(self, exchange: Exchange, request: Request, files: Sequence[bytes]) -> None:
        images = self._client.images.with_streaming_response
        method: Any = images.edit if request.inputs else images.generate
        async with method(**self._arguments(request, files)) as answer:
            if self._links is None:
                await exchange.pour(answer.http_response)
            else:
                await self._links.pour(exchange, answer.http_response)

    def _arguments(self, request: Request, files: Sequence[bytes]) -> dict[str, Any]:
        """What the SDK is called with: only what the request says, and what this SDK does not know yet in `extra_body`."""
        fields: dict[str, Any] = {
            "prompt": request.prompt,
            "model": self._terms.models.get(request.model, request.model),
        }
        fields |= {name: _plain(value) for name, value in self._sent(request).items()}
        if form := self._terms.switches.get("response_format"):
            fields["response_format"] = form
        known = _parameters(request.inputs != ())
        extra = {name: fields.pop(name) for name in list(fields) if name not in known}
        return fields | _attachments(request, files) | ({"extra_body": extra} if extra else {})

    def _sent(self, request: Request) -> dict[str, Any]:
        """The options of a request without those that this server refuses to hear; how many pictures are asked for stays
        wherever it is more than one."""
        silent = {name for name in self._terms.switches.get("leave_out", ()) if name != "n" or request.n == 1}
        return {name: value for name, value in request.options.items() if name not in silent}

    async def close(self) -> None:
        """Ends connections."""
        await self._client.close()


@cache
def _parameters(edit: bool) -> frozenset[str]:
    """The parameters that this version of the SDK has."""
    return frozenset(inspect.signature(AsyncImages.edit if edit else AsyncImages.generate).parameters)


def _plain(value: Any) -> Any:
    return {name: _plain(item) for name, item in value.items()} if isinstance(value, Mapping) else value


def _attachments(request: Request, files: Sequence[bytes]) -> dict[str, Any]:
    """The files of an edit as (name, bytes, type): the API refuses one without a type."""
    images: list[tuple[str, bytes, str]] = []
    found: dict[str, Any] = {}
    for number, (item, data) in enumerate(zip(request.inputs, files, strict=True), 1):
        kind = next((kind for magic, kind in _MAGIC if data.startswith(magic)), "png")
        if item.role in _LAYERS:
            found[item.role] = (f"{item.role}.{kind}", data, f"image/{kind}")
        else:
            images.append((f"image-{number}.{kind}", data, f"image/{kind}"))
    if images:
        # One picture goes as `image`, several as `image[]`: compatible servers may know only the first form.
        found["image"] = images[0] if len(images) == 1 else images
    return found
