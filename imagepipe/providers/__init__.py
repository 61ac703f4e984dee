"""Sources of pictures, by kind: what makes one, and what reads its answers without loading it."""

from collections.abc import Mapping

from imagepipe.contracts import Dialect, Provider, Terms
from imagepipe.plugins import names, pick

PROVIDERS = {
    "openai": "imagepipe.providers.openai:make",
    "placeholder": "imagepipe.providers.placeholder:make",
}
"""Kind → `make(terms, env) -> Provider`; the entry points of `imagepipe.providers` add to it."""

COURIERS = {"openai": "imagepipe.providers.courier:begun"}
"""Kinds that can be had in processes of their own → `begun(terms, env)`, to be awaited."""

DIALECTS = {
    "openai": "imagepipe.providers.imageapi:DIALECT",
    "placeholder": "imagepipe.providers.imageapi:DIALECT",
}
"""Kind → Dialect; the entry points of `imagepipe.dialects` add to it. A kind in neither answers as the Image API does."""


def provider(terms: Terms, env: Mapping[str, str]) -> Provider:
    """The provider that `terms` describe. Raises UsageError for an unknown kind, ProviderStop where it cannot be used."""
    made: Provider = pick(PROVIDERS, terms.kind, "imagepipe.providers")(terms, env)
    return made


async def provider_of_many(terms: Terms, env: Mapping[str, str]) -> Provider:
    """The same for many requests: where there is such a thing, a provider in processes of its own."""
    if terms.kind not in COURIERS:
        return provider(terms, env)
    made: Provider = await pick(COURIERS, terms.kind, "imagepipe.providers")(terms, env)
    return made


def dialect(kind: str) -> Dialect:
    """What reads the answers of a kind of provider; imports no SDK."""
    known = kind if kind in names(DIALECTS, "imagepipe.dialects") else "openai"
    found: Dialect = pick(DIALECTS, known, "imagepipe.dialects")
    return found
