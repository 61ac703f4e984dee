"""Runs the terminal sessions of a page as its reader would, and holds the page to what the program prints.

On a page, in order: a fence with `title="FILE"` writes that file; a `diff` fence with a title changes it; a `console`
fence runs each line behind `$`, and the lines below are what it prints, `…` alone standing for any number of lines.
`python docs/sessions.py [PAGE…]` runs the pages that have sessions; with `--write` it puts the real output in.
"""

import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

DOCS = Path(__file__).resolve().parent
sys.path.insert(0, str(DOCS.parent))

from tests.server import ImageServer  # noqa: E402 - the checkout is not installed

Run = Callable[[list[str], Path, Mapping[str, str]], str]
FENCE = re.compile(r"^```(?P<kind>\w+)(?: title=\"(?P<file>[^\"]+)\")?\n(?P<body>.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """A fence of a page: `start` and `end` bound its body in the page's text."""

    kind: str
    file: str
    body: str
    start: int
    end: int


def blocks(page: str) -> Iterator[Block]:
    """Every fence of a page, in order."""
    for found in FENCE.finditer(page):
        yield Block(found["kind"], found["file"] or "", found["body"], found.start("body"), found.end("body"))


def pages() -> list[Path]:
    """The pages that have sessions."""
    return [path for path in sorted(DOCS.rglob("*.md")) if "```console\n" in path.read_text(encoding="utf-8")]


def change(text: str, diff: str) -> str:
    """The text after a diff without line numbers: what is marked `-` must be there once, and `+` takes its place."""
    before = "".join(line[1:] + "\n" for line in diff.splitlines() if line[:1] in (" ", "-"))
    after = "".join(line[1:] + "\n" for line in diff.splitlines() if line[:1] in (" ", "+"))
    if text.count(before) != 1:
        raise AssertionError(f"the page changes what is not there, or there twice:\n{before}")
    return text.replace(before, after)


def started(words: list[str], folder: Path, env: Mapping[str, str]) -> str:
    """What a command prints, in a process of its own."""
    command = [sys.executable, "-m", "imagepipe", *words[1:]] if words[0] == "imagepipe" else words
    done = subprocess.run(
        command, cwd=folder, env=dict(env), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, check=False, timeout=100,
    )  # fmt: skip
    return done.stdout


def played(page: str, folder: Path, env: Mapping[str, str], run: Run = started) -> str:
    """The page with the real output of its sessions, played in `folder`; `run` runs one command."""
    parts, at = [], 0
    for block in blocks(page):
        target = folder / block.file
        if block.kind == "console":
            parts += [page[at : block.start], _session(block.body, lambda words: run(words, folder, env))]
            at = block.end
        elif block.file and block.kind == "diff":
            target.write_text(change(target.read_text(encoding="utf-8"), block.body), encoding="utf-8")
        elif block.file:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(block.body, encoding="utf-8")
    return "".join([*parts, page[at:]])


def _session(body: str, run: Callable[[list[str]], str]) -> str:
    shown = []
    for piece in re.split(r"^(?=\$ )", body, flags=re.MULTILINE):
        command, _, expected = piece.partition("\n")
        words = shlex.split(command.removeprefix("$"), comments=True)
        if words:
            printed = "" if words[0] == "export" else run(words)
            real = re.sub(r"[ \t]+$", "", printed, flags=re.MULTILINE).lstrip("\n")
            shown.append(f"{command}\n{_fitted(expected, real)}")
    return "".join(shown)


def _fitted(expected: str, real: str) -> str:
    """What the page says, where the real output says the same, else the real output."""
    pattern = "".join(
        r"(?:.*\n)*?" if line == "…" else re.escape(line) + "\n" for line in settled(expected).splitlines()
    )
    return expected if re.fullmatch(pattern, settled(real)) else real


def settled(text: str) -> str:
    """Text without what differs between two runs: durations, dates, and the order in which pictures arrive."""
    text = re.sub(r"\b\d+(\.\d+)? s\b", "0.1 s", text)
    text = re.sub(r"\b20\d\d-\d\d-\d\d(T[\d:]+Z)?", "2026-11-21", text)
    arrived = re.compile(r"(?:^  ✓ .*\n)+", re.MULTILINE)
    return arrived.sub(lambda found: "".join(sorted(found[0].splitlines(keepends=True))), text)


def environment(home: Path, base_url: str) -> dict[str, str]:
    """Where sessions run: a home of their own, stand-in prices and pictures from `base_url`, wide plain output."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "SYSTEMROOT", "TMPDIR", "LANG")}
    (home / "config.toml").touch()
    return kept | {
        "HOME": str(home),
        "USERPROFILE": str(home),
        "IMAGEPIPE_CONFIG": str(home / "config.toml"),
        "IMAGEPIPE_DATA": str(home / "data"),
        "OPENAI_BASE_URL": base_url,
        "OPENAI_API_KEY": "sk-a-key-of-the-documentation",
        "PYTHONPATH": str(DOCS.parent),
        "COLUMNS": "100",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "Ada",
        "GIT_AUTHOR_EMAIL": "ada@example.com",
        "GIT_COMMITTER_NAME": "Ada",
        "GIT_COMMITTER_EMAIL": "ada@example.com",
    }


def main(arguments: Sequence[str]) -> int:
    """Plays all pages, or those named, against a loopback server; says which are not true, or writes them with --write.
    Gives how many are not true."""
    writes, wrong = "--write" in arguments, 0
    named = [Path(name).resolve() for name in arguments if name != "--write"]
    for path in named or pages():
        page = path.read_text(encoding="utf-8")
        server = ImageServer().start()
        with tempfile.TemporaryDirectory() as home, tempfile.TemporaryDirectory() as folder:
            real = played(page, Path(folder), environment(Path(home), server.base_url))
        server.stop()
        if real != page:
            wrong += 1
            name = path.name
            print("".join(unified_diff(page.splitlines(True), real.splitlines(True), name, "what is printed", n=1)))
            if writes and "[unexpected]" not in real:
                path.write_text(real, encoding="utf-8")
    print(f"{wrong} pages {'written anew' if writes else 'are not true'}")
    return 0 if writes else wrong


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
