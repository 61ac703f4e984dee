"""What the newest models only preview (gif, svg, markup), end to end: refused, opted into, priced, sent, verified, shown."""

import io
from pathlib import Path

import pytest
from PIL import Image

from tests.project import Project
from tests.server import ImageServer

NEW = """\
version: 1
defaults: {model: gpt-image-2.6-flare, preview: true, options: {quality: low}}
assets:
  logo:
    prompt: {request: a fern leaf curled into a circle}
    options: {output_format: svg, svg: {model: gpt-6, reasoning: {effort: low}}}
    output: public/logo.svg
    expect: {max_bytes: 100kB}
  coin:
    prompt: {request: a coin that turns}
    options: {output_format: gif, frame_count: 4, frame_duration_ms: 120}
    output: public/coin.gif
  mug:
    prompt: {request: the mug as marked, change: what is marked, keep: [the mug]}
    inputs: [{image: art/mug.png, role: target}, {image: art/notes.png, role: markup}]
    output: public/mug.png
"""


@pytest.fixture
def project(tmp_path: Path, api: ImageServer) -> Project:
    (tmp_path / "art").mkdir()
    Image.new("RGB", (64, 48), "teal").save(tmp_path / "art/mug.png")
    Image.new("RGBA", (64, 48), (255, 0, 0, 40)).save(tmp_path / "art/notes.png")
    return Project(tmp_path).write(NEW)


def test_previews_are_made_where_the_asset_says_so(project: Project, api: ImageServer) -> None:
    project.edit("preview: true, ", "")
    refused = project.run("plan")
    assert refused.code == 2
    assert refused.err.count("[preview-feature]") == refused.err.count("`preview: true`") == 3
    project.edit("flare, options", "flare, preview: true, options")
    prices = {row["asset"]: row["cost"] for row in project.run("plan", "--json").json["decisions"]}
    assert prices["logo"]["worst"] is None
    assert prices["coin"]["high"] > 3 * prices["coin"]["low"] > 0, "every frame may be billed"
    assert "unknown-price" in project.run("build", "--yes").err
    assert api.requests == []
    assert project.run("build", "--yes", "--allow-unknown-price").code == 0
    fields = {str(request.fields["prompt"]).split("\n")[0].rpartition(" ")[2]: request for request in api.requests}
    assert fields["circle"].fields["svg"] == {"model": "gpt-6", "reasoning": {"effort": "low"}}
    assert (fields["turns"].fields["frame_count"], fields["turns"].fields["frame_duration_ms"]) == (4, 120)
    assert [(part.name, part.mime) for part in fields["marked"].files or ()] == [
        ("image", "image/png"),
        ("markup", "image/png"),
    ]
    assert (project.root / "public/logo.svg").read_bytes().startswith(b"<svg")
    with Image.open(project.root / "public/coin.gif") as moving:
        assert (getattr(moving, "n_frames", 1), moving.info["duration"]) == (4, 120)
    entries = project.lock["assets"]
    assert {id: entry["candidates"][0]["format"] for id, entry in entries.items()} == {
        "logo": "svg", "coin": "gif", "mug": "png",
    }  # fmt: skip
    assert entries["logo"]["cost"]["usd"] is None
    assert entries["logo"]["cost"]["usage"]["svg_usage"]["output_tokens"] == 2400
    assert [item["role"] for item in entries["mug"]["inputs"]] == ["target", "markup"]
    assert project.run("check").code == 0
    assert set(project.actions().values()) == {"keep"}
    assert '"effort": "low"' in project.run("show", "logo").out
    assert project.run("report", "-o", str(project.root / "r.html")).code == 0
    page = (project.root / "r.html").read_text(encoding="utf-8")
    assert [f"data:image/{kind};base64," in page for kind in ("svg+xml", "gif", "png")] == [True] * 3
    assert project.run("sheet", "-o", str(project.root / "s.png")).code == 0


def test_a_drawing_that_runs_something_is_paid_kept_and_never_published(project: Project, api: ImageServer) -> None:
    space = b'xmlns="http://www.w3.org/2000/svg"'
    api.fault("given", prompt="fern", data=b"<svg " + space + b' viewBox="0 0 9 9"><script>alert(1)</script></svg>')
    ran = project.run("build", "logo", "--yes", "--allow-unknown-price")
    assert ran.code == 1
    assert "holds the element <script>" in ran.err + ran.out
    assert not (project.root / "public").exists()
    (row,) = project.run("plan", "logo", "--json").json["decisions"]
    assert row["action"] == "block"
    assert project.run("build", "logo", "--yes", "--allow-unknown-price", "--retry-failed", "logo").code == 0
    hostile = project.root / "drawn.svg"
    hostile.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" onload="x()"/>', encoding="utf-8")
    assert "the handler `onload`" in project.run("adopt", "logo", str(hostile)).err
    hostile.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', encoding="utf-8")
    assert "cannot be adopted" in project.run("adopt", "coin", str(hostile)).err
    assert project.run("adopt", "logo", str(hostile)).code == 0
    assert (project.root / "public/logo.svg").read_bytes() == hostile.read_bytes()


def test_stand_ins_have_the_same_formats_and_steps_are_refused(project: Project) -> None:
    ran = project.run("build", "--provider", "placeholder", OPENAI_API_KEY="")
    assert ran.code == 0, ran.text
    assert (project.root / "public/logo.svg").read_bytes().startswith(b"<svg")
    with Image.open(io.BytesIO((project.root / "public/coin.gif").read_bytes())) as moving:
        assert getattr(moving, "n_frames", 1) == 4
    project.edit("output: public/logo.svg", "outputs: [public/logo.svg, public/logo.png]")
    project.edit("output: public/coin.gif", "outputs: [{path: public/coin.gif, width: 64}]")
    told = project.run("validate").text
    assert told.count("[steps-need-pixels]") == 2
    assert "public/logo.png is made by steps (encode), and a drawing cannot be worked on" in told
