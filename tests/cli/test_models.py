"""`models`: the table, one model by any of its names, and what the provider itself says."""

from pathlib import Path

import jsonschema
import pytest

from imagepipe import schemafiles
from imagepipe.cli.shutdowns import Answer, answer_of
from imagepipe.contracts import Terms
from imagepipe.errors import ProviderStop
from tests.cli.running import run
from tests.server.fixture import CANARY
from tests.server.rules import SHUTDOWNS
from tests.server.serving import ImageServer

SNAPSHOT = "gpt-image-2-2026-04-21"


def test_the_table_has_status_end_sizes_and_prices(tmp_path: Path) -> None:
    ran = run("models", cwd=tmp_path)
    assert ran.code == 0
    for told in ("gpt-image-2 ", "low $0.006 medium $0.053 high $0.211", "~2026-12-01", "ended 2026-10-23"):
        assert told in ran.out


@pytest.mark.parametrize("name", ["gpt-image-2", SNAPSHOT, "chatgpt-image-latest", "gpt-image-1", "dall-e-3"])
def test_one_model_by_any_of_its_names(name: str, tmp_path: Path) -> None:
    ran = run("models", name, cwd=tmp_path)
    assert ran.code == 0
    assert ran.out.startswith(f"{name}\n")
    assert "qualities" in ran.out


def test_an_unknown_model_names_the_nearest(tmp_path: Path) -> None:
    ran = run("models", "gpt-imgae-2", cwd=tmp_path)
    assert ran.code == 2
    assert "did you mean `gpt-image-2`?" in ran.err


def test_a_family_without_its_variant_names_the_variants(tmp_path: Path) -> None:
    ran = run("models", "gpt-image-2.5", cwd=tmp_path)
    assert (ran.code, "`gpt-image-2.5-sunburst` or `gpt-image-2.5-flare`" in ran.err) == (2, True)


def test_what_the_project_says_of_models_is_shown(tmp_path: Path) -> None:
    manifest = "version: 1\nassets: {}\nmodels: {gpt-image-2: {ends: 2026-03-01}, mine: {like: gpt-image-2}}\n"
    (tmp_path / "assets.yaml").write_text(manifest, encoding="utf-8")
    rows = {row["id"]: row for row in run("models", "--json", cwd=tmp_path).data["models"]}
    assert rows["gpt-image-2"]["end"] == "2026-03-01"
    assert "mine" in rows


@pytest.mark.parametrize("arguments", [(), (SNAPSHOT,), ("--check",), ("gpt-image-1.5", "--check")])
def test_as_data(arguments: tuple[str, ...], api: ImageServer, tmp_path: Path) -> None:
    ran = run("models", *arguments, "--json", cwd=tmp_path)
    checker = jsonschema.Draft202012Validator(
        schemafiles.schema("models-list"), format_checker=jsonschema.FormatChecker()
    )
    assert [error.message for error in checker.iter_errors(ran.data)] == []
    assert bool(arguments and "--check" in arguments) == any("server" in row for row in ran.data["models"])


def test_check_asks_the_provider_once_a_model(api: ImageServer, tmp_path: Path) -> None:
    ran = run("models", "--check", cwd=tmp_path)
    assert ran.code == 0
    assert api.calls["GET /v1/models/gpt-image-2"] == 1
    assert "GET /v1/models/gpt-image-1" not in api.calls, "what has ended is not asked about"
    (row,) = run("models", "gpt-image-1.5", "--check", "--json", cwd=tmp_path).data["models"]
    assert row["server"] == {"listed": True, "shutdown_date": "2026-12-01"}
    assert CANARY not in ran.out + ran.err


def test_a_date_that_the_registry_does_not_have_is_told_with_the_way_to_write_it(
    api: ImageServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SHUTDOWNS, "gpt-image-2", "2027-03-01")
    ran = run("models", "gpt-image-2", "--check", cwd=tmp_path)
    assert "models: {gpt-image-2: {ends: 2027-03-01}}" in ran.out


@pytest.mark.parametrize(
    ("environ", "code"),
    [({"OPENAI_API_KEY": ""}, "no-key"), ({"OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}, "not-connected")],
)
def test_what_stops_a_check(environ: dict[str, str], code: str, api: ImageServer, tmp_path: Path) -> None:
    ran = run("models", "--check", "--json", cwd=tmp_path, **environ)
    assert ran.code == 7
    assert ran.data["error"]["code"] == code


def test_absence_proves_nothing(api: ImageServer) -> None:
    environ = {"OPENAI_BASE_URL": api.base_url, "OPENAI_API_KEY": CANARY}
    assert answer_of(Terms("openai"), environ, "gpt-image-9") == Answer(False)
    with pytest.raises(ProviderStop):
        answer_of(Terms("openai"), environ | {"OPENAI_API_KEY": " "}, "gpt-image-2")
