"""One project's picture in another's request: a brand beside a shop, in one repository."""

from pathlib import Path

import pytest

from tests.project import Project
from tests.server import ImageServer

BRAND = """\
version: 1
include: [marks/*.yaml]
assets:
  leaf: {prompt: a fern leaf, options: {quality: low}, output: public/leaf.png}
"""
LOGO = """\
version: 1
assets:
  logo: {prompt: a plain logo, options: {quality: low}, output: public/logo.png}
"""
SHOP = """\
version: 1
imports: {brand: ../brand/assets.yaml}
assets:
  banner:
    prompt: {use_case: style-transfer, request: a banner, keep: [the logo]}
    inputs: [{asset: "brand:logo", role: reference, note: the logo}]
    options: {quality: low}
    output: banner.png
"""


@pytest.fixture
def brand(tmp_path: Path, api: ImageServer) -> Project:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git/HEAD").write_text("ref: refs/heads/main\n")
    (tmp_path / "brand").mkdir()
    return Project(tmp_path / "brand").write(BRAND).write(LOGO, "marks/logo.yaml")


@pytest.fixture
def shop(brand: Project) -> Project:
    (brand.root.parent / "shop").mkdir()
    return Project(brand.root.parent / "shop").write(SHOP)


def built(project: Project, *arguments: str) -> str:
    ran = project.run("build", "--yes", *arguments)
    assert ran.code == 0, ran.text
    return ran.text


def test_an_import_is_sent_byte_for_byte_and_never_built_from_here(
    brand: Project, shop: Project, api: ImageServer
) -> None:
    blocked = shop.run("build", "--yes")
    assert blocked.code == 1
    assert "brand:logo" in blocked.text
    assert not api.requests, "an import is frozen: nothing is generated for it from here"
    built(brand)
    api.forget()
    built(shop)
    (request,) = api.requests
    logo = (brand.root / "public/logo.png").read_bytes()
    assert [part.data for part in request.files] == [logo]
    (item,) = shop.lock["assets"]["banner"]["inputs"]
    assert (item["image"], item["role"]) == ("brand:logo", "reference")
    assert set(shop.actions().values()) == {"keep"}
    assert shop.run("check").code == 0


def test_new_bytes_of_an_import_change_the_key_and_other_changes_do_not(
    brand: Project, shop: Project, api: ImageServer
) -> None:
    built(brand)
    built(shop)
    brand.edit("a plain logo", "a fancy logo", "marks/logo.yaml")
    assert shop.actions() == {"banner": "keep"}, "keyed by the bytes of its file, not by its recipe"
    built(brand)
    assert shop.actions() == {"banner": "generate"}
    (reason,) = shop.run("plan", "--json").json["decisions"][0]["reasons"]
    assert "brand:logo" in reason["part"]
    built(shop)
    brand.write(LOGO.replace("logo", "mark"), "marks/mark.yaml")
    assert shop.actions() == {"banner": "keep"}


IMPORT_FAULTS = [
    ("../../elsewhere/assets.yaml", "repository"),
    ("../none/assets.yaml", "there is no file"),
    ("../brand/../../x.yaml", "climbs out"),
    ("/etc/passwd", "not relative"),
    ("../linked/assets.yaml", "repository"),
    ("../.git/config", "inside `.git`"),
    ("../keys.pem", "never reads"),
]


@pytest.mark.parametrize(("path", "said"), IMPORT_FAULTS)
def test_imports_climb_to_the_top_of_the_repository_and_no_further(shop: Project, path: str, said: str) -> None:
    top = shop.root.parent
    elsewhere = top.parent / "elsewhere"
    elsewhere.mkdir(exist_ok=True)
    (elsewhere / "assets.yaml").write_text(BRAND)
    (top / "linked").symlink_to(elsewhere)
    shop.edit("../brand/assets.yaml", path)
    ran = shop.run("validate")
    assert ran.code == 2
    assert "assets.yaml:2:" in ran.text
    assert said in ran.text


def test_outside_of_a_repository_nothing_climbs(brand: Project, shop: Project) -> None:
    (brand.root.parent / ".git/HEAD").unlink()
    ran = shop.run("validate")
    assert ran.code == 2
    assert "git repository" in ran.text


@pytest.mark.parametrize("field", ["inputs: [{image: ../brand/public/leaf.png}]", "template: ../brand/x.j2"])
def test_nothing_but_imports_climbs(brand: Project, shop: Project, field: str) -> None:
    built(brand)
    shop.write(f"version: 1\nassets:\n  a:\n    prompt: x\n    {field}\n    output: a.png\n")
    ran = shop.run("validate")
    assert ran.code == 2
    assert ".." in ran.text


def test_an_import_gives_its_first_file_alone(brand: Project, shop: Project) -> None:
    shop.edit('"brand:logo", role', '"brand:logo", output: public/logo.png, role')
    assert "an import gives its first file" in shop.run("validate").text
