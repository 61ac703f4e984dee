"""Reads config.toml and the environment into Settings; every fault at once, with its line. No disk, no network."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from imagepipe.contracts import Terms
from imagepipe.errors import Finding, Problem, UsageError
from imagepipe.models.registry import registry
from imagepipe.plugins import resolve
from imagepipe.settings import shapes
from imagepipe.settings.values import CONFIRM_ABOVE, JOBS, PER_BUILD, PERIODS, Cap, Limits, Settings
from imagepipe.values import EMPTY, FrozenMap, freeze

COST_VARIABLE = "IMAGEPIPE_MAX_COST"
DAY_VARIABLE = "IMAGEPIPE_MAX_COST_PER_DAY"
JOBS_VARIABLE = "IMAGEPIPE_JOBS"

_PLACES = "imagepipe.settings.tomlplaces"  # with tomllib: only where there is a file to read


class SettingsError(UsageError):
    """Everything wrong with the user's settings, at once. Exit 2."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self._findings = tuple(findings)
        first = self._findings[0]
        super().__init__(first.message, place=first.place, hint=first.hint, code=first.code)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, those of the file in file order, those of the environment after."""
        return self._findings


def read_settings(text: str, file: str, env: Mapping[str, str]) -> Settings:
    """The settings in `text`, the content of `file` ("" where there is none), with what `env` adds: IMAGEPIPE_MAX_COST and
    IMAGEPIPE_MAX_COST_PER_DAY (USD, further caps), IMAGEPIPE_JOBS (instead of limits.jobs). Raises SettingsError."""
    data = _parsed(text, file) if text.strip() else {}
    findings = [_placed(problem, text, file) for problem in shapes.faults(data)]
    models = EMPTY if findings else _models(data)
    findings += [
        _placed(_at_home(problem, data), text, file) for problem in (registry(models).problems if models else ())
    ]
    findings = sorted(findings, key=lambda finding: finding.place.line if finding.place else 0)
    findings += _environment_faults(env)
    if findings:
        raise SettingsError(findings)
    return _settings(data, models, file, env)


def _parsed(text: str, file: str) -> dict[str, Any]:
    loads, broken = resolve("tomllib:loads"), resolve("tomllib:TOMLDecodeError")
    try:
        data: dict[str, Any] = loads(text)
    except broken as error:
        place = resolve(f"{_PLACES}:syntax_place")(error, text, file)
        message = f"this is not TOML: {str(error).partition(' (at ')[0]}"
        raise SettingsError([Finding("settings-syntax", message, place, "see https://toml.io")]) from None
    return data


def _placed(problem: Problem, text: str, file: str) -> Finding:
    place = resolve(f"{_PLACES}:place_of")(text, file, problem.path)
    return Finding(problem.code, problem.message, place, problem.hint, problem.severity)


def _at_home(problem: Problem, data: Mapping[str, Any]) -> Problem:
    """A problem of an entry that nobody wrote under `[models]` is one of the deployment it came from."""
    deployment = problem.path[1]
    for name, raw in data.get("providers", {}).items():
        if deployment in raw.get("models", {}) and deployment not in data.get("models", {}):
            return replace(problem, path=("providers", name, "models", deployment))
    return problem


def _environment_faults(env: Mapping[str, str]) -> list[Finding]:
    found = [
        Finding("invalid-setting", f"{name} must be a sum in USD, such as 2.50", hint=f"unset {name}")
        for name in (COST_VARIABLE, DAY_VARIABLE)
        if env.get(name) and _usd(env[name]) is None
    ]
    if env.get(JOBS_VARIABLE) and _jobs(env[JOBS_VARIABLE]) is None:
        text = f"{JOBS_VARIABLE} must be a whole number from 1 to {shapes.MOST_JOBS}"
        found.append(Finding("invalid-setting", text, hint=f"unset {JOBS_VARIABLE}"))
    return found


def _usd(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 <= value < shapes.MOST_USD else None


def _jobs(text: str) -> int | None:
    whole = text.isascii() and text.isdigit() and len(text) < 6
    return int(text) if whole and 1 <= int(text) <= shapes.MOST_JOBS else None


def _settings(data: Mapping[str, Any], models: FrozenMap, file: str, env: Mapping[str, str]) -> Settings:
    budget, limits = data.get("budget", {}), data.get("limits", {})
    return Settings(
        providers=FrozenMap({name: _terms(name, raw) for name, raw in data.get("providers", {}).items()}),
        caps=(*_caps(budget, file), *_environment_caps(env)),
        confirm_above=float(budget.get("confirm_above", CONFIRM_ABOVE)),
        retry_in_doubt=budget.get("retry_in_doubt", 0),
        limits=Limits(_jobs(env.get(JOBS_VARIABLE, "")) or limits.get("jobs", JOBS), limits.get("images_per_minute")),
        models=models,
        file=file,
    )


def _caps(budget: Mapping[str, Any], file: str) -> list[Cap]:
    built_in = [] if "per_build" in budget else [Cap("the built-in budget.per_build", PER_BUILD)]
    written = [per for per in PERIODS if f"per_{per}" in budget]
    return [*built_in, *(Cap(f"budget.per_{per} in {file}", float(budget[f"per_{per}"]), per) for per in written)]


def _environment_caps(env: Mapping[str, str]) -> list[Cap]:
    found = []
    if (usd := _usd(env.get(COST_VARIABLE, ""))) is not None:
        found.append(Cap(COST_VARIABLE, usd))
    if (usd := _usd(env.get(DAY_VARIABLE, ""))) is not None:
        found.append(Cap(DAY_VARIABLE, usd, "day"))
    return found


def _terms(name: str, raw: Mapping[str, Any]) -> Terms:
    """`models` is written deployment → real model and held the other way round: what a manifest says → what is sent. The
    first deployment of a model is the one it goes to."""
    sent: dict[str, str] = {}
    for deployment, real in raw.get("models", {}).items():
        sent.setdefault(real, deployment)
    plain = {field: raw[field] for field in ("base_url", "key_env") if field in raw}
    return Terms(
        name,
        kind=shapes.kind_of(name, raw),
        models=FrozenMap(sent),
        deadline=float(raw.get("deadline", Terms("").deadline)),
        switches=freeze(raw.get("switches", {})),
        **plain,
    )


def _models(data: Mapping[str, Any]) -> FrozenMap:
    """Registry entries: every deployment is like the model it is of, and `[models]` says the rest."""
    found: dict[str, Any] = {}
    for raw in data.get("providers", {}).values():
        found |= {
            deployment: {"like": real} for deployment, real in raw.get("models", {}).items() if deployment != real
        }
    for id, entry in data.get("models", {}).items():
        found[id] = {**found.get(id, {}), **entry} if isinstance(entry, dict) else entry
    entries: FrozenMap = freeze(_without_dates(found))
    return entries


def _without_dates(value: Any) -> Any:
    """TOML has dates of its own; entries write them as text."""
    if isinstance(value, dict):
        return {name: _without_dates(item) for name, item in value.items()}
    return value.isoformat() if isinstance(value, date) else value
