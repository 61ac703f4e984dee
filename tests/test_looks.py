"""How a picture looks, held against `expect`: each failure names the figure and the bound."""

import io
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from imagepipe.pictures import Facts, unmet

SIZE = (96, 96)


def saved(image: Image.Image, format: str = "png") -> bytes:
    out = io.BytesIO()
    image.save(out, format.upper())
    return out.getvalue()


def facts(image: Image.Image, format: str = "png", **more: Any) -> Facts:
    data = saved(image, format)
    return Facts(*image.size, format, len(data), data, **more)


def disc(edge: str = "#c81e1e") -> Image.Image:
    """A red disc on nothing, with an edge of another colour."""
    image = Image.new("RGBA", SIZE, edge)
    ImageDraw.Draw(image).ellipse((16, 16, 80, 80), fill="#c81e1e")
    mask = Image.new("L", SIZE, 0)
    ImageDraw.Draw(mask).ellipse((14, 14, 82, 82), fill=255)
    image.putalpha(mask.filter(ImageFilter.GaussianBlur(1.5)))
    return image


def half() -> Image.Image:
    """Red on the left, clear on the right."""
    image = Image.new("RGBA", SIZE, "#c81e1e")
    image.paste((0, 0, 0, 0), (48, 0, 96, 96))
    return image


def ramp() -> Image.Image:
    return Image.linear_gradient("L").resize(SIZE).convert("RGB")


CASES: list[tuple[Facts, dict[str, Any], str]] = [
    (facts(disc()), {"clear_corners": 4, "alpha": True}, ""),
    (facts(half()), {"clear_corners": 2}, ""),
    (facts(half()), {"clear_corners": 3}, "2 of 4 corners are clear, expected at least 3"),
    (facts(ramp()), {"clear_corners": 1}, "0 of 4 corners are clear"),
    (facts(ramp(), "webp"), {"min_detail": 20}, ""),
    (facts(Image.new("RGB", SIZE, "navy")), {"min_detail": 4}, "is blank: its pixels differ by 0.0, expected at least 4"),
    (facts(ramp()), {"palette": ("#808080",)}, ""),
    (facts(ramp()), {"palette": ("#c81e1e",)}, "#c81e1e (the nearest is "),
    (facts(ramp()), {"palette": ("#c81e1e",)}, "at most 24 may be"),
    (facts(ramp()), {"palette": ("#c81e1e",), "palette_distance": 90}, ""),
    (facts(Image.new("RGB", SIZE, "navy")), {"max_seam": 0}, ""),
    (facts(ramp()), {"max_seam": 6}, "of 255, expected at most 6"),
    (facts(disc(), key="#00ff00"), {"max_fringe": 0.05}, ""),
    (facts(disc("#00ff00"), key="#00ff00"), {"max_fringe": 0.05}, "more of #00ff00 than the inside, expected at most 0.05"),
    (facts(disc(), "ico"), {"alpha": True}, ""),
    (facts(ramp(), "avif"), {"alpha": True}, "no transparency"),
]  # fmt: skip


@pytest.mark.parametrize(("picture", "expect", "says"), CASES)
def test_a_look(picture: Facts, expect: dict[str, Any], says: str) -> None:
    found = [problem.message for problem in unmet(picture, expect)]
    assert len(found) == bool(says), found
    assert says in "".join(found)


def test_an_edit_is_held_to_its_target_outside_of_the_mask() -> None:
    before, after = Image.new("RGB", SIZE, "white"), Image.new("RGB", SIZE, "white")
    after.paste("black", (0, 0, 48, 96))
    mask = Image.new("RGBA", SIZE, "white")
    mask.paste((0, 0, 0, 0), (0, 0, 48, 96))
    kept = facts(after, target=saved(before), mask=saved(mask))
    assert not unmet(kept, {"min_similarity": 0.99})
    (problem,) = unmet(facts(after, target=saved(before)), {"min_similarity": 0.99})
    assert problem.message == "the picture is 0.500 like its target all over, expected at least 0.99"


@pytest.mark.parametrize(
    ("expect", "why"),
    [
        ({"text": "Open daily"}, "Tesseract, which reads text in pictures, is not installed"),
        ({"min_similarity": 0.9}, "the picture that was edited is not at hand"),
        ({"max_fringe": 0.1}, "no key colour was asked for"),
    ],
)
def test_what_cannot_be_checked_is_said(expect: dict[str, Any], why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    (problem,) = unmet(facts(ramp()), expect)
    assert (problem.code, problem.severity) == ("expectation-unchecked", "warning")
    assert f"was not checked: {why}" in problem.message


@pytest.mark.skipif(os.name == "nt", reason="a shell script stands in for the reader")
@pytest.mark.parametrize(("text", "missing"), [("open DAILY", ""), ("Öpén", ""), (["Open", "Closed"], '"Closed"')])
def test_text_is_read_back(text: Any, missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = tmp_path / "tesseract"
    reader.write_text(
        "#!/bin/sh\n[ $1 = --list-langs ] && printf 'List:\\neng\\nosd\\n' && exit\n"
        "cat > /dev/null\necho 'Open, daily!'\n",
        encoding="utf-8",
    )
    reader.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    found = [problem.message for problem in unmet(facts(ramp()), {"text": text})]
    assert found == ([f"text that cannot be read in the picture: {missing}"] if missing else [])


@pytest.mark.skipif(os.name == "nt", reason="a shell script stands in for the reader")
@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("echo 'Error opening data file' >&2; exit 1", "Tesseract failed: Error opening data file"),
        ("echo 'List of languages:'; echo osd", "Tesseract has no language installed"),
        ("echo 'List of languages:'; echo eng", "no language here but English"),
    ],
)
def test_a_reader_that_cannot_read_is_no_verdict(
    answer: str, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = tmp_path / "tesseract"
    reader.write_text(f"#!/bin/sh\n{answer}\n", encoding="utf-8")
    reader.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    (problem,) = unmet(facts(ramp()), {"text": "東京"})
    assert problem.severity == "warning"
    assert why in problem.message


SIGNS = [
    ("Open daily", "RGB", "black", "white", "png", ()),
    (["open", "daily", "DAILY."], "RGB", "white", "#203040", "jpeg", ()),
    ("Open daily", "RGBA", "white", (0, 0, 0, 0), "webp", ()),
    (["Open", "Fresh"], "RGB", "black", "white", "gif", ('"Fresh"',)),
]


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="Tesseract is not installed")
@pytest.mark.parametrize(("text", "mode", "ink", "ground", "format", "missing"), SIGNS)
def test_the_real_tesseract_reads_a_sign(
    text: Any, mode: str, ink: str, ground: Any, format: str, missing: tuple[str, ...]
) -> None:
    image = Image.new(mode, (900, 400), ground)
    ImageDraw.Draw(image).text((450, 200), "Open daily", ink, ImageFont.load_default(80), anchor="mm")
    found = [problem.message for problem in unmet(facts(image, format), {"text": text})]
    assert found == [f"text that cannot be read in the picture: {one}" for one in missing]
