"""The plan as its user meets it: moves that cost nothing, drift told apart, selections, reasons, saved plans."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from imagepipe.schemafiles import schema
from tests.copies import Begun
from tests.project import SHOP, Project
from tests.server import ImageServer


@pytest.fixture
def built(begun: Begun, api: ImageServer) -> Project:
    """The shop, built and paid for; the server has forgotten that it was asked."""
    project = Project(begun(_paid))
    api.forget()
    return project


def _paid(folder: Path) -> None:
    ran = Project(folder).write().run("build", "--yes")
    assert ran.code == 0, ran.text


def silent(project: Project) -> bool:
    return set(project.actions().values()) <= {"keep", "hold"}


def rewritten(before: str, after: str) -> Callable[[Project], None]:
    return lambda project: project.edit(before, after)


def reordered(project: Project) -> None:
    head, body = SHOP.split("assets:\n")
    at, to = body.index("  logo:"), body.index("  pattern:")
    project.write(f"{head}assets:\n{body[to:]}{body[at:to]}{body[:at]}")


FREE_MOVES: dict[str, tuple[Callable[[Project], None], str]] = {
    "rename an asset": (rewritten("  hero:", "  banner:"), "banner"),
    "move an output": (rewritten("public/hero.png", "img/top/hero.png"), "hero"),
    "rename and move": (rewritten("  logo:\n", "  mark:\n"), "mark"),
    "another project name": (rewritten("project: shop", "project: store"), "hero"),
    "reorder": (reordered, "hero"),
    "reformat": (
        rewritten("options: {size: 1024x1024, quality: high}", "options:\n        quality: 'high'\n        size: \"1024x1024\""),
        "hero",
    ),
    "comment": (rewritten("  hero:\n", "  # the one on top\n  hero: # of the page\n"), "hero"),
    "spell out a default": (rewritten("{quality: low}", "{quality: low, n: 1, size: 1024x1024}"), "logo"),
    "add a step": (rewritten("output: public/hero.png", "outputs: [{path: public/hero.png, width: 512}]"), "hero"),
    "another format": (rewritten("output: public/logo.png", "output: public/logo.webp"), "logo"),
    "tighten nothing, describe": (rewritten("output: public/logo.png", "output: public/logo.png\n    alt: A fern"), "logo"),
}  # fmt: skip


@pytest.mark.parametrize("move", FREE_MOVES)
def test_a_move_is_free(built: Project, api: ImageServer, move: str) -> None:
    change, asset = FREE_MOVES[move]
    change(built)
    decisions = built.run("plan", "--json").json
    assert decisions["totals"]["cost"]["worst"] == 0
    assert "generate" not in {row["action"] for row in decisions["decisions"]}
    ran = built.run("build")
    assert ran.code == 0, ran.text
    assert not api.requests
    assert asset in built.lock["assets"]
    assert silent(built)


def test_a_file_moved_by_hand_is_its_own_source_where_the_store_is_not(built: Project, api: ImageServer) -> None:
    """A clone has the files and the lock alone; `git mv` leaves the bytes at the new path only."""
    built.edit("output: public/hero.png", "outputs: [{path: public/hero.png, width: 512}]")
    assert built.run("build").code == 0
    hero = built.lock["assets"]["hero"]
    shutil.rmtree(built.root / ".imagepipe")
    (built.root / "public").rename(built.root / "img")
    built.edit("public/", "img/")
    built.edit("  logo:\n", "  mark:\n")
    built.edit("width: 512", "width: 256")  # its original is nowhere: this one cannot be made
    built.edit("  hero:\n", "  banner:\n")
    ran = built.run("build")
    assert (ran.code, api.requests) == (1, []), ran.text
    assert built.lock["assets"]["hero"] == hero, "what was paid for is known as long as nothing took it over"
    assert {"mark", "pattern"} <= set(built.lock["assets"])
    assert "logo" not in built.lock["assets"]
    built.edit("width: 256", "width: 512")
    assert built.actions() == {"banner": "finish", "mark": "keep", "pattern": "keep", "hero": "drop"}
    assert built.run("build").code == 0
    assert set(built.lock["assets"]) == {"banner", "mark", "pattern"}
    assert built.lock["assets"]["banner"]["outputs"]["img/hero.png"] == hero["outputs"]["public/hero.png"]
    assert (api.requests, silent(built)) == ([], True)


def test_steps_changed_back_and_forth_never_ask_again(built: Project, api: ImageServer) -> None:
    built.edit("output: public/hero.png", "outputs: [{path: public/hero.png, width: 512}]")
    assert built.run("build").code == 0
    built.edit("width: 512", "width: 256")
    said = built.run("plan").out
    assert "step resize.width" in said
    assert "512 → 256" in said
    assert built.run("build").code == 0
    built.edit("outputs: [{path: public/hero.png, width: 256}]", "output: public/hero.png")
    assert built.run("build").code == 0
    assert not api.requests
    assert silent(built)


def test_orphans_are_listed_and_leave_only_when_told_and_unchanged(built: Project, api: ImageServer) -> None:
    built.edit("public/hero.png", "img/hero.png")
    built.edit("public/logo.png", "img/logo.png")
    said = built.run("plan").out
    assert "public/hero.png" in said
    assert built.run("build").code == 0
    assert (built.root / "public/hero.png").exists()
    assert (built.root / "img/hero.png").exists()
    assert not api.requests


def test_prune_removes_what_the_lock_owns_and_nobody_changed(built: Project, api: ImageServer) -> None:
    text = (built.root / "assets.yaml").read_text()
    start, end = text.index("  hero:"), text.index("  pattern:")
    built.write(text[:start] + text[end:])
    (built.root / "public/logo.png").write_bytes(b"retouched by hand")
    assert built.actions() == {"hero": "drop", "logo": "drop", "pattern": "keep"}
    assert "public/logo.png was changed by hand: it stays" in built.run("plan", "--prune", "--out", "p.json").out
    ran = built.run("build", "--plan", "p.json")
    assert ran.code == 0, ran.text
    assert "public/logo.png was changed by hand: it stays" in ran.out
    assert "2 dropped" in ran.out
    assert "Nothing to do" not in ran.out
    assert not (built.root / "public/hero.png").exists()
    assert (built.root / "public/logo.png").read_bytes() == b"retouched by hand"
    assert (built.root / "public/pattern.jpg").exists()
    assert list(built.lock["assets"]) == ["pattern"]
    assert not api.requests


def test_a_dropped_asset_that_comes_back_is_restored(built: Project, api: ImageServer) -> None:
    text = (built.root / "assets.yaml").read_text()
    built.write(text[: text.index("  pattern:")])
    assert built.run("build", "--prune").code == 0
    built.write(text)
    assert built.actions()["pattern"] in ("restore", "finish")
    assert built.run("build").code == 0
    assert not api.requests


DRIFT: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "missing": (lambda path: path.unlink(), "finish", "missing"),
    "edited": (lambda path: path.write_bytes(path.read_bytes() + b"retouched"), "block", "edited by hand"),
    "replaced": (lambda path: path.write_bytes((path.parent / "logo.png").read_bytes()), "finish", "replaced"),
}


@pytest.mark.parametrize("kind", DRIFT)
def test_drift_is_told_apart(built: Project, api: ImageServer, kind: str) -> None:
    change, action, word = DRIFT[kind]
    path = built.root / "public/hero.png"
    good = path.read_bytes()
    change(path)
    drifted = path.read_bytes() if path.exists() else b""
    assert built.actions() == {"hero": action, "logo": "keep", "pattern": "keep"}
    assert word in built.run("plan").out
    assert built.run("check").code == 1
    ran = built.run("build")
    assert ran.code == (1 if action == "block" else 0), ran.text
    assert (path.read_bytes() == drifted) == (action == "block")
    assert built.run("build", "--force").code == 0
    assert path.read_bytes() == good
    assert not api.requests


def test_again_asks_anew_at_a_price_and_keeps_both(built: Project, api: ImageServer) -> None:
    row = next(r for r in built.run("plan", "--json", "--again", "logo").json["decisions"] if r["asset"] == "logo")
    assert row["action"] == "generate"
    assert row["cost"]["high"] > 0
    assert built.run("build", "--yes", "--again", "logo").code == 0
    assert len(api.requests) == 1
    assert [item["status"] for item in built.lock["assets"]["logo"]["candidates"]].count("picked") == 1
    assert silent(built)


CHAIN = """\
version: 1
defaults: {options: {quality: low}}
assets:
  style: {prompt: a style sheet, tags: [brand], output: ref/style.png}
  hero: {prompt: a hero, tags: [web], inputs: [{asset: style, role: style}], output: public/hero.png}
  card: {prompt: a card, tags: [web, small], inputs: [{asset: hero, role: style}], output: public/card.png}
  icon: {prompt: an icon, tags: [small], output: public/icon.png}
"""


@pytest.mark.parametrize(
    ("arguments", "chosen"),
    [
        ([], "style hero card icon"),
        (["icon"], "icon"),
        (["*o*"], "hero icon"),
        (["tag:web"], "hero card"),
        (["tag:small", "tag:brand"], "style card icon"),
        (["path:ref/**"], "style"),
        (["path:public/**", "--exclude", "tag:small"], "hero"),
        (["+hero"], "style hero"),
        (["hero+"], "hero card"),
        (["state:missing"], "style hero card icon"),
        (["state:changed", "--exclude", "icon"], "style hero card"),
    ],
)
def test_selections(tmp_path: Path, arguments: list[str], chosen: str) -> None:
    assert " ".join(Project(tmp_path).write(CHAIN).actions(*arguments)) == chosen


def test_a_selection_without_its_input_is_blocked_with_the_way_out(tmp_path: Path, api: ImageServer) -> None:
    project = Project(tmp_path).write(CHAIN)
    assert project.actions("hero") == {"hero": "block"}
    assert "+hero" in project.run("plan", "hero").out
    assert "hero   waiting  wait" in project.run("status").out, "though nobody knows its key yet"
    assert project.run("build", "--yes", "hero").code == 1
    assert not api.requests
    assert project.run("build", "--yes", "+hero").code == 0
    assert len(api.requests) == 2


def test_a_selection_that_means_nothing_names_the_nearest(built: Project) -> None:
    ran = built.run("plan", "heroo")
    assert ran.code == 2
    assert "hero" in ran.err


def test_reasons_are_labelled(tmp_path: Path, api: ImageServer) -> None:
    project = Project(tmp_path).write(CHAIN.replace("{asset: style, role: style}", "{image: refs/a.png, role: style}"))
    refs = project.root / "refs"
    refs.mkdir()
    api_picture = Path(__file__).parent.parent / "examples/edits/refs/room.png"
    (refs / "a.png").write_bytes(api_picture.read_bytes())
    assert project.run("build", "--yes").code == 0
    project.edit("prompt: an icon", "prompt: an icon\\nof brass")
    project.edit("a card,", "a card, options: {quality: medium},")
    (refs / "a.png").write_bytes((api_picture.parent / "room-mask.png").read_bytes())
    rows = {
        row["asset"]: [why["part"] for why in row["reasons"]] for row in project.run("plan", "--json").json["decisions"]
    }
    assert rows["hero"] == ["inputs[0] refs/a.png: bytes"]
    assert rows["card"] == ["input hero", "options.quality"]
    assert rows["icon"][0].startswith("prompt")
    said = project.run("plan").out
    assert "inputs[0] refs/a.png: bytes" in said
    assert "low → medium" in said
    closing = said.strip().splitlines()[-1]
    assert closing.startswith(("2 to generate", "3 to generate")), closing
    assert "1 unchanged" in closing


def test_verbose_shows_the_words_that_changed(built: Project) -> None:
    built.edit("one matte mug", "one glossy mug")
    assert "prompt.subject line 3" in built.run("plan").out
    said = built.run("plan", "--verbose").out
    assert "Subject: one matte mug" in said
    assert "Subject: one glossy mug" in said


def test_exit_code_only_where_something_is_to_do(built: Project) -> None:
    assert built.run("plan", "--exit-code").code == 0
    built.edit("one matte mug", "one glossy mug")
    assert built.run("plan").code == 0
    assert built.run("plan", "--exit-code").code == 3


def test_a_saved_plan_is_done_exactly_or_refused_with_what_moved(built: Project, api: ImageServer) -> None:
    built.edit("one matte mug", "one glossy mug")
    assert built.run("plan", "--out", str(built.root / "p.json")).code == 0
    jsonschema.validate(json.loads((built.root / "p.json").read_text()), schema("plan"))
    built.edit("a fern leaf", "an oak leaf")
    ran = built.run("build", "--yes", "--plan", "p.json")
    assert ran.code == 4
    assert "logo" in ran.err
    assert not api.requests
    built.edit("an oak leaf", "a fern leaf")
    ran = built.run("build", "--yes", "--plan", "p.json")
    assert ran.code == 0, ran.text
    assert len(api.requests) == 1
    assert built.run("build", "--yes", "--plan", "p.json").code == 4, "it was done already"


def test_why_prints_one_decision_in_full(built: Project) -> None:
    assert "hero" in built.run("why", "hero").out
    built.edit("one matte mug", "one glossy mug")
    said = built.run("why", "hero").out
    for words in ("prompt.subject line 3", "one matte mug", "one glossy mug", "$"):
        assert words in said
    data = built.run("why", "hero", "--json").json
    assert (data["asset"], data["action"]) == ("hero", "generate")
    built.edit("  pattern:", "  ornament:")
    gone = built.run("why", "pattern").out
    assert "goes on as ornament" in gone, "what left the manifest has its decision too"
    assert "not known yet" not in gone, "no key will ever be asked for"


def test_one_edited_among_many_is_the_plan_that_a_first_reading_gives(tmp_path: Path, api: ImageServer) -> None:
    lines = "".join(f"  a{at}: {{prompt: picture {at % 3}, output: out/{at}.png}}\n" for at in range(9))
    project = Project(tmp_path).write("version: 1\nassets:\n" + lines)
    assert project.run("build", "--yes").code == 0
    project.edit("a4: {prompt: picture 1", "a4: {prompt: picture nine")
    known = project.run("plan", "--json").json
    for path in (project.root / ".imagepipe/cache").iterdir():
        path.unlink()
    assert project.run("plan", "--json").json == known
    assert {row["asset"] for row in known["decisions"] if row["action"] != "keep"} == {"a4"}


def test_what_was_left_is_still_ours_and_a_later_prune_removes_it(built: Project, api: ImageServer) -> None:
    text = (built.root / "assets.yaml").read_text()
    start, end = text.index("  hero:"), text.index("  pattern:")
    built.write(text[:start] + text[end:].replace("public/pattern.jpg", "img/pattern.jpg"))
    assert built.run("build").code == 0
    assert built.actions() == {"pattern": "keep", "hero": "hold", "logo": "hold"}
    said = built.run("plan", "--exit-code")
    assert said.code == 0, said.text
    left = ("public/hero.png", "public/logo.png", "public/pattern.jpg")
    assert all(path in said.out and (built.root / path).exists() for path in left)
    checked = built.run("check")
    assert checked.code == 0, checked.text
    assert all(path in checked.text for path in left)
    (built.root / "public/logo.png").write_bytes(b"retouched by hand")
    assert built.actions("--prune") == {"pattern": "finish", "hero": "drop", "logo": "drop"}
    assert built.run("build", "--prune").code == 0
    assert [path for path in left if (built.root / path).exists()] == ["public/logo.png"]
    assert list(built.lock["assets"]) == ["pattern"]
    assert "left_over" not in built.lock["assets"]["pattern"]
    assert "Nothing to do: 1 unchanged." in built.run("plan").out
    assert not api.requests


def test_an_asset_that_comes_back_finds_its_files_as_it_left_them(built: Project, api: ImageServer) -> None:
    text = (built.root / "assets.yaml").read_text()
    built.write(text[: text.index("  pattern:")])
    assert built.run("build").code == 0
    built.write(text)
    assert built.run("build").code == 0
    assert built.actions() == {"hero": "keep", "logo": "keep", "pattern": "keep"}
    assert not api.requests
