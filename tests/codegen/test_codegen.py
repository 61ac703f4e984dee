"""`codegen`: what an app gets to import, loaded by the language it is for."""

import json
import re
import runpy
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from imagepipe.codegen import LANGUAGES
from imagepipe.codegen.css import render as css
from imagepipe.codegen.shelf import File, Picture
from tests.project import Project

SHOP = """\
version: 1
defaults: {provider: placeholder}
assets:
  mug-hero:
    prompt: a mug
    alt: 'A "mug" — on </script> stone'
    outputs:
      - path: public/img/mug-{width}.webp
        widths: [480, 960]
      - {path: public/img/mug-480.png, width: 480}
      - {path: public/img/og.png, width: 600, height: 315}
      - {path: public/img/icon.png, width: 96, height: 96}
  zebra: {prompt: stripes, output: zebra.png}
  later: {prompt: not yet, output: later.png}
"""


@pytest.fixture
def shop(tmp_path: Path) -> Project:
    project = Project(tmp_path).write(SHOP)
    assert project.run("build", "mug-hero", "zebra").code == 0
    return project


def images(project: Project, *typed: str) -> Any:
    ran = project.run("codegen", "json", *typed)
    assert ran.code == 0, ran.text
    assert "later" in ran.err
    return ran.json["images"]


def test_what_an_app_is_told(shop: Project) -> None:
    found = images(shop, "--strip", "public/", "--prefix", "/")
    assert list(found) == ["mug-hero", "zebra"]
    mug = found["mug-hero"]
    assert (mug["src"], mug["width"], mug["height"]) == ("/img/mug-480.webp", 480, 254)
    assert mug["alt"] == 'A "mug" — on </script> stone'
    assert mug["srcset"]["webp"] == "/img/mug-480.webp 480w, /img/mug-960.webp 960w"
    assert mug["srcset"]["png"] == "/img/mug-480.png 480w, /img/og.png 600w", "another shape is no other size"
    assert [(file["path"], file["width"]) for file in mug["files"]][-1] == ("/img/icon.png", 96)
    assert all((shop.root / "public" / file["path"][1:]).stat().st_size == file["bytes"] for file in mug["files"])
    assert len(mug["blurhash"]) == 28
    assert re.fullmatch("#[0-9a-f]{6}", mug["color"])
    assert found["zebra"]["src"] == "/zebra.png"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_lock_gives_the_same_bytes(shop: Project, language: str) -> None:
    assert shop.run("codegen", language).out == shop.run("codegen", language).out


def test_an_unchanged_file_is_not_written_again(shop: Project) -> None:
    target = shop.root / "src/images.ts"
    assert shop.run("codegen", "-o", str(target)).code == 0
    before = target.stat().st_mtime_ns
    assert shop.run("codegen", "-o", str(target)).code == 0
    assert target.stat().st_mtime_ns == before


def test_without_its_files_the_store_shows_the_blur(shop: Project) -> None:
    before = images(shop)["zebra"]["blurhash"]
    (shop.root / "zebra.png").unlink()
    found = images(shop)["zebra"]
    assert found["files"], "the lock knows"
    assert found["blurhash"] in (before, "")


def test_python_loads_it(shop: Project, tmp_path: Path) -> None:
    target = tmp_path / "images.py"
    assert shop.run("codegen", "-o", str(target)).code == 0
    assert runpy.run_path(str(target))["IMAGES"] == images(shop)


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_node_loads_it(shop: Project, tmp_path: Path) -> None:
    text = shop.run("codegen", "typescript").out
    plain = re.sub(r"(?ms)^export (interface .*?^}|type [^\n]*;)\n", "", text).replace(
        " as const satisfies Record<string, ImageAsset>", ""
    )
    (tmp_path / "images.mjs").write_text(plain + "\nconsole.log(JSON.stringify(images));\n", encoding="utf-8")
    done = subprocess.run(["node", tmp_path / "images.mjs"], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == images(shop)
    assert text.isascii()


HERO = ("hero.png", 2048, 2048)
SHAPES = [
    (
        [HERO, ("og.jpg", 1200, 630), ("hero-480.webp", 480, 480)],
        {"png": "hero.png 2048w", "webp": "hero-480.webp 480w"},
    ),
    ([("a.png", 1536, 1024), ("padded.png", 1820, 1024)], {"png": "a.png 1536w"}),
    ([("a.png", 1536, 1024), ("a-100.png", 100, 67), ("b.png", 100, 67)], {"png": "a-100.png 100w, a.png 1536w"}),
    ([("a-16.png", 16, 11), ("a.png", 1536, 1024), ("a.svg", 0, 0)], {"png": "a-16.png 16w, a.png 1536w"}),
    ([("a.svg", 0, 0), ("a.png", 64, 32), ("wide.png", 256, 32)], {"png": "a.png 64w"}),
]


@pytest.mark.parametrize(("files", "srcset"), SHAPES)
def test_a_srcset_has_the_shape_of_the_main_file(files: list[tuple[str, int, int]], srcset: dict[str, str]) -> None:
    made = tuple(File(path, width, height, path[-3:].replace("ebp", "webp"), 1) for path, width, height in files)
    assert Picture("a", "", made).srcset == srcset


def test_css_names_formats_and_escapes() -> None:
    files = (File('a "b"\n.png', 4, 2, "png", 1), File("b.webp", 8, 4, "webp", 1), File("c.webp", 2, 1, "webp", 1))
    text = css([Picture("sign@en,v1.2", "", (*files, File("og.avif", 9, 1, "avif", 1)), "", "#abcdef")])
    assert "og.avif" not in text, "another shape"
    assert r".image-sign\@en\,v1\.2 {" in text
    assert r'url("a \22 b\22 \a .png")' in text
    sharp = Picture("a", "", (File("100% c#.png", 4, 2, "png", 1),))
    assert ('url("100%25 c%23.png")' in css([sharp]), sharp.srcset) == (True, {"png": "100%25%20c%23.png 4w"})
    cdn = Picture("a", "", (File("/my%20cdn/5%.png", 4, 2, "png", 1),), prefix="/my%20cdn/")
    assert cdn.srcset == {"png": "/my%20cdn/5%25.png 4w"}
    assert 'url("/my%20cdn/5%25.png")' in css([cdn]), "a prefix is an address already"
    assert 'image-set(url("b.webp") type("image/webp"), ' in text
    assert "aspect-ratio: 4 / 2;" in text
    assert "background-color: #abcdef;" in text


def test_nothing_built_is_still_a_module(tmp_path: Path) -> None:
    project = Project(tmp_path).write(SHOP)
    for language in LANGUAGES:
        assert project.run("codegen", language).code == 0
    (tmp_path / "none.py").write_text(project.run("codegen", "python").out)
    assert runpy.run_path(str(tmp_path / "none.py"))["IMAGES"] == {}


@pytest.mark.parametrize("typed", [(), ("-o", "images.rs")])
def test_a_language_must_be_said(shop: Project, typed: tuple[str, ...]) -> None:
    ran = shop.run("codegen", *typed)
    assert (ran.code, "typescript" in ran.err) == (2, True)
