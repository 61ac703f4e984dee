"""The road by its commands, in a real project, through the real program: what is printed, kept and returned."""

import json
import os
from pathlib import Path

import jsonschema
import pytest

from imagepipe import schemafiles
from imagepipe.cli.one import asset_of
from imagepipe.errors import UsageError
from imagepipe.paths import suffix_of
from tests.cli.running import modules_after, run
from tests.manifest.loaded import manifest
from tests.server.fixture import CANARY, leaks
from tests.server.serving import ImageServer

MANIFEST = """\
version: 1
project: shop
vars: {brand: Fernhill}
defaults:
  provider: PROVIDER
  options: {quality: low}
assets:
  hero:
    tags: [web]
    prompt:
      use_case: product-mockup
      request: a {{ brand }} mug
      subject: one matte mug
      composition: wide
      lighting: soft
      materials: clay
    output: public/hero.png
  logo:
    prompt: {use_case: logo-brand, request: a mark, subject: a leaf, style: flat, composition: centred, palette: blue, text: Fernhill}
    output: public/logo.png
"""
TEN_MISTAKES = """\
version: 1
projcet: shop
assets:
  Hero:
    prompt: {request: a mug}
    output: public/a.png
  mug:
    prompt: {request: a mug, lightning: soft, use_case: product-mockpu}
    model: gpt-imgae-2
    options: {quality: hihg, n: many}
    output: ../b.png
  pot:
    prompt: {request: "a {{ brnad }} pot"}
    outptu: public/c.png
    take: soon
  urn:
    prompt: {request: ""}
    options: {size: 1920x1080}
    output: public/d.png
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A project of two assets on the placeholder."""
    (tmp_path / "assets.yaml").write_text(MANIFEST.replace("PROVIDER", "placeholder"), encoding="utf-8")
    return tmp_path


@pytest.fixture
def paid(shop: Path, api: ImageServer) -> Path:
    """The same on `openai`, which is the loopback server."""
    (shop / "assets.yaml").write_text(MANIFEST.replace("PROVIDER", "openai"), encoding="utf-8")
    return shop


def seen(folder: Path) -> dict[str, tuple[int, bytes]]:
    paths = [path for path in folder.rglob("*") if path.is_file() and ".imagepipe" not in path.parts]
    return {path.relative_to(folder).as_posix(): (path.stat().st_mtime_ns, path.read_bytes()) for path in paths}


def edit(folder: Path, old: str, new: str) -> None:
    path = folder / "assets.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_build_then_nothing_to_do(shop: Path) -> None:
    built = run("build", cwd=shop)
    assert (built.code, built.err) == (0, "")
    assert "2 built" in built.out
    assert "placeholder" in built.out
    before = seen(shop)
    assert {"assets.lock", "public/hero.png", "public/logo.png"} <= set(before)
    for command in ("build", "plan", "check"):
        again = run(command, cwd=shop)
        assert (again.code, again.out) == (0, "Nothing to do: 2 unchanged.\n")
    assert seen(shop) == before


def test_plan_with_exit_code(shop: Path) -> None:
    assert run("plan", cwd=shop).code == 0
    assert run("plan", "--exit-code", cwd=shop).code == 3
    run("build", cwd=shop)
    assert run("plan", "--exit-code", cwd=shop).code == 0


def test_one_changed_word_is_one_line_with_its_reason_and_price(paid: Path) -> None:
    assert run("build", cwd=paid).code == 0
    edit(paid, "one matte mug", "one glossy mug")
    ran = run("plan", "--exit-code", cwd=paid)
    assert ran.code == 3
    assert "prompt.subject line" in ran.out
    assert "one matte mug → one glossy mug" in ran.out
    assert "$" in ran.out
    assert "logo" not in ran.out
    assert ran.out.rstrip().split("\n")[-1].startswith("1 to generate ($")


def test_a_quiet_plan_imports_nothing_heavy(shop: Path) -> None:
    run("build", cwd=shop)
    run("plan", cwd=shop)
    code = "sys.argv = ['imagepipe', 'plan']\nfrom imagepipe.__main__ import main\nmain()"
    assert not modules_after(code, shop) & {"openai", "PIL", "jinja2", "jsonschema", "asyncio", "yaml", "rich", "numpy"}


def test_a_plan_with_work_imports_neither_sdk_nor_pillow(shop: Path) -> None:
    code = "sys.argv = ['imagepipe', 'plan']\nfrom imagepipe.__main__ import main\nmain()"
    assert not modules_after(code, shop) & {"openai", "PIL", "numpy"}


def test_ten_mistakes_are_ten_findings_with_places(shop: Path) -> None:
    (shop / "assets.yaml").write_text(TEN_MISTAKES, encoding="utf-8")
    ran = run("validate", cwd=shop)
    places = [line for line in ran.out.splitlines() if line.startswith("assets.yaml:")]
    assert ran.code == 2
    assert len(places) >= 10
    for told in ("did you mean `lighting`", "did you mean `gpt-image-2`", "1920x1088", "did you mean `product-mockup`"):
        assert told in ran.out
    assert run("plan", cwd=shop).code == run("build", cwd=shop).code == 2
    assert not (shop / "public").exists()


@pytest.mark.parametrize(("form", "begins"), [("json", "{"), ("github", "::error "), ("sarif", "{")])
def test_findings_for_machines(form: str, begins: str, shop: Path) -> None:
    (shop / "assets.yaml").write_text(TEN_MISTAKES, encoding="utf-8")
    ran = run("validate", "--format", form, cwd=shop)
    assert ran.code == 2
    assert ran.out.startswith(begins)
    if begins == "{":
        assert json.loads(ran.out)


def test_show_begins_with_the_prompt(shop: Path) -> None:
    ran = run("show", "hero", cwd=shop)
    assert ran.out.startswith("Use case: product-mockup\n")
    assert "Primary request: a Fernhill mug\n" in ran.out
    for title in ("Request", "Plan", "Lock", "made_from"):
        assert title in ran.out
    data = run("show", "hero", "--json", cwd=shop).data
    jsonschema.validate(data, schemafiles.schema("show"))
    assert ran.out.startswith(data["prompt"])
    assert data["request"]["options"]["quality"] == "low"


def test_show_says_where_lines_come_from(shop: Path) -> None:
    ran = run("show", "hero", "--explain", cwd=shop)
    assert "variable brand" in ran.out
    data = run("show", "hero", "--explain", "--json", cwd=shop).data
    jsonschema.validate(data, schemafiles.schema("show"))
    assert data["origins"][1]["field"] == "request"


def test_show_explains_what_waits_for_its_inputs_too(shop: Path) -> None:
    edit(shop, "assets:", "assets:\n  blue: {prompt: a blue mug, inputs: [{asset: hero}], output: blue.png}")
    ran = run("show", "blue", "--explain", cwd=shop)
    assert ran.out.split("\n")[1].split() == ["1", "prompt", "author", "a", "blue", "mug"]


def test_the_name_of_a_matrix_is_answered_with_its_assets() -> None:
    signs = manifest("assets: {sign: {matrix: {l: [en, de], t: [a, b]}, prompt: x, output: '{l}-{t}.png'}}")
    for name, meant in (
        ("sign", "`sign@en,a`, `sign@en,b`, `sign@de,a`, `sign@de,b`"),
        ("sign@de", "`sign@de,a`, `sign@de,b`"),
    ):
        with pytest.raises(UsageError) as caught:
            asset_of(signs, name)
        assert caught.value.hint == f"that is several assets: {meant}"


@pytest.mark.parametrize("command", ["show", "why"])
def test_an_unknown_asset_names_the_nearest(command: str, shop: Path) -> None:
    ran = run(command, "heor", cwd=shop)
    assert ran.code == 2
    assert "did you mean `hero`?" in ran.err


def test_why_tells_one_decision_in_full(shop: Path) -> None:
    run("build", cwd=shop)
    edit(shop, "one matte mug", "one glossy mug")
    ran = run("why", "hero", cwd=shop)
    assert "- Subject: one matte mug" in ran.out
    assert "+ Subject: one glossy mug" in ran.out
    told = run("why", "hero", "--json", cwd=shop).data
    jsonschema.validate(told, schemafiles.schema("why"))
    assert told["action"] == "generate"


def test_status_names_the_placeholder(shop: Path) -> None:
    run("build", "hero", cwd=shop)
    ran = run("status", cwd=shop)
    assert "placeholder" in ran.out
    told = run("status", "--json", cwd=shop).data
    jsonschema.validate(told, schemafiles.schema("status"))
    rows = told["assets"]
    assert [row["asset"] for row in rows] == ["hero", "logo"]


def test_check_fails_on_drift_and_release_on_placeholders(shop: Path) -> None:
    assert run("check", cwd=shop).code == 1
    run("build", cwd=shop)
    assert run("check", cwd=shop).code == 0
    release = run("check", "--release", cwd=shop)
    assert release.code == 1
    assert "hero is a placeholder" in release.out
    (shop / "public" / "hero.png").unlink()
    assert run("check", cwd=shop).code == 1
    assert run("check", "--no-outputs", cwd=shop).code == 0
    assert "::error title=drift-" in run("check", "--format", "github", cwd=shop).out


def test_listings_as_data(shop: Path) -> None:
    plan = run("plan", "--json", cwd=shop).data
    assert [row["asset"] for row in plan["decisions"]] == ["hero", "logo"]
    assert plan["version"] == 1
    events = run("build", "--json", cwd=shop)
    assert events.lines[0]["event"] == "build_started"
    assert events.lines[-1]["event"] == "build_finished"
    assert run("check", "--json", cwd=shop).data["ok"] is True
    for command in ("models", "use-cases", "explain"):
        assert run(command, "--json", cwd=shop).data["version"] == 1


def test_directory_and_file_come_before_the_command(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    (shop / "assets.yaml").rename(shop / "other.yaml")
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    assert "other.yaml is valid" in run("-C", str(shop), "-f", "other.yaml", "validate", cwd=elsewhere).out


def test_no_key_names_both_ways_out(paid: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    ran = run("build", "--yes", cwd=paid)
    assert ran.code == 7
    assert "OPENAI_API_KEY" in ran.out + ran.err
    assert "placeholder" in ran.out + ran.err
    assert not (paid / "public").exists()


def test_over_the_cap_is_refused_before_the_first_request(paid: Path, api: ImageServer) -> None:
    for command in ("plan", "build"):
        ran = run(command, "--max-cost", "0.001", "--json", cwd=paid)
        assert ran.code == 4
    assert api.requests == []


def test_more_than_the_bound_needs_a_yes(paid: Path, api: ImageServer) -> None:
    edit(paid, "quality: low", "quality: high, n: 5, size: 4k")
    ran = run("build", "--max-cost", "50", "--json", cwd=paid)
    assert ran.code == 4
    assert ran.data["error"]["question"]["choices"] == ["--yes"]
    assert api.requests == []


def test_a_saved_plan_is_done_or_refused(paid: Path, api: ImageServer) -> None:
    saved = run("plan", "hero", "--out", "p.json", cwd=paid)
    assert "imagepipe build --plan p.json" in saved.err
    edit(paid, "one matte mug", "one glossy mug")
    stale = run("build", "--plan", "p.json", cwd=paid)
    assert stale.code == 4
    assert "hero" in stale.err
    edit(paid, "one glossy mug", "one matte mug")
    assert run("build", "--plan", "p.json", cwd=paid).code == 0
    assert len(api.requests) == 1


def test_the_key_is_nowhere(paid: Path) -> None:
    edit(paid, "one matte mug", f"one {CANARY} mug")
    shown = ""
    for args in (["plan", "--json"], ["show", "logo"], ["doctor"], ["build"], ["status"], ["plan", "--verbose"]):
        ran = run(*args, cwd=paid)
        shown += ran.out + ran.err
    assert CANARY not in shown
    assert not [path for path in leaks(paid) if suffix_of(path.name) not in ("yaml", "lock", "json")]


def test_a_lock_that_is_none_is_named(shop: Path) -> None:
    (shop / "assets.lock").write_text("<<<<<<< ours\n", encoding="utf-8")
    ran = run("plan", cwd=shop)
    assert ran.code == 6
    assert "assets.lock" in ran.err
    assert (shop / "assets.lock").read_text(encoding="utf-8") == "<<<<<<< ours\n"


def test_completion_knows_ids_and_tags(shop: Path) -> None:
    asked = {"_IMAGEPIPE_COMPLETE": "bash_complete", "COMP_WORDS": "imagepipe plan ", "COMP_CWORD": "2"}
    offered = run(cwd=shop, **asked).out
    assert {"plain,hero", "plain,logo", "plain,tag:web"} <= set(offered.split())


@pytest.mark.skipif(os.name == "nt", reason="posix signals")
def test_a_file_that_cannot_be_written_is_one_message(shop: Path) -> None:
    ran = run("plan", "--out", "assets.yaml/p.json", cwd=shop)
    assert ran.code != 0
    assert "assets.yaml/p.json" in ran.err
    assert ran.err.count("error:") == 1


@pytest.mark.parametrize("build_first", [False, True])
def test_plans_as_data_fit_the_published_schema(build_first: bool, shop: Path) -> None:
    if build_first:
        run("build", "hero", cwd=shop)
        edit(shop, "one matte mug", "one glossy mug")
    run("plan", "--out", "p.json", cwd=shop)
    check = jsonschema.Draft202012Validator(schemafiles.schema("plan"))
    check.validate(run("plan", "--json", cwd=shop).data)
    check.validate(json.loads((shop / "p.json").read_text(encoding="utf-8")))


def test_models_as_data_fit_the_published_schema(tmp_path: Path) -> None:
    jsonschema.validate(run("models", "--json", cwd=tmp_path).data, schemafiles.schema("models-list"))


def test_one_model_in_full(tmp_path: Path) -> None:
    assert "1 to 10" in run("models", "gpt-image-2", cwd=tmp_path).out
    ran = run("models", "gpt-imgae-2", cwd=tmp_path)
    assert (ran.code, "did you mean `gpt-image-2`?" in ran.err) == (2, True)
