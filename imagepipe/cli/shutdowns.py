"""What the provider itself says of models: whether this key may use them, and until when they are served."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import quote

from imagepipe.cli.reach import base_url, get
from imagepipe.contracts import Terms
from imagepipe.errors import ProviderStop
from imagepipe.frozen import frozen
from imagepipe.models.overview import Row
from imagepipe.models.registry import registry
from imagepipe.reports.grid import table
from imagepipe.reports.ink import PLAIN, Ink
from imagepipe.settings import Settings

_HEAD = ("model", "the registry says", "the provider says")


@frozen
class Answer:
    """What a GET of one model gave; `listed` False proves nothing."""

    listed: bool
    shutdown: date | None = None

    def as_data(self) -> dict[str, Any]:
        """As `schemas/models-list.schema.json` has it."""
        return {"listed": self.listed, "shutdown_date": self.shutdown.isoformat() if self.shutdown else None}


def ask(rows: Iterable[Row], settings: Settings, environ: Mapping[str, str]) -> dict[str, Answer]:
    """Id → answer, for the rows of models that may still be served by OpenAI. Raises ProviderStop without a key, or
    where the server does not answer or refuses the key."""
    terms = settings.providers.get("openai") or Terms("openai")
    own = registry().index
    return {
        row.model.id: answer_of(terms, environ, row.model.id)
        for row in rows
        if row.model.id in own and row.end.state != "ended"
    }


def answer_of(terms: Terms, environ: Mapping[str, str], id: str) -> Answer:
    """What the server says of one model, called as the provider's terms have it. Raises ProviderStop."""
    secret = environ.get(terms.key_env, "").strip()
    if not secret and not terms.switches.get("keyless"):
        hint = f"set {terms.key_env}; without --check the registry answers"
        raise ProviderStop(f"asking the provider needs a key, and {terms.key_env} is not set", hint=hint, code="no-key")
    try:
        name = quote(str(terms.models.get(id, id)), safe="/")
        status, body = get(base_url(terms, environ), f"models/{name}", secret)
    except (OSError, ValueError) as error:
        hint = "check the network, a proxy, or OPENAI_BASE_URL"
        message = f"the provider does not answer ({getattr(error, 'strerror', '') or type(error).__name__})"
        raise ProviderStop(message, hint=hint, code="not-connected") from None
    if status in (401, 403):
        hint = f"make a new key, or check its rights; {terms.key_env} holds it"
        raise ProviderStop(f"the provider refuses the key (HTTP {status})", hint=hint, code="key-refused")
    return Answer(status == 200, _shutdown(body) if status == 200 else None)


def _shutdown(body: bytes) -> date | None:
    """The date in an answer, written as a day or as seconds since 1970."""
    try:
        said = json.loads(body).get("shutdown_date")
        if isinstance(said, int | float):
            return datetime.fromtimestamp(said, UTC).date()
        return date.fromisoformat(said[:10]) if isinstance(said, str) else None
    except (ValueError, AttributeError, OverflowError, OSError):
        return None


def page(rows: Iterable[Row], answers: Mapping[str, Answer], ink: Ink = PLAIN) -> str:
    """A row for each model that was asked about, and what to do where the two do not agree."""
    asked = [row for row in rows if row.model.id in answers]
    cells = [(row.model.id, _registry(row), _provider(answers[row.model.id])) for row in asked]
    news = [row for row in asked if (said := answers[row.model.id].shutdown) and said != row.end.date]
    lines = [table(_HEAD, cells, ink)]
    lines += [
        f"\n{row.model.id}: write `models: {{{row.model.id}: {{ends: {answers[row.model.id].shutdown}}}}}`, "
        "or upgrade imagepipe.\n"
        for row in news
    ]
    return "".join(lines)


def _registry(row: Row) -> str:
    if row.end.date is None:
        return "no end"
    return f"{row.end.date}" if row.end.documented else f"~{row.end.date}"


def _provider(answer: Answer) -> str:
    if not answer.listed:
        return "not listed for this key, which proves nothing"
    return str(answer.shutdown) if answer.shutdown else "no end"
