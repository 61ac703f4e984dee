"""From a provider's name to a way to reach it, made when first needed and closed at the end of the build."""

import asyncio
from collections import Counter
from collections.abc import Iterable

from imagepipe.contracts import Dialect, Provider, Terms
from imagepipe.errors import UsageError
from imagepipe.execute.work import Route
from imagepipe.models.registry import Registry
from imagepipe.pipeline.around import Around
from imagepipe.pipeline.build.assuming import Assuming
from imagepipe.plugins import names
from imagepipe.providers import PROVIDERS, dialect, provider, provider_of_many
from imagepipe.recipe import PLACEHOLDER
from imagepipe.values import Request

MANY = 16
"""Requests for which a second process is worth its start."""


class Routes:
    """The providers of one build, by name. `known` are the project's models."""

    def __init__(self, near: Around, known: Registry) -> None:
        self._near, self._known = near, known
        self._open: dict[str, Route] = {}
        self._closing: asyncio.Future[None] | None = None

    def terms(self, name: str) -> Terms:
        """How a provider is reached: as the user configured it, else the built-in way of a kind of that name.

        Raises errors.UsageError for a name that is neither.
        """
        configured = self._near.settings.providers.get(name)
        if configured:
            return configured
        known = names(PROVIDERS, "imagepipe.providers")
        if name in known:
            return Terms(name, kind=name)
        hint = f"add [providers.{name}] to your config.toml, or use one of {', '.join(known)}"
        raise UsageError(f"there is no provider `{name}` in your configuration", hint=hint, code="unknown-provider")

    def route_of(self, request: Request) -> Route:
        """The way a request takes. Raises errors.ProviderStop where the provider cannot be used."""
        name = request.provider
        if name not in self._open:
            terms = self.terms(name)
            self._add(name, terms, provider(terms, self._near.env))
        return self._open[name]

    def _add(self, name: str, terms: Terms, made: Provider) -> None:
        self._open[name] = Route(name, made, self._dialect(terms.kind))

    def dialect_of(self, name: str) -> Dialect:
        """What reads the answers of a provider, also of one that is not configured any more."""
        configured = self._near.settings.providers.get(name)
        return self._dialect(configured.kind if configured else name)

    def _dialect(self, kind: str) -> Dialect:
        return dialect(kind) if kind == PLACEHOLDER else Assuming(dialect(kind), self._known)

    async def open(self, requests: Iterable[Request]) -> None:
        """Makes the ways of some requests now, so that a missing key is said once and before anything is done."""
        for name, count in Counter(request.provider for request in requests).items():
            if name not in self._open:
                terms, env = self.terms(name), self._near.env
                self._add(name, terms, await provider_of_many(terms, env) if count >= MANY else provider(terms, env))

    async def close(self) -> None:
        """Ends all connections."""
        await self.hang_up()
        if self._closing:
            await self._closing

    async def hang_up(self) -> None:
        """Begins to end them: processes that send for us take a while, in which other things can be done."""
        self._closing = self._closing or asyncio.ensure_future(self._close())
        await asyncio.sleep(0)

    async def _close(self) -> None:
        ends = await asyncio.gather(*(route.provider.close() for route in self._open.values()), return_exceptions=True)
        for error in ends:
            if error:
                raise error
