"""Reads a batch: one job a line, as a prompt or as a JSON object, over the options of the command line. Pure."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from imagepipe.errors import Finding
from imagepipe.errors import Place as At
from imagepipe.frozen import frozen
from imagepipe.manifest.nearness import cut, meant
from imagepipe.oneoff.wishes import FIELDS, MODEL, OPTIONS, Wish
from imagepipe.values import FrozenMap

_OPTIONS = tuple(name for name in OPTIONS if name != "input_fidelity")
KEYS = ("prompt", "fields", *FIELDS, "model", *_OPTIONS, "out")
"""What a job may say."""
_NUMBERS = ("n", "output_compression")


@frozen
class Job:
    """One job: `number` counts jobs from 1; `at` is its line."""

    number: int
    at: At
    wish: Wish
    out: str = ""


@frozen
class Batch:
    """The jobs that could be read, and everything that is wrong with the others."""

    jobs: tuple[Job, ...] = ()
    findings: tuple[Finding, ...] = ()


class _Twice(ValueError):
    """A key that is there twice."""


def read(text: str, file: str, given: Wish) -> Batch:
    """All jobs of a file; `given` is what the command line says for every one of them."""
    jobs: list[Job] = []
    findings: list[Finding] = []
    number = 0
    for at, line in _lines(text, file):
        number += 1
        data, fault = _data(line, at)
        found = [fault] if fault else list(_faults(data, at))
        findings += found
        if not found:
            jobs.append(Job(number, at, _wish(data, given), str(data.get("out") or "")))
    if not number:
        findings.append(Finding("no-jobs", f"{file} holds no job", At(file), "write one prompt or JSON object a line"))
    return Batch(tuple(jobs), tuple(findings))


def _lines(text: str, file: str) -> Iterator[tuple[At, str]]:
    for row, raw in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
        line = raw.strip()
        if line and not line.startswith("#"):
            yield At(file, row, 1, max(1, len(cut(line, 200))), cut(line, 200)), line


def _data(line: str, at: At) -> tuple[dict[str, Any], Finding | None]:
    if not line.startswith("{"):
        return {"prompt": line}, None
    try:
        found = json.loads(line, object_pairs_hook=_once)
    except _Twice as twice:
        return {}, Finding("job-json", f"`{twice}` is there twice", at, "keep one of them")
    except (json.JSONDecodeError, RecursionError) as error:
        place = replace(at, column=getattr(error, "colno", 1), length=1)
        message = (
            f"a line that begins with {{ is a job in JSON, and this one is not: {getattr(error, 'msg', 'too deep')}"
        )
        return {}, Finding("job-json", message, place, "a job is one JSON object on one line")
    return found, None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise _Twice(cut(name))
    return dict(pairs)


def _faults(data: Mapping[str, Any], at: At) -> Iterator[Finding]:
    for name in data:
        if name not in KEYS:
            hint = meant(name, KEYS) or f"a job has {', '.join(KEYS)}"
            yield Finding("job-key", f"a job has no `{cut(name)}`", at, hint)
    fields = data.get("fields")
    if fields is not None and not isinstance(fields, dict):
        yield Finding("job-value", "`fields` is a map of field names to texts", at, 'as in {"subject": "a mug"}')
    for name in fields if isinstance(fields, dict) else ():
        if name not in FIELDS:
            hint = meant(name, FIELDS) or f"the fields are {', '.join(FIELDS)}"
            yield Finding("job-key", f"there is no field `{cut(name)}`", at, hint)
    if not isinstance(data.get("prompt"), str) or not data["prompt"].strip():
        yield Finding("job-prompt", "a job needs a prompt, and it must be text", at, 'add "prompt": "…"')
    texts = dict(fields) if isinstance(fields, dict) else {}
    for name, value in [*texts.items(), *((name, value) for name, value in data.items() if name in KEYS)]:
        if fault := _value_fault(name, value):
            yield Finding("job-value", fault, at, "null keeps the default")


def _value_fault(name: str, value: Any) -> str:
    if value is None or value == "" or name in ("prompt", "fields"):
        return ""
    if name in _NUMBERS:
        whole = isinstance(value, int) and not isinstance(value, bool)
        return "" if whole else f"`{name}` is a whole number, not `{cut(json.dumps(value))}`"
    return "" if isinstance(value, str) else f"`{cut(name)}` is text, not `{cut(json.dumps(value))}`"


def _wish(data: Mapping[str, Any], given: Wish) -> Wish:
    """Flat wins over nested, nested over the command line; null keeps what is there, "" clears it."""
    nested = data.get("fields") or {}
    flat = {name: data[name] for name in FIELDS if name in data}
    fields = _over(_over(given.fields, nested), flat)
    options = _over(given.options, {name: data[name] for name in _OPTIONS if name in data})
    model = given.model if data.get("model") is None else data["model"] or MODEL
    return replace(given, prompt=data["prompt"].strip(), fields=fields, options=options, model=model)


def _over(below: Mapping[str, Any], above: Mapping[str, Any]) -> FrozenMap:
    merged = {**below, **{name: value for name, value in above.items() if value is not None}}
    return FrozenMap({name: value for name, value in merged.items() if value != ""})
