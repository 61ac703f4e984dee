"""What an editor offers in a fresh project, by a real language server and the schema that `imagepipe init` wrote."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from imagepipe.models.registry import registry
from imagepipe.prompts.kits import KITS
from imagepipe.prompts.usecases import USE_CASES
from imagepipe.steps.catalogue import steps
from tests.cli.running import run
from tests.editor.languageserver import LanguageServer

pytestmark = [pytest.mark.editor, pytest.mark.timeout(180)]
PACKAGE = "yaml-language-server@1.25.0"
OFFLINE = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ETIMEDOUT")
HEAD = "# yaml-language-server: $schema=.imagepipe/assets.schema.json\nversion: 1\n"


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The server, installed from npm for this run, or the one that YAML_LANGUAGE_SERVER names."""
    if named := os.environ.get("YAML_LANGUAGE_SERVER"):
        return Path(named)
    if not shutil.which("npm") or not shutil.which("node"):
        pytest.skip("npm and node are not installed")
    folder = tmp_path_factory.mktemp("npm")
    command = [
        "npm",
        "install",
        "--no-audit",
        "--no-fund",
        "--prefix",
        str(folder),
        "--cache",
        str(folder / "cache"),
        PACKAGE,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode and any(sign in done.stderr for sign in OFFLINE):
        pytest.skip("the npm registry cannot be reached")
    assert done.returncode == 0, done.stderr
    return folder / "node_modules/yaml-language-server/bin/yaml-language-server"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    assert run("init", "--kit", "game", cwd=folder).code == 0
    return folder


@pytest.fixture(scope="module")
def server(program: Path, project: Path) -> Iterator[LanguageServer]:
    server = LanguageServer.start(program, project)
    yield server
    server.stop()


@pytest.fixture
def offered(server: LanguageServer, project: Path) -> "Offered":
    return Offered(server, project / "assets.yaml")


class Offered:
    """Asks for completion and hover in the manifest."""

    def __init__(self, server: LanguageServer, file: Path) -> None:
        self.server, self.file = server, file

    def names(self, text: str) -> set[str]:
        found = self.server.at("textDocument/completion", self.file, HEAD + text)
        return {item["label"] for item in (found["items"] if isinstance(found, dict) else found or ())}

    def hover(self, text: str) -> str:
        found = self.server.at("textDocument/hover", self.file, HEAD + text)
        return str(found["contents"]["value"]) if found else ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("▮", {"assets", "defaults", "include", "imports", "profiles", "vars", "budget", "require", "use_cases"}),
        (
            "assets:\n  mug:\n    ▮",
            {"prompt", "model", "options", "inputs", "output", "outputs", "transparency", "expect"},
        ),
        ("assets:\n  mug:\n    prompt:\n      ▮", {"request", "scene", "subject", "lighting", "constraints", "keep"}),
        ("assets:\n  mug:\n    options:\n      ▮", {"size", "quality", "n", "background", "output_format"}),
        ("assets:\n  mug:\n    options:\n      quality: ▮", {"low", "medium", "high", "auto"}),
        ("assets:\n  mug:\n    options:\n      size: ▮", {"square", "landscape", "portrait", "wide", "4k"}),
        ("assets:\n  mug:\n    inputs:\n      - ▮", {"image", "asset", "role", "note"}),
        ("assets:\n  mug:\n    inputs:\n      - role: ▮", {"target", "reference", "style", "insert", "mask"}),
        ("assets:\n  mug:\n    transparency: ▮", {"chroma-key", "native"}),
        ("defaults:\n  ▮", {"provider", "model", "options", "prompt"}),
        ("defaults:\n  provider: ▮", {"openai", "placeholder"}),
        ("assets:\n  mug:\n    model: ▮", set(registry().models)),
        ("assets:\n  mug:\n    prompt:\n      use_case: ▮", set(USE_CASES)),
        ("assets:\n  mug:\n    template: ▮", {"sprite.j2"}),
        ("assets:\n  mug:\n    steps:\n      - ▮", set(steps())),
        ("assets:\n  mug:\n    steps:\n      - resize:\n          ▮", {"width", "height"}),
    ],
)
def test_completion(offered: Offered, text: str, expected: set[str]) -> None:
    assert expected <= offered.names(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("as▮sets:\n  mug: {}\n", "asset"),
        ("assets:\n  mug:\n    lic▮ense: MIT\n", "licence"),
        ("assets:\n  mug:\n    transp▮arency: native\n", "transparent"),
        ("assets:\n  mug:\n    prompt:\n      light▮ing: soft\n", "light"),
        ("assets:\n  mug:\n    options:\n      qua▮lity: low\n", "dearer"),
        ("bud▮get: {per_build: 5}\n", "US dollars"),
        ("assets:\n  mug:\n    prompt:\n      use_case: product-mock▮up\n", "shot for a shop"),
        ("assets:\n  mug:\n    steps:\n      - res▮ize: {width: 3}\n", "keeping its shape"),
    ],
)
def test_hover_shows_what_a_field_is_for(offered: Offered, text: str, said: str) -> None:
    shown = offered.hover(text)
    assert said.lower() in shown.lower()
    assert len(shown) > 30, shown


@pytest.mark.parametrize("kit", sorted(KITS))
def test_a_kit_is_no_mistake_in_an_editor(server: LanguageServer, project: Path, kit: str) -> None:
    """What a user sees first must not be underlined; templates are those of the kit that the project was made from."""
    text = "\n".join(line for line in KITS[kit]["assets.yaml"].split("\n") if "template:" not in line or kit == "game")
    assert server.marked(project / "assets.yaml", text) == []


@pytest.mark.parametrize(
    "text",
    [
        "assets:\n  mug: {ouput: mug.png}\n",
        "assets:\n  mug: {prompt: {use_case: product-mokup}}\n",
        "assets:\n  mug: {steps: [{resize: {widht: 3}}]}\n",
        "defaults: {transparency: clear}\n",
    ],
)
def test_a_mistake_is_underlined(server: LanguageServer, project: Path, text: str) -> None:
    assert server.marked(project / "assets.yaml", HEAD + text)
