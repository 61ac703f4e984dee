"""`watch`: what is saved is built, with stand-ins or for a sum, and an open review follows."""

import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from imagepipe.errors import Finding, Place
from imagepipe.pipeline.watching import EVERY, QUIET, Print, Prints, Watched, next_change
from tests.gitproject import GitProject
from tests.project import Project
from tests.review.pages import Opened, serve
from tests.server import ImageServer

Visit = Callable[..., Opened]
SHOP = """\
version: 1
include: [shop/*.yaml]
assets:
  hero: {prompt: {request: a mug, subject: one matte mug}, options: {quality: low}, output: hero.png}
"""


class Looks:
    """A project that is another one from look to look; notes how long each wait was to be."""

    def __init__(self, *looks: Prints) -> None:
        self.looks, self.waited = list(looks), list[float]()

    def look(self) -> Prints:
        return self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]

    def wait(self, seconds: float) -> None:
        assert len(self.waited) < 100, "nothing changes any more"
        self.waited.append(seconds)


def at(time: int) -> Print:
    return 1, time, 1


@pytest.mark.parametrize(
    ("looks", "changed", "waits"),
    [
        ([{"a": at(1)}, {"a": at(1)}, {"a": at(2)}], ("a",), [EVERY, EVERY, QUIET]),
        ([{"a": at(2)}], ("a",), [QUIET]),
        ([{"a": at(2)}, {"a": at(3)}, {"a": at(4)}], ("a",), [QUIET] * 3),
        ([{"a": None}, {"a": at(9)}], ("a",), [QUIET] * 2),
        ([{"a": at(1), "new": at(5)}], ("new",), [QUIET]),
        ([{}], ("a",), [QUIET]),
    ],
    ids=["waits", "at once", "until it rests", "replaced", "a new file", "gone"],
)
def test_a_change_is_told_once_it_rests(looks: list[Prints], changed: tuple[str, ...], waits: list[float]) -> None:
    project = Looks(*looks)
    assert next_change(project.look, {"a": at(1)}, project.wait) == changed
    assert project.waited == waits


def test_what_is_looked_at(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "assets.yaml").write_text("version: 1\n")
    seen = Watched(tmp_path, ("assets.yaml", "refs/none.png"), ("shop/*.yaml",))
    (tmp_path / "shop/mug.yaml").write_text("version: 1\n")
    found = seen.prints()
    assert set(found) == {"assets.yaml", "refs/none.png", "shop/mug.yaml"}
    assert found["refs/none.png"] is None
    broken = seen.also([Finding("x", "broken", Place("more/b.yaml", 1, 1)), Finding("x", "no place")])
    assert broken.paths == ("assets.yaml", "refs/none.png", "more/b.yaml")


class Running:
    """A watch that runs, and what it says."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def until(self, words: str) -> str:
        """Everything it says up to the line with these words."""
        assert self.process.stdout
        told = ""
        while words not in told:
            line = self.process.stdout.readline()
            assert line, f"it ended, having said: {told}"
            told += line
        return told


def save(project: Project, before: str, after: str) -> None:
    """Replaces a piece of the manifest at one go, as editors save: half a file is a change of its own."""
    manifest, fresh = project.root / "assets.yaml", project.root / "assets.yaml~"
    text = manifest.read_text(encoding="utf-8")
    assert before in text, before
    fresh.write_text(text.replace(before, after), encoding="utf-8")
    fresh.replace(manifest)


def followed(page: Opened) -> None:
    """Waits until the page is that of the project as it is by now, used as it was left."""
    word = page.page.request.get(page.page.url.partition("#")[0] + "version").text()
    page.page.wait_for_selector(f"body[data-version='{word}'] #view[open]")


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    begun: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> Running:
        begun.append(Project(tmp_path).start("watch", *arguments))
        return Running(begun[-1])

    yield start
    for process in begun:
        process.kill()
        process.communicate()


@pytest.mark.browser
def test_a_save_is_built_and_an_open_review_follows(
    tmp_path: Path, watch: Callable[..., Running], visit: Visit, api: ImageServer
) -> None:
    project = GitProject(tmp_path).begin().write(SHOP)
    running = watch()
    assert "hero.png  placeholder" in running.until("Watching 1 file.")
    with serve(project) as review:
        assert review.stdout
        page = visit(review.stdout.readline().strip())
        page.page.select_option("#sort", "name")
        page.open("hero")
        save(project, "one matte mug", "one shiny mug")
        assert "assets.yaml changed." in running.until("Watching")
        followed(page)
        assert "shiny" in page.page.locator("#view").inner_text()
        assert page.page.input_value("#sort") == "name", "the page is as it was left"
        save(project, "output: hero.png", "outpt: hero.png")
        running.until("assets.yaml changed.")
        running.until("Watching 1 file.")
        followed(page)
        assert page.page.locator("#view").is_visible(), "of a broken manifest there is nothing to show"
        save(project, "outpt: hero.png", "output: hero.png")
        running.until("Watching")
        project.write("version: 1\nassets:\n  mug: {prompt: a mug, output: mug.png}\n", "shop/mug.yaml")
        assert "shop/mug.yaml changed." in running.until("Watching 2 files.")
        page.page.wait_for_selector(".card[data-id=mug]", state="attached")
        assert page.complaints == []
        review.send_signal(signal.SIGINT)
        assert review.wait(20) == 0
    running.process.send_signal(signal.SIGINT)
    _, err = running.process.communicate(timeout=20)
    assert running.process.returncode == 0
    assert "did you mean `output`?" in err
    assert "Traceback" not in err
    assert api.requests == []


def test_real_pictures_are_made_for_no_more_than_the_sum(
    tmp_path: Path, watch: Callable[..., Running], api: ImageServer
) -> None:
    project = Project(tmp_path).write(SHOP.replace("include: [shop/*.yaml]\n", ""))
    refused = project.run("watch", "--provider", "openai")
    assert (refused.code, "--max-cost" in refused.err) == (2, True)
    running = watch("--max-cost", "0.03")
    told = running.until("Watching")
    assert "left to spend" in told
    assert len(api.requests) == 1
    save(project, "options: {quality: low}", "options: {quality: high}")
    running.until("Watching")
    assert len(api.requests) == 1, "what is left does not pay for it"
    running.process.send_signal(signal.SIGINT)
    _, err = running.process.communicate(timeout=20)
    assert (running.process.returncode, "--max-cost" in err) == (0, True)
