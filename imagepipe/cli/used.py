"""The part of `doctor` about the models that the project uses: until when they are served, and whether the key may."""

from collections.abc import Iterator

import imagepipe
from imagepipe.cli.checks import Check, Site
from imagepipe.cli.shutdowns import answer_of
from imagepipe.contracts import Terms
from imagepipe.errors import ImagepipeError, ProviderStop
from imagepipe.models.registry import Registry, registry
from imagepipe.models.retirement import WARN_DAYS, retirement
from imagepipe.pipeline.around import settings_of, today_utc
from imagepipe.values import Manifest


def models(site: Site) -> list[Check]:
    """Which of the project's models end soon or have ended, by the registry."""
    found = _manifest(site)
    if found is None or not found.assets:
        return []
    names = list(dict.fromkeys(asset.model for asset in found.assets))
    ending = list(_ending(registry(found.models), names))
    return ending or [Check("Models", "ok", f"{', '.join(names)}: no end known")]


def _manifest(site: Site) -> Manifest | None:
    try:
        return imagepipe.load(site.directory, file=site.file)
    except ImagepipeError:
        return None  # told by the check of the manifest


def _ending(known: Registry, names: list[str]) -> Iterator[Check]:
    for name in names:
        model = known.find(name).model
        found = retirement(model, today_utc()) if model else None
        if found and found.warns:
            hint = f"imagepipe migrate-model {name} {found.replacement or 'TO'} keeps the pictures"
            yield Check("Models", "warn", found.text, hint)


def access(site: Site) -> list[Check]:
    """Whether the key may use the project's models, and when they end by the provider's own word."""
    found = _manifest(site)
    settings = settings_of(site.environ)
    if found is None or site.offline:
        return []
    checks = []
    for provider, model in dict.fromkeys((asset.provider, asset.model) for asset in found.assets):
        terms = settings.providers.get(provider) or (Terms(provider) if provider == "openai" else None)
        if terms is None or terms.kind != "openai" or not _can_ask(terms, site):
            continue
        try:
            checks.append(_asked(terms, site, model))
        except ProviderStop as error:
            return [Check("Access", "fail", error.message, error.hint)]
    return checks


def _can_ask(terms: Terms, site: Site) -> bool:
    return bool(site.environ.get(terms.key_env, "").strip() or terms.switches.get("keyless"))


def _asked(terms: Terms, site: Site, model: str) -> Check:
    answer = answer_of(terms, site.environ, model)
    name = f"{terms.name}: {model}"
    if not answer.listed:
        hint = "it may be gone, or this account may not use it; a build tells. imagepipe models lists the others"
        return Check("Access", "warn", f"{name} is not listed for this key", hint)
    if answer.shutdown and (answer.shutdown - today_utc()).days <= WARN_DAYS:
        hint = f"imagepipe migrate-model {model} TO keeps the pictures"
        return Check("Access", "warn", f"{name} can be used until {answer.shutdown}, says the provider", hint)
    return Check("Access", "ok", f"{name} can be used")
