"""A batch as it is read: lines, keys, what wins over what, names; every mistake at once, none of them paid for."""

import json
from typing import Any

import pytest

from imagepipe.oneoff.naming import slug
from tests.oneoff.typist import Typist


def jobs(typist: Typist, *lines: Any) -> tuple[str, ...]:
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    (typist.folder / "jobs.jsonl").write_text(text + "\n", encoding="utf-8")
    return ("generate-batch", "--input", "jobs.jsonl", "--out-dir", "d")


def test_lines_are_prompts_or_jobs_and_comments_are_none(typist: Typist) -> None:
    found = typist.payload(*jobs(typist, "", "# a comment", "  A red mug! ", {"prompt": "two", "n": 2}, "ünï"))
    assert [item["prompt"] for item in found] == [f"Primary request: {p}" for p in ("A red mug!", "two", "ünï")]
    assert [item["outputs"] for item in found] == [
        ["d/001-a-red-mug.png"], ["d/002-two-1.png", "d/002-two-2.png"], ["d/003-n.png"]
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        ("A Red MUG, on a table.", "a-red-mug-on-a-table"),
        ("!!!", "job"),
        ("x" * 90, "x" * 60),
        ("a" * 59 + " b", "a" * 59),
        ("  --- a", "a"),
        (" " * 80 + "late", "job"),
    ],
)
def test_slugs(prompt: str, name: str) -> None:
    assert slug(prompt) == name


@pytest.mark.parametrize(
    ("job", "typed", "shown"),
    [
        ({"subject": "flat"}, [], "Subject: flat"),
        ({"fields": {"subject": "nested"}}, ["--subject", "typed"], "Subject: nested"),
        ({"fields": {"subject": "nested"}, "subject": "flat"}, ["--subject", "typed"], "Subject: flat"),
        ({"subject": None}, ["--subject", "typed"], "Subject: typed"),
        ({"fields": {"subject": "nested"}, "subject": None}, [], "Subject: nested"),
        ({"subject": ""}, ["--subject", "typed"], ""),
        ({"fields": None}, ["--subject", "typed"], "Subject: typed"),
    ],
)
def test_flat_wins_over_nested_over_typed(typist: Typist, job: Any, typed: list[str], shown: str) -> None:
    (found,) = typist.payload(*jobs(typist, {"prompt": "a mug", **job}), *typed)
    assert found["prompt"] == "\n".join(filter(None, ["Primary request: a mug", shown]))


@pytest.mark.parametrize(
    ("job", "typed", "shown"),
    [
        ({"size": "1024x1024"}, ["--size", "1536x1024"], {"size": "1024x1024"}),
        ({"size": None}, ["--size", "1536x1024"], {"size": "1536x1024"}),
        ({"size": ""}, ["--size", "1536x1024"], {"size": "auto"}),
        ({"background": ""}, ["--background", "opaque"], {"background": None}),
        ({"background": "opaque", "moderation": "low"}, [], {"background": "opaque", "moderation": "low"}),
        ({"model": "gpt-image-1.5"}, [], {"model": "gpt-image-1.5"}),
        ({"model": ""}, ["--model", "gpt-image-1.5"], {"model": "gpt-image-2"}),
        ({"output_format": "jpg", "output_compression": 50}, [], {"output_format": "jpeg", "output_compression": 50}),
        ({"quality": "low", "n": 1}, ["--n", "2"], {"quality": "low", "n": 1}),
    ],
)
def test_a_job_over_the_command_line(typist: Typist, job: Any, typed: list[str], shown: dict[str, Any]) -> None:
    (found,) = typist.payload(*jobs(typist, {"prompt": "a mug", **job}), *typed)
    assert {name: found.get(name) for name in shown} == shown


@pytest.mark.parametrize(
    ("out", "job", "paths"),
    [
        ("mug", {}, ["d/mug.png"]),
        ("mug.png", {"n": 2}, ["d/mug-1.png", "d/mug-2.png"]),
        ("icons/mug.jpg", {"output_format": "jpeg"}, ["d/icons/mug.jpg"]),
        ("icons/", {}, ["d/icons/001-a-mug.png"]),
        ("there", {}, ["d/there/001-a-mug.png"]),
    ],
)
def test_a_job_names_its_file(typist: Typist, out: str, job: Any, paths: list[str]) -> None:
    (typist.folder / "d" / "there").mkdir(parents=True)
    (found,) = typist.payload(*jobs(typist, {"prompt": "a mug", "out": out, **job}))
    assert found["outputs"] == paths


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ({"promt": "a mug"}, "did you mean `prompt`"),
        ({"prompt": "a mug", "compositon": "x"}, "did you mean `composition`"),
        ({"prompt": "a mug", "fields": {"subjet": "x"}}, "did you mean `subject`"),
        ({"prompt": 5}, "must be text"),
        ({"prompt": None}, "must be text"),
        ({"prompt": " "}, "must be text"),
        ({"n": 2}, "must be text"),
        ({"prompt": "a mug", "n": "two"}, "whole number"),
        ({"prompt": "a mug", "n": True}, "whole number"),
        ({"prompt": "a mug", "size": 1024}, "is text"),
        ({"prompt": "a mug", "fields": []}, "is a map"),
        ({"prompt": "a mug", "size": "1920x1080"}, "1920x1088"),
        ({"prompt": "a mug", "out": "../mug.png"}, "leads out"),
        ({"prompt": "a mug", "out": "a/../../mug.png"}, "leads out"),
        ({"prompt": "a mug", "out": "/mug.png"}, "leads out"),
        ({"prompt": "a mug", "out": "C:\\mug.png"}, "leads out"),
        ({"prompt": "a mug", "out": "mug.webp"}, "--output-format webp"),
        ({"prompt": "a mug", "out": "mug.gif"}, "name it .png\n"),
        ({"prompt": "a \x1b[31mred mug"}, "`prompt` holds the control character U+001B"),
        ({"prompt": "a mug", "scene": "\x07"}, "`scene` holds the control character U+0007"),
        ('{"prompt": "a mug"', "jobs.jsonl:2:"),
        ('{"prompt": "a", "prompt": "b"}', "twice"),
        ('{"prompt": "a", "size": ' + "[" * 3000, "not"),
    ],
)
def test_a_wrong_job_is_told_with_its_line(typist: Typist, line: Any, said: str) -> None:
    told = typist.refusal(*jobs(typist, "a fine one", line))
    assert said in told
    assert "jobs.jsonl:2" in told


def test_all_mistakes_at_once(typist: Typist) -> None:
    told = typist.refusal(*jobs(typist, {"promt": "x"}, {"prompt": "a", "size": "9x9"}, "fine", "{"))
    assert all(f"jobs.jsonl:{row}" in told for row in (1, 2, 4))
    assert "jobs.jsonl:3" not in told


def test_two_jobs_for_one_file(typist: Typist) -> None:
    told = typist.refusal(*jobs(typist, {"prompt": "a", "out": "Mug.png"}, {"prompt": "b", "out": "mug.png"}))
    assert "one file" in told


def test_nothing_in_the_file_and_no_file(typist: Typist) -> None:
    assert "no job" in typist.refusal(*jobs(typist, "# only a comment"))
    assert "No such file" in typist.refusal("generate-batch", "--input", "none.jsonl")


def test_six_hundred_jobs_are_no_more_than_a_list(typist: Typist) -> None:
    assert len(typist.payload(*jobs(typist, *(f"picture {at}" for at in range(600))))) == 600
