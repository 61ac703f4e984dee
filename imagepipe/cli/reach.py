"""Asks a provider's server what costs nothing: is there a key (never shown), does it answer, what does it say of models."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import SplitResult, urlsplit, urlunsplit

import httpx2

import imagepipe
from imagepipe.cli.checks import Check, Site
from imagepipe.contracts import Terms
from imagepipe.errors import ImagepipeError
from imagepipe.pipeline.around import settings_of

_OPENAI = "openai"
_DEFAULT = "https://api.openai.com/v1"
_URL = "OPENAI_BASE_URL"
_PATIENCE, _MOST = 10.0, 4_000_000
_ERRNO = re.compile(r"^\[Errno -?\d+\] ")


def _reached(site: Site) -> list[Terms]:
    """How each provider of the project is reached that speaks the Image API; `openai` where there is none."""
    known = settings_of(site.environ).providers
    try:
        assets = imagepipe.load(site.directory, file=site.file).assets
    except ImagepipeError:
        assets = ()  # told by the check of the manifest
    named = dict.fromkeys(asset.provider for asset in assets)
    found = [known.get(name) or Terms(name) for name in named if name in known or name == _OPENAI]
    return [terms for terms in found if terms.kind == _OPENAI] or [known.get(_OPENAI) or Terms(_OPENAI)]


def _named(terms: Terms, check: Check) -> Check:
    return check if terms.name == _OPENAI else replace(check, message=f"{terms.name}: {check.message}")


def key(site: Site) -> list[Check]:
    """Whether each provider's key is set, and whether it has the white space that a careless paste leaves."""
    return [_named(terms, _key(terms.key_env, site)) for terms in _reached(site) if not terms.switches.get("keyless")]


def _key(name: str, site: Site) -> Check:
    value = site.environ.get(name, "")
    if not value.strip():
        hint = f"set {name}, or stay with `provider: placeholder`, which needs none"
        return Check("Key", "warn", f"{name} is not set", hint)
    if value != value.strip() or any(character.isspace() for character in value):
        return Check("Key", "fail", f"{name} has white space in it", "set it again, without quotes and line ends")
    return Check("Key", "ok", f"{name} is set ({len(value)} characters, not shown)")


def server(site: Site) -> list[Check]:
    """Whether each provider's base URL answers, and whether it takes the key: one GET of /models, which costs nothing."""
    return [_named(terms, _server(terms, site)) for terms in _reached(site)]


def _server(terms: Terms, site: Site) -> Check:
    secret = site.environ.get(terms.key_env, "").strip()
    url = base_url(terms, site.environ)
    port = _port(url)
    shown = f"{url.scheme}://{url.hostname or ''}{f':{port}' if port else ''}{url.path}"
    if url.scheme not in ("http", "https") or not url.hostname or port is None:
        return Check("Server", "fail", "the base URL is not a http(s) address", "as in https://api.openai.com/v1")
    if site.offline:
        return Check("Server", "ok", f"{shown} (not asked: --offline)")
    try:
        status, body = get(url, "models", secret)
    except (OSError, ValueError) as error:
        where = f"`base_url` of [providers.{terms.name}]" if terms.base_url else _URL
        hint = f"check the network, a proxy, or {where}; plan, check and validate need no network"
        return Check("Server", "fail", f"{shown} does not answer: {_fault(error)}", hint)
    return judged(shown, status, body, bool(secret))


def base_url(terms: Terms, environ: Mapping[str, str]) -> SplitResult:
    """Where a provider is reached."""
    return urlsplit(terms.base_url or environ.get(_URL) or _DEFAULT)


def _port(url: SplitResult) -> int | None:
    """The port that is written, 0 for none, None for one that cannot be."""
    try:
        return url.port or 0
    except ValueError:
        return None


def _fault(error: BaseException) -> str:
    return _ERRNO.sub("", str(getattr(error, "strerror", "") or type(error).__name__))


def get(url: SplitResult, path: str, secret: str) -> tuple[int, bytes]:
    """Status and body of one GET below a base URL, by the proxy and the certificates that a build would use, without
    redirects, so that the key goes nowhere else. Raises OSError, ValueError."""
    headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {secret}"} if secret else {})
    whole = urlunsplit(url._replace(path=f"{url.path.rstrip('/')}/{path}"))
    body = b""
    try:
        with (
            httpx2.Client(timeout=_PATIENCE, follow_redirects=False) as client,
            client.stream("GET", whole, headers=headers) as answer,
        ):
            for piece in answer.iter_bytes():
                body += piece
                if len(body) > _MOST:
                    break
            return answer.status_code, body[:_MOST]
    except httpx2.HTTPError as error:
        raise ConnectionError(0, str(error)[:200] or type(error).__name__) from None
    except httpx2.InvalidURL as error:
        raise ValueError("the base URL is none") from error


def judged(shown: str, status: int, body: bytes, has_key: bool) -> Check:
    """What a status of /models means."""
    if status == 200:
        count = len(image_models(body))
        told = f"{shown} answers" + (f"; {count} image model{'' if count == 1 else 's'} for this key" if count else "")
        return Check("Server", "ok", told)
    if status in (401, 403) and has_key:
        return Check(
            "Server", "fail", f"{shown} refuses the key (HTTP {status})", "make a new key, or check its rights"
        )
    if status in (401, 403):
        return Check("Server", "ok", f"{shown} answers")
    if status == 404:
        return Check("Server", "ok", f"{shown} answers (it lists no models)")
    return Check(
        "Server", "warn", f"{shown} answers with HTTP {status}", "try again; a proxy or the server may be at fault"
    )


def image_models(body: bytes) -> tuple[str, ...]:
    """The ids of the image models in an answer of /models."""
    try:
        rows = json.loads(body)["data"]
        return tuple(sorted(row["id"] for row in rows if "image" in row["id"]))
    except (ValueError, KeyError, TypeError):
        return ()
