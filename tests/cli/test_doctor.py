"""`doctor` says how things are, what to do, and never shows a key."""

import os
from pathlib import Path

import jsonschema
import pytest

from imagepipe import schemafiles
from imagepipe.cli import checks, keep, reach, used
from imagepipe.cli.checks import Check, Site
from imagepipe.cli.doctor import page
from imagepipe.reports.ink import Ink
from tests.cli.running import run
from tests.server.fixture import CANARY
from tests.server.serving import ImageServer


def site(tmp_path: Path, **environ: str) -> Site:
    return Site(tmp_path, "", environ, offline=False)


def test_a_page_reads_well() -> None:
    assert page([Check("Python", "ok", "3.12"), Check("Key", "warn", "not set", "set it")], Ink()) == (
        "  ✓ Python  3.12\n  ! Key     not set\n            → set it\n\n1 to look at\n"
    )


@pytest.mark.parametrize(
    ("environ", "state", "told"),
    [
        ({}, "warn", "is not set"),
        ({"OPENAI_API_KEY": " "}, "warn", "is not set"),
        ({"OPENAI_API_KEY": f"{CANARY}\n"}, "fail", "white space"),
        ({"OPENAI_API_KEY": CANARY}, "ok", f"is set ({len(CANARY)} characters, not shown)"),
    ],
)
def test_key(environ: dict[str, str], state: str, told: str, tmp_path: Path) -> None:
    [found] = reach.key(site(tmp_path, **environ))
    assert (found.state, told in found.message) == (state, True)
    assert CANARY not in found.message + found.hint


def test_a_server_that_answers(api: ImageServer, tmp_path: Path) -> None:
    [found] = reach.server(site(tmp_path, OPENAI_BASE_URL=api.base_url, OPENAI_API_KEY=CANARY))
    assert found.state == "ok"
    assert api.base_url in found.message


@pytest.mark.parametrize(
    ("url", "state"),
    [
        ("http://127.0.0.1:9/v1", "fail"),
        ("ftp://127.0.0.1/v1", "fail"),
        ("nonsense", "fail"),
        ("http://127.0.0.1:99999/v1", "fail"),
    ],
)
def test_a_server_that_does_not(url: str, state: str, tmp_path: Path) -> None:
    [found] = reach.server(site(tmp_path, OPENAI_BASE_URL=url))
    assert found.state == state
    assert found.hint


def test_a_proxy_is_asked_where_there_is_one(
    image_server: ImageServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HTTP_PROXY", image_server.base_url.removesuffix("/v1"))
    [found] = reach.server(site(tmp_path, OPENAI_BASE_URL="http://images.example/v1", OPENAI_API_KEY=CANARY))
    assert found.state == "ok", found


def test_credentials_in_the_address_are_not_shown(tmp_path: Path) -> None:
    [found] = reach.server(site(tmp_path, OPENAI_BASE_URL="http://me:pass-word@127.0.0.1:9/v1"))
    assert "pass-word" not in found.message


def test_offline_opens_no_connection(tmp_path: Path) -> None:
    [found] = reach.server(Site(tmp_path, "", {"OPENAI_BASE_URL": "http://192.0.2.1/v1"}, offline=True))
    assert found.state == "ok"
    assert "--offline" in found.message


def test_the_servers_and_keys_of_the_projects_own_providers_are_looked_at(api: ImageServer, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    azure = f'[providers.azure]\nbase_url = "{api.base_url}"\nkey_env = "AZURE_OPENAI_API_KEY"\n'
    local = '[providers.local]\nbase_url = "http://127.0.0.1:9/v1"\nswitches = {keyless = true}\n'
    config.write_text(azure + local, encoding="utf-8")
    rows = "".join(
        f"  {name}: {{provider: {name}, prompt: a mug, output: {name}.png}}\n" for name in ("azure", "local")
    )
    (tmp_path / "assets.yaml").write_text(f"version: 1\nassets:\n{rows}", encoding="utf-8")
    here = site(tmp_path, IMAGEPIPE_CONFIG=str(config))
    [key] = reach.key(here)
    assert (key.state, key.message) == ("warn", "azure: AZURE_OPENAI_API_KEY is not set")
    first, second = reach.server(here)
    assert (first.state, first.message.partition(";")[0]) == ("ok", f"azure: {api.base_url} answers")
    assert (second.state, "[providers.local]" in second.hint, "Errno" in second.message) == ("fail", True, False)


@pytest.mark.parametrize(
    ("status", "has_key", "state"),
    [
        (200, True, "ok"),
        (401, True, "fail"),
        (403, True, "fail"),
        (401, False, "ok"),
        (404, True, "ok"),
        (500, True, "warn"),
        (302, True, "warn"),
    ],
)
def test_answers(status: int, has_key: bool, state: str) -> None:
    assert reach.judged("http://x/v1", status, b"{}", has_key).state == state


def test_image_models_are_counted() -> None:
    body = b'{"data": [{"id": "gpt-image-2"}, {"id": "gpt-5"}, {"id": "gpt-image-1"}]}'
    assert reach.image_models(body) == ("gpt-image-1", "gpt-image-2")
    assert reach.image_models(b"<html>") == ()


def test_this_machine_is_well(tmp_path: Path) -> None:
    for check in (checks.python, checks.packages, checks.codecs, checks.disk):
        [found] = check(site(tmp_path))
        assert found.state in ("ok", "warn")


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    [found] = checks.disk(site(tmp_path / "nowhere"))
    assert found.state == "fail"


def test_the_whole_of_it(api: ImageServer, tmp_path: Path) -> None:
    run("init", cwd=tmp_path)
    ran = run("doctor", cwd=tmp_path)
    assert ran.code == 0
    for name in ("Python", "Packages", "Pillow", "git", "Key", "Server", "Disk", "Manifest", "Store", "Editor schema"):
        assert name in ran.out
    assert "Editor schema  .imagepipe/assets.schema.json" in ran.out
    assert CANARY not in ran.out + ran.err


def test_as_data(tmp_path: Path) -> None:
    ran = run("doctor", "--offline", "--json", cwd=tmp_path)
    jsonschema.validate(ran.data, schemafiles.schema("doctor"))
    assert {row["state"] for row in ran.data["checks"]} <= {"ok", "warn", "fail"}
    assert {row["name"] for row in ran.data["checks"]} >= {"Python", "Manifest"}


def test_a_broken_manifest_is_named_with_the_place_of_its_first_error(tmp_path: Path) -> None:
    text = "version: 1\nassets:\n  mug: {prompt: a mug, tags: web, outptu: mug.png}\n"
    (tmp_path / "assets.yaml").write_text(text, encoding="utf-8")
    [found] = keep.manifest(Site(tmp_path, "", {}, offline=True))
    assert (found.state, found.message.split(": ")[0]) == ("fail", "assets.yaml:3:30")


MANIFEST = "version: 1\nassets:\n  mug: {prompt: a mug, model: MODEL, output: mug.png}\n"


@pytest.mark.parametrize(
    ("model", "state", "told", "hint"),
    [
        ("gpt-image-2", "ok", "no end known", ""),
        ("gpt-image-1.5", "warn", "2026-12-01", "imagepipe migrate-model gpt-image-1.5 gpt-image-2.5-sunburst"),
    ],
)
def test_ends_of_the_projects_models(model: str, state: str, told: str, hint: str, tmp_path: Path) -> None:
    (tmp_path / "assets.yaml").write_text(MANIFEST.replace("MODEL", model), encoding="utf-8")
    [found] = used.models(Site(tmp_path, "", {}, offline=True))
    assert (found.state, told in found.message, hint in found.hint) == (state, True, True)
    (tmp_path / "assets.yaml").write_text("assets: [", encoding="utf-8")
    assert used.models(Site(tmp_path, "", {}, offline=True)) == [], "the check of the manifest tells"


@pytest.mark.parametrize(
    ("model", "environ", "told"),
    [
        ("gpt-image-2", {}, [("ok", "openai: gpt-image-2 can be used")]),
        ("gpt-image-1.5", {}, [("warn", "openai: gpt-image-1.5 can be used until 2026-12-01, says the provider")]),
        ("gpt-image-3-nova", {}, [("warn", "openai: gpt-image-3-nova is not listed for this key")]),
        ("gpt-image-2", {"OPENAI_API_KEY": ""}, []),
        ("gpt-image-2", {"OPENAI_BASE_URL": "http://127.0.0.1:9"}, [("fail", "the provider does not answer")]),
    ],
)
def test_access_to_the_projects_models(
    model: str, environ: dict[str, str], told: list[tuple[str, str]], api: ImageServer, tmp_path: Path
) -> None:
    (tmp_path / "assets.yaml").write_text(MANIFEST.replace("MODEL", model), encoding="utf-8")
    around = {**os.environ, **environ}
    found = used.access(Site(tmp_path, "", around, offline=False))
    assert [(check.state, check.message.partition(" (")[0]) for check in found] == told
    assert used.access(Site(tmp_path, "", around, offline=True)) == []
