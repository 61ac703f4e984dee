"""The main job, end to end: a real subprocess in a real folder, against the loopback server that counts charges."""

import subprocess
from pathlib import Path

import pytest

from tests.project import SHOP, Project
from tests.server import ImageServer
from tests.server.fixture import leaks


@pytest.fixture
def shop(tmp_path: Path, api: ImageServer) -> Project:
    return Project(tmp_path).write()


def build(project: Project, *arguments: str) -> str:
    ran = project.run("build", "--yes", *arguments)
    assert ran.code == 0, ran.text
    return ran.text


def test_one_request_an_asset_with_exactly_the_declared_fields(shop: Project, api: ImageServer) -> None:
    build(shop)
    fields = {item.prompt.splitlines()[0]: item.fields for item in api.requests}
    assert len(api.requests) == 3
    assert api.charged == 3
    assert fields["Use case: product-mockup"] == {
        "model": "gpt-image-2",
        "prompt": "Use case: product-mockup\nPrimary request: a minimal hero image of a mug\nSubject: one matte mug",
        "n": 1,
        "size": "1024x1024",
        "quality": "high",
        "output_format": "png",
    }
    assert fields["a fern leaf curled into a circle"]["prompt"] == "a fern leaf curled into a circle"
    assert fields["Primary request: a pattern of leaves"]["prompt"].endswith('Text (verbatim): "Fern", "Hill"')
    assert {item.path.rsplit("/", 1)[-1] for item in api.requests} == {"generations"}


def test_a_second_build_does_and_costs_nothing(shop: Project, api: ImageServer) -> None:
    build(shop)
    before = shop.files()
    api.forget()
    said = build(shop)
    assert not api.requests
    assert shop.files() == before
    assert "nothing to do" in said.lower()
    assert set(shop.actions().values()) == {"keep"}
    assert shop.run("check").code == 0


@pytest.mark.parametrize("gone", ["assets.lock", "public/hero.png", "public", ".imagepipe/cache"])
def test_what_is_lost_comes_back_without_a_request(shop: Project, api: ImageServer, gone: str) -> None:
    build(shop)
    path, api_calls = shop.root / gone, len(api.requests)
    pictures = {name: (shop.root / name).read_bytes() for name in shop.files() if name != "assets.lock"}
    lock = shop.lock
    subprocess.run(["rm", "-rf", str(path)], check=True)
    build(shop)
    assert len(api.requests) == api_calls
    assert pictures == {name: (shop.root / name).read_bytes() for name in shop.files() if name != "assets.lock"}
    assert shop.lock == lock
    assert set(shop.actions().values()) == {"keep"}


def test_one_word_changed_lists_that_asset_alone_with_reason_and_price(shop: Project, api: ImageServer) -> None:
    build(shop)
    shop.edit("one matte mug", "one glossy mug")
    ran = shop.run("plan", "--exit-code")
    assert ran.code == 3
    assert "hero" in ran.out
    assert "subject" in ran.out
    assert "$0.21" in ran.out
    assert "logo" not in ran.out
    assert shop.actions() == {"hero": "generate", "logo": "keep", "pattern": "keep"}
    (row,) = [row for row in shop.run("plan", "--json").json["decisions"] if row["action"] == "generate"]
    (reason,) = row["reasons"]
    assert ("one matte mug" in reason["from"], "one glossy mug" in reason["to"]) == (True, True)
    assert row["cost"]["high"] == pytest.approx(7024 * 30e-6, rel=0.02)
    api.forget()
    build(shop)
    assert len(api.requests) == 1
    shop.edit("one glossy mug", "one matte mug")
    assert shop.actions()["hero"] in ("restore", "finish")
    build(shop)
    assert len(api.requests) == 1, "coming back to an earlier prompt is free"


def test_outputs_are_the_providers_bytes(shop: Project, api: ImageServer) -> None:
    build(shop)
    for name, entry in shop.lock["assets"].items():
        (candidate,) = entry["candidates"]
        ((path, fact),) = entry["outputs"].items()
        assert fact["sha256"] == candidate["sha256"], name
        assert (shop.root / path).stat().st_size == fact["bytes"]
    assert shop.lock["assets"]["hero"]["cost"]["usage"]["output_tokens"] == 7024
    assert shop.lock["assets"]["hero"]["cost"]["estimated"] is False


def test_the_key_is_in_no_file_and_no_output(shop: Project, api: ImageServer) -> None:
    api.fault("unauthorized", prompt="leaf")
    ran = shop.run("build", "--yes")
    assert ran.code == 7
    assert "sk-canary" not in ran.text
    assert leaks(shop.root) == []


def test_no_key_and_provider_openai_names_both_ways_out(shop: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    ran = shop.run("build", "--yes")
    assert ran.code == 7
    assert "OPENAI_API_KEY" in ran.err
    assert "--provider placeholder" in ran.err
    assert not (shop.root / "public").exists()


def test_a_placeholder_stands_in_and_never_replaces(shop: Project, api: ImageServer) -> None:
    build(shop, "--provider", "placeholder")
    assert not api.requests
    assert all(entry["placeholder"] for entry in shop.lock["assets"].values())
    assert shop.run("check", "--release").code == 1
    assert "placeholder" in shop.run("status").out
    assert set(shop.actions("--provider", "placeholder").values()) == {"keep"}
    assert set(shop.actions().values()) == {"generate"}
    build(shop)
    assert len(api.requests) == 3
    paid = {name: (shop.root / name).read_bytes() for name in shop.files()}
    assert set(shop.actions("--provider", "placeholder").values()) <= {"hold", "keep"}
    build(shop, "--provider", "placeholder")
    shop.edit("one matte mug", "one glossy mug")
    said = build(shop, "--provider", "placeholder")
    assert "1 paid picture stays although the recipe changed: hero." in said
    assert "up to date" not in said
    paid.pop("assets.yaml")
    assert paid.items() <= {name: (shop.root / name).read_bytes() for name in shop.files()}.items()


def test_killed_at_any_moment_it_goes_on_where_it_was(tmp_path: Path, api: ImageServer) -> None:
    assets = "".join(
        f"  a{i:02}: {{prompt: picture {i:02}, options: {{quality: low}}, output: out/{i:02}.png}}\n" for i in range(20)
    )
    project = Project(tmp_path).write(f"version: 1\nassets:\n{assets}")
    api.hold("picture 1")
    process = project.start("build", "--yes", "--jobs", "4")
    api.wait_for(12)
    api.wait_for_held(4)
    flying = set(api.held)
    process.kill()
    process.wait()
    process.communicate()
    assert len(flying) == 4
    api.release()

    ran = project.run("build", "--yes")
    assert ran.code == 1
    in_doubt = {name for name, action in project.actions().items() if action == "block"}
    assert in_doubt == {f"a{prompt[-2:]}" for prompt in flying}
    for name in in_doubt:
        assert name in ran.text
    assert "doubt" in ran.text
    assert "--resend" in ran.text
    assert len(api.requests) == 20
    assert len(set(api.prompts)) == 20, "no image is asked for twice"

    api.forget()
    again = project.run("build", "--yes", "--resend", "*")
    assert again.code == 0, again.text
    assert set(api.prompts) == flying
    assert len(api.requests) == 4
    assert set(project.actions().values()) == {"keep"}


def test_forget_gives_a_request_in_doubt_up(shop: Project, api: ImageServer) -> None:
    api.fault("reset_in_body", prompt="leaf")
    ran = shop.run("build", "--yes")
    assert ran.code == 1
    assert shop.actions()["logo"] == "block"
    assert len(api.requests) == 3
    shop.run("build", "--yes", "--forget", "logo")
    assert len(api.requests) == 3, "giving up asks for nothing"
    assert shop.actions()["logo"] == "generate"
    build(shop)
    assert len(api.requests) == 4


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(("--max-cost", "0.05"), 4), (("--max-requests", "1"), 4), ((), 0), (("--max-cost", "0.5"), 0)],
)
def test_caps_refuse_before_the_first_request(
    shop: Project, api: ImageServer, arguments: tuple[str, ...], code: int
) -> None:
    ran = shop.run("build", *arguments)
    assert ran.code == code, ran.text
    assert bool(api.requests) == (code == 0)


def test_without_a_terminal_more_than_the_agreed_sum_needs_yes(shop: Project, api: ImageServer) -> None:
    shop.edit("quality: high}", "quality: high, n: 10}")
    ran = shop.run("build")
    assert ran.code == 4
    assert "--yes" in ran.err
    assert not api.requests
    assert shop.run("build", "--yes").code == 0


def test_again_keeps_the_first_picture_as_a_candidate(shop: Project, api: ImageServer) -> None:
    build(shop)
    build(shop, "--again", "logo")
    assert len(api.requests) == 4
    assert len(shop.lock["assets"]["logo"]["candidates"]) == 2


def test_same_words_same_call(tmp_path: Path, api: ImageServer) -> None:
    text = "version: 1\nassets:\n" + "".join(f"  {n}: {{prompt: a leaf, output: {n}.png}}\n" for n in "abc")
    project = Project(tmp_path).write(text)
    build(project)
    assert len(api.requests) == 1
    assert len({(tmp_path / f"{n}.png").read_bytes() for n in "abc"}) == 1


BAD = {
    "unknown field": (SHOP.replace("output: public/hero.png", "ouput: public/hero.png"), "did you mean `output`"),
    "wrong type": (SHOP.replace("{quality: low}", "{quality: low, n: many}"), "n"),
    "unknown model": (SHOP.replace("prompt: a fern", "model: gpt-imgae-2\n    prompt: a fern"), "gpt-image-2"),
    "missing prompt": (SHOP.replace("    prompt: a fern leaf curled into a circle\n", ""), "prompt"),
    "output outside": (SHOP.replace("public/hero.png", "../hero.png"), ".."),
    "one output twice": (SHOP.replace("public/logo.png", "public/hero.png"), "public/hero.png"),
    "not yaml": ("version: 1\nassets: [", "closed"),
    "bad size": (SHOP.replace("size: 1024x1024", "size: 1920x1080"), "1920x1088"),
}


@pytest.mark.parametrize("case", BAD)
@pytest.mark.parametrize("command", ["validate", "plan", "build"])
def test_a_bad_manifest_is_one_clear_message_with_a_place(
    tmp_path: Path, api: ImageServer, case: str, command: str
) -> None:
    text, said = BAD[case]
    project = Project(tmp_path).write(text)
    ran = project.run(command)
    assert ran.code == 2, ran.text
    assert said in ran.text
    assert "assets.yaml:" in ran.text
    assert set(project.files()) == {"assets.yaml"}
    assert not api.requests


def test_a_file_imagepipe_did_not_make_is_not_overwritten(shop: Project, api: ImageServer) -> None:
    (shop.root / "public").mkdir()
    (shop.root / "public/logo.png").write_bytes(b"mine")
    ran = shop.run("build", "--yes")
    assert ran.code == 2
    assert "public/logo.png" in ran.text
    assert "assets.yaml:" in ran.text
    assert (shop.root / "public/logo.png").read_bytes() == b"mine"
    assert not api.requests, "nothing is sent before it is settled"
    build(shop, "--force")
    assert (shop.root / "public/logo.png").read_bytes() != b"mine"


def test_no_manifest(tmp_path: Path) -> None:
    ran = Project(tmp_path).run("plan")
    assert ran.code == 2
    assert "imagepipe init" in ran.err


@pytest.mark.parametrize("text", ["", "{", "<<<<<<< ours\n{}\n=======\n{}\n>>>>>>> theirs\n", '{"version": 99}'])
@pytest.mark.parametrize("command", ["plan", "build", "check", "status"])
def test_an_unreadable_lock_stops_everything(shop: Project, api: ImageServer, text: str, command: str) -> None:
    shop.write(text, "assets.lock")
    ran = shop.run(command)
    assert ran.code == 6, ran.text
    assert "assets.lock" in ran.err
    assert (shop.root / "assets.lock").read_text() == text
    assert not api.requests


def test_two_builds_at_once_pay_once(shop: Project, api: ImageServer) -> None:
    api.hold()
    first = shop.start("build", "--yes")
    api.wait_for_held(3)
    second = shop.start("build", "--yes")
    api.release()
    for process in (first, second):
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, out + err
    assert len(api.requests) == 3
    assert set(shop.actions().values()) == {"keep"}


def test_the_library_is_the_same_road(shop: Project, api: ImageServer) -> None:
    code = (
        "import imagepipe, sys\n"
        f"manifest = imagepipe.load({str(shop.root)!r})\n"
        "print([d.action.value for d in imagepipe.plan(manifest).decisions])\n"
        "events = list(imagepipe.build(manifest))\n"
        "print(type(events[-1]).__name__, events[-1].exit_code)\n"
    )
    done = subprocess.run([*shop.command()[:1], "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == ["['generate', 'generate', 'generate']", "BuildFinished 0"], done.stderr
    assert len(api.requests) == 3


def test_the_lock_names_the_model_behind_the_picture(shop: Project, api: ImageServer) -> None:
    build(shop, "logo")
    assert shop.lock["assets"]["logo"]["resolved_model"] == "gpt-image-2-2026-04-21 (assumed)"
