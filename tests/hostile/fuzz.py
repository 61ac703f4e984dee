"""What strangers write, at random: `python -m tests.hostile.fuzz [TARGET] [options of libFuzzer]`, under atheris.

    plain      bytes as YAML: the fast road for big texts reads what libyaml reads, or leaves it alone
    manifest   bytes as assets.yaml, and as the template it names: findings that can be shown, never an exception
    lock       bytes as assets.lock: refused with a place, or what comes back is the same lock in our form
    answer     bytes as a provider's answer: a verdict, and nothing that came is left out
    picture    bytes as a picture in an answer: its facts, or a fault that can be shown
    paths      text as a path, in a project on the disk: nothing outside is read or written

Without a target the first byte of an input chooses one. What once went wrong is kept in `tests/hostile/found`, and every
input there is tried again by the default run.
"""

import importlib
import json
import os
import sys
import tempfile
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from io import BytesIO
from pathlib import Path

HERE = Path(__file__).resolve().parent
FOUND = HERE / "found"
TODAY = date(2026, 11, 21)
MOST_SAID = 300
TOKENS = (
    *("version: 1", "include: ", "assets:", "prompt: ", "request: ", "inputs: ", "output: ", "outputs: ", "options: "),
    *("steps: ", "matrix: ", "extends: ", "template: ", "profiles:", "defaults:", "vars: ", "expect: ", "sha256:"),
    *("{{ ", " }}", "{% if ", "{% for x in ", "{% include '", " %}", "|join", "|replace", "__class__", "loop."),
    *("&a ", "*a", "<<: ", "!!", "? ", "- ", "|2\n", "<<<<<<< ", "=======", ">>>>>>> ", "||||||| "),
    *("null", "true", "NaN", "1e999", "-1", "9" * 30, "\\ud800", "\\u202e", "\u202e", "\u0130", "e\u0301"),
    *("../", "/", "~1", ".git", ".env", "CON", "**/", "{id}", "{width}", '"b64_json": "', '"data": [', '"url": "'),
)
"""Words that random bytes would rarely hit upon."""
TEMPLATE = "version: 1\nassets:\n  a:\n    prompt: {request: a mug}\n    template: own.j2\n    output: a.png\n"


@contextmanager
def imported() -> Iterator[None]:
    """As a script, atheris watches what the imports bring, and is guided by it."""
    if __name__ != "__main__":
        yield
        return
    with importlib.import_module("atheris").instrument_imports(include=["imagepipe"]):
        yield


with imported():
    from imagepipe.contracts import End, Reply
    from imagepipe.digest import digest_bytes
    from imagepipe.errors import Damaged, Finding, ImagepipeError, ManifestError, UsageError
    from imagepipe.execute.answers import Reading, judge, read_answer
    from imagepipe.lock import conflict_sides, dumps, loads
    from imagepipe.manifest.loading import Wanted, load_with_words
    from imagepipe.paths import fault_of, fold, glob_pattern
    from imagepipe.providers.imageapi import DIALECT
    from imagepipe.values import EMPTY, Charge, FrozenMap, Receipt, Request
    from imagepipe.workspace.publishing import NotOurs, publish, remove
    from imagepipe.workspace.tree import DiskTree
    from tests.lock.test_lock import TEXT as FULL
    from tests.manifest.memory import Memory
    from tests.test_yamltext_plain import quick


def showable(findings: tuple[Finding, ...]) -> None:
    """What is said can be shown: short, without control characters, without the address of an object."""
    for finding in findings:
        assert len(finding.message) <= MOST_SAID, finding
        assert finding.message.isprintable(), finding
        assert finding.hint.isprintable(), finding
        assert " object at 0x" not in finding.message, finding


def plain(data: bytes) -> None:
    """The same text by both roads."""
    text = data.decode("utf-8", "ignore").replace("\0", "")
    quick(text)


def manifest(data: bytes) -> None:
    """The same bytes as a manifest, and as a template under one that is good."""
    for files in ({"assets.yaml": data}, {"assets.yaml": TEMPLATE.encode(), "templates/own.j2": data}):
        try:
            loaded = load_with_words(Memory(**files), Wanted("project", "assets.yaml", "", TODAY))
        except (ManifestError, UsageError) as error:
            showable(error.findings)
            continue
        found = loaded.manifest
        showable(found.findings)
        assert b" at 0x" in data or " at 0x" not in repr(loaded.words), "an address would be another key at every build"
        paths = [output.path for asset in found.assets for output in asset.outputs]
        assert not [path for path in paths if fault_of(path)]
        assert len({fold(path) for path in paths}) == len(paths)


def lock(data: bytes) -> None:
    """What is a lock comes back as one, in UTF-8 and in JSON that every reader takes."""
    try:
        text = data.decode("utf-8")
        found = loads(text, "assets.lock")
        known = dict(found.entries.items())
    except UnicodeDecodeError:
        return
    except Damaged as error:
        showable(error.findings)
        for side in conflict_sides(text):
            assert len(side) <= len(text)
        return
    again = dumps(found)
    json.loads(again.encode("utf-8"), parse_constant=_no_number)
    assert loads(again, "assets.lock").entries == known
    assert dumps(loads(again, "assets.lock")) == again
    assert not [path for entry in known.values() for path in entry.files if fault_of(path)]


def _no_number(name: str) -> None:
    raise AssertionError(f"{name} is no JSON")


REQUEST = Request("openai", "gpt-image-2", "a mug", FrozenMap({"n": 2, "size": "16x16", "output_format": "png"}), ())
BEGUN = Receipt("made", "key", "a", "openai", "gpt-image-2", EMPTY, ("a mug",), REQUEST.options)


def answer(data: bytes) -> None:
    """Status by the first byte, the rest is the body; every picture is kept or the body is."""
    status = (200, 200, 200, 301, 400, 401, 403, 404, 408, 409, 429, 500, 503)[data[0] % 13 if data else 0]
    body = data[1:]
    verdict = DIALECT.judge(Reply(status, FrozenMap({}), "req", complete=True, sent=True), body, REQUEST)
    assert (verdict.message + verdict.hint + verdict.code).isprintable()
    assert (verdict.end is End.RECEIVED) == (status < 300)
    DIALECT.usage(body)
    reading = Reading(DIALECT, lambda request, usage, n: Charge(0.01 * n, usage))
    found = read_answer(BEGUN, body, reading)
    receipt = found.receipt
    assert receipt.failure.isprintable()
    assert receipt.paid >= 1
    assert set(found.pictures) == {item.sha256 for item in receipt.candidates}
    assert all(digest_bytes(picture) == name for name, picture in found.pictures.items())
    assert found.pictures or receipt.failure
    if receipt.failure and not all(item.format for item in receipt.candidates):
        assert receipt.raw_body == digest_bytes(body)
        assert found.raw_body == body


def picture(data: bytes) -> None:
    """Accepted, or rejected with a reason; either way of a size that may be decoded."""
    found, why = judge(digest_bytes(data), data, REQUEST, Reading(DIALECT, lambda request, usage, n: Charge()))
    assert found.status == ("rejected" if why else "kept")
    assert why.isprintable()
    assert len(why) <= MOST_SAID
    assert found.width * found.height <= 50_000_000


class Folder:
    """A project beside a file that nobody may touch, made once."""

    def __init__(self) -> None:
        self._kept = tempfile.TemporaryDirectory(prefix="imagepipe-fuzz-")
        self.outside = Path(self._kept.name).resolve()
        self.root = self.outside / "project"
        for name in ("out", ".git", ".imagepipe", "real"):
            (self.root / name).mkdir(parents=True)
        (self.outside / "else").mkdir()
        (self.root / "link").symlink_to(self.outside / "else")
        (self.root / "inner").symlink_to(self.root / "real")
        (self.root / "tilde").symlink_to(self.root / ".git")
        for secret in (".env", ".git/config", "key.pem", ".imagepipe/x"):
            (self.root / secret).write_text("secret")
        (self.outside / "else/x.png").write_text("secret")
        self.before = self.state()

    def state(self) -> dict[str, bytes]:
        """Every file that may neither be read nor changed."""
        places = (self.outside, self.outside / "else", self.root / ".git", self.root / ".imagepipe")
        found = {str(item): item.read_bytes() for place in places for item in place.iterdir() if item.is_file()}
        return found | {"env": (self.root / ".env").read_bytes(), "pem": (self.root / "key.pem").read_bytes()}


_folders: list[Folder] = []


def paths(data: bytes) -> None:
    """Judged, folded, matched, read, listed, written and removed."""
    path = data.decode("utf-8", "surrogateescape")[:1200]
    fault = fault_of(path)
    assert fault_of(path) == fault
    assert fold(fold(path)) == fold(path)
    if not fault_of(path, pattern=True) and len(path) < 300:
        glob_pattern(path).match("out/" * 12 + "a.png")
    if not _folders:
        _folders.append(Folder())
    folder = _folders[0]
    for read in (lambda: DiskTree(folder.root).read(path), lambda: DiskTree(folder.root, folder.root).read(path)):
        try:
            assert read() != b"secret", path
        except (ImagepipeError, OSError) as error:
            showable(getattr(error, "findings", ()))
    try:
        publish(folder.root, path, b"new", lambda digest: digest == digest_bytes(b"new"))
        assert not fault
        remove(folder.root, path, digest_bytes(b"new"))
    except NotOurs:
        pass
    except ImagepipeError as error:
        showable(error.findings)
    assert folder.state() == folder.before, path


TARGETS: dict[str, Callable[[bytes], None]] = {
    "plain": plain,
    "manifest": manifest,
    "lock": lock,
    "answer": answer,
    "picture": picture,
    "paths": paths,
}


def one(data: bytes) -> None:
    """The target that the first byte names."""
    TARGETS[list(TARGETS)[data[0] % len(TARGETS)]](data[1:]) if data else None


def pictures() -> Iterator[bytes]:
    """Small pictures of every format."""
    from PIL import Image  # noqa: PLC0415

    for mode in ("RGB", "RGBA", "P", "L"):
        for format in ("PNG", "JPEG", "WEBP", "GIF"):
            if (mode, format) not in {("RGBA", "JPEG"), ("P", "JPEG")}:
                kept = BytesIO()
                Image.new(mode, (16, 16), 3).save(kept, format)
                yield kept.getvalue()
    yield b'<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16"><path d="M0 0h9v9z"/></svg>'


def answers() -> Iterator[bytes]:
    """Bodies of answers, good and bad, behind the byte that says their status."""
    two = [b64encode(item).decode() for item in list(pictures())[:2]]
    usage = {"input_tokens": 10, "output_tokens": 99, "input_tokens_details": {"text_tokens": 10}}
    good = {
        "created": 1,
        "size": "16x16",
        "quality": "low",
        "data": [{"b64_json": item} for item in two],
        "usage": usage,
    }
    bad = {
        "error": {"code": "moderation_blocked", "type": "image_generation_user_error", "message": "no", "param": None}
    }
    for status in range(13):
        yield bytes([status]) + json.dumps(good if status < 3 else bad).encode()
    for more in ({"data": []}, {"data": [{"url": "https://example.com"}]}, {"data": [{"b64_json": "*"}]}, []):
        yield b"\0" + json.dumps(more).encode()


def locks() -> Iterator[str]:
    """A full one, one between markers, and one that is a line."""
    yield FULL
    yield FULL.replace('    "cut": {', '<<<<<<< ours\n    "cut": {').replace('    "drawn"', '=======\n    "drawn"')
    yield json.dumps(json.loads(FULL))
    yield FULL.replace('"version": 1', '"version": 2')


def seeds() -> dict[str, list[bytes]]:
    """What each target begins with: the smaller cases kept here, a lock, answers and pictures."""
    of_yaml = [path.read_bytes() for path in sorted(HERE.glob("*/*/assets.yaml"))]
    of_templates = [path.read_bytes() for path in sorted(HERE.glob("templates/*/templates/*"))]
    named = [line.partition(":")[2].strip() for text in of_yaml for line in text.decode("utf-8", "replace").split("\n")]
    of_paths = sorted({item for item in named if 0 < len(item) < 200 and ("/" in item or "." in item)})
    links = ["link/x.png", "inner/y.png", "tilde/config", "out/a.png", "../else/x.png", ".GIT/config", "a/**/b*.png"]
    found = {
        "plain": [item for item in of_yaml if len(item) < 1500],
        "manifest": [item for item in of_yaml + of_templates if len(item) < 1500],
        "lock": [item.encode() for item in locks()],
        "answer": list(answers()),
        "picture": list(pictures()),
        "paths": [item.encode("utf-8", "replace") for item in of_paths + links],
    }
    for name, items in found.items():
        items += [path.read_bytes() for path in sorted((FOUND / name).glob("*"))]
    return found


def _escaped(token: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in token.encode())


def main() -> None:
    """Atheris on one target, or on all of them; a corpus is made first."""
    atheris = importlib.import_module("atheris")
    options = sys.argv[1:]
    name = options.pop(0) if options and options[0] in TARGETS else ""
    with tempfile.TemporaryDirectory() as corpus, tempfile.TemporaryDirectory() as other:
        for index, target in enumerate(TARGETS):
            for number, data in enumerate(seeds()[target] if name in ("", target) else []):
                Path(corpus, f"{target}-{number:04}").write_bytes(data if name else bytes([index]) + data)
        words = Path(other, "words")
        words.write_text("".join(f'"{_escaped(token)}"\n' for token in TOKENS))
        given = [sys.argv[0], "-timeout=20", "-rss_limit_mb=3000", "-max_len=12000", f"-dict={words}", *options, corpus]
        atheris.Setup(given, TARGETS[name] if name else one)
        atheris.Fuzz()


if __name__ == "__main__":
    os.environ.pop("OPENAI_API_KEY", None)
    main()
