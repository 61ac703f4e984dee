"""Other servers, end to end: Azure's deployments, compatible servers with their switches, a provider from a package."""

import re
from pathlib import Path

import pytest

from tests.project import Project
from tests.server import ImageServer
from tests.server.fixture import CANARY

ROOT = Path(__file__).resolve().parent.parent
MUG = "version: 1\nassets:\n  mug: {provider: PROVIDER, model: MODEL, prompt: a mug, output: mug.png}\n"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def write(project: Project, provider: str, model: str, config: str) -> dict[str, str]:
    """A manifest of one mug and a configuration; the environment of its user."""
    project.write(MUG.replace("PROVIDER", provider).replace("MODEL", model))
    project.write(config, "user/config.toml")
    return {"IMAGEPIPE_CONFIG": str(project.root / "user/config.toml"), "OPENAI_API_KEY": "", "OTHER_KEY": CANARY}


def azure(server: ImageServer) -> str:
    return (
        f'[providers.azure]\nbase_url = "{server.base_url}/"\nkey_env = "OTHER_KEY"\n'
        '[providers.azure.models]\nimages-prod = "gpt-image-2"\nimages-next = "gpt-image-2.5-sunburst"\n'
    )


@pytest.mark.parametrize(
    ("model", "deployment", "resolved"),
    [
        ("gpt-image-2", "images-prod", "gpt-image-2-2026-04-21"),
        ("gpt-image-2.5-sunburst", "images-next", "gpt-image-2.5-sunburst-2026-09-08"),
        ("images-next", "images-next", "gpt-image-2.5-sunburst-2026-09-08"),
    ],
)
def test_azure_is_called_by_deployment_and_priced_by_model(
    project: Project, image_server: ImageServer, model: str, deployment: str, resolved: str
) -> None:
    image_server.deployments = {"images-prod": "gpt-image-2", "images-next": "gpt-image-2.5-sunburst"}
    image_server.keys = {CANARY}
    environ = write(project, "azure", model, azure(image_server))
    assert "$0.0" in project.run("plan", **environ).out
    ran = project.run("build", "--yes", **environ)
    assert ran.code == 0, ran.text
    (request,) = image_server.requests
    assert request.fields["model"] == deployment
    entry = project.lock["assets"]["mug"]
    assert (entry["model"], entry["provider"]) == (model, "azure")
    assert entry["resolved_model"] == f"{resolved} (assumed)"
    assert entry["cost"]["usd"] == pytest.approx(request.usd)
    assert project.run("check", **environ).code == 0


def test_a_manifest_cannot_choose_where_requests_go(project: Project, image_server: ImageServer) -> None:
    environ = write(project, "azure", "gpt-image-2", azure(image_server))
    project.edit("version: 1\n", "version: 1\nmodels: {gpt-image-2: {base_url: 'http://evil.example'}}\n")
    ran = project.run("build", "--yes", **environ)
    assert ran.code == 2
    assert "model-routing" in ran.err
    assert not image_server.requests


def compatible(server: ImageServer, switches: str) -> str:
    return f'[providers.local]\nbase_url = "{server.base_url}"\nswitches = {{ keyless = true, {switches} }}\n'


def test_a_compatible_server_gets_its_form_and_an_estimate(project: Project, image_server: ImageServer) -> None:
    image_server.compatible = True
    environ = write(project, "local", "gpt-image-2", compatible(image_server, 'response_format = "b64_json"'))
    assert project.run("build", "--yes", **environ).code == 0
    (request,) = image_server.requests
    assert request.fields["response_format"] == "b64_json"
    cost = project.lock["assets"]["mug"]["cost"]
    assert (cost["estimated"], cost["usage"]) == (True, {})
    assert cost["usd"] == pytest.approx(1756 * 30 / 1e6, rel=0.05)


def test_what_a_server_refuses_is_left_out(project: Project, image_server: ImageServer) -> None:
    image_server.compatible = True
    switches = 'leave_out = ["quality", "output_format", "n"]'
    environ = write(project, "local", "gpt-image-2", compatible(image_server, switches))
    assert project.run("build", "--yes", **environ).code == 0
    assert image_server.requests[0].fields.keys() == {"prompt", "model", "size"}
    project.edit("output: mug.png", "output: mug.png, options: {n: 2}")
    assert project.run("build", "--yes", "--again", "mug", **environ).code == 0
    assert image_server.requests[1].fields["n"] == 2
    assert project.run("check", **environ).code == 0


def test_links_of_the_same_host_are_followed_without_the_key(project: Project, image_server: ImageServer) -> None:
    image_server.fault("url")
    environ = write(project, "local", "gpt-image-2", compatible(image_server, "url = true"))
    assert project.run("build", "--yes", **environ).code == 0
    assert (project.root / "mug.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(("switches", "host"), [("url = true", "http://127.0.0.1:9"), ("url = false", "")])
def test_links_elsewhere_or_unasked_for_are_not(
    project: Project, image_server: ImageServer, switches: str, host: str
) -> None:
    image_server.fault("url", host=host)
    ran = project.run("build", "--yes", **write(project, "local", "gpt-image-2", compatible(image_server, switches)))
    assert ran.code == 1
    assert not (project.root / "mug.png").exists()
    assert len(image_server.requests) == 1, "what may have been paid is not asked for again by itself"


def test_a_provider_of_an_installed_package(project: Project) -> None:
    page = (ROOT / "docs" / "providers.md").read_text(encoding="utf-8")
    (module,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    config = next(block for block in re.findall(r"```toml\n(.*?)```", page, re.DOTALL) if 'kind = "stripes"' in block)
    (entry_points,) = re.findall(r'stripes = "(imagepipe_stripes:make)"', page)
    project.write(module, "site/imagepipe_stripes.py")
    project.write("Metadata-Version: 2.1\nName: imagepipe-stripes\nVersion: 1.0\n", "site/s-1.0.dist-info/METADATA")
    project.write(f"[imagepipe.providers]\nstripes = {entry_points}\n", "site/s-1.0.dist-info/entry_points.txt")
    environ = write(project, "stripes", "stripes-1", config) | {"PYTHONPATH": f"{project.root / 'site'}:{ROOT}"}
    ran = project.run("build", **environ)
    assert ran.code == 0, ran.text
    assert (project.root / "mug.png").read_bytes().startswith(b"\x89PNG")
    assert project.run("check", **environ).code == 0
    assert project.run("build", "--again", "mug").code == 2, "without the package there is no such provider"
