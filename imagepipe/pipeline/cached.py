"""Whether the last plan still says "nothing to do", from stats and names alone: a hint that may be deleted at any time.

It remembers every file that a silent plan was decided from, as it looked then. Any difference means: plan afresh. A file
that changed so shortly before it was looked at that another change could not show is read and hashed instead.
"""

import binascii
import json
import os
import sys
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import field
from pathlib import Path
from struct import Struct
from typing import Any

from imagepipe import __version__
from imagepipe.digest import digest_text, key_of
from imagepipe.frozen import frozen
from imagepipe.workspace.digests import NO_FILE, RACY, Print, content_of, keep
from imagepipe.workspace.finding import PRIVATE, repository_top
from imagepipe.workspace.tree import DiskTree

Options = Mapping[str, str | int | float | bool | None]
"""Everything beside files that the plan depends on: profile, provider, selection, today's date, the environment."""

_VERSION = 1
_NAMES = ("HOME", "APPDATA", "LOCALAPPDATA")
_FOUR = Struct("<qqqQ")
_ABSENT = _FOUR.pack(*NO_FILE)
_NONE: Mapping[str, Print] = {}
_FILE = (PRIVATE, "cache", "plan.json")


@frozen
class Basis:
    """What a silent plan was decided from.

    `files`: path → digest as the plan saw it, "" for a file that was looked for and is not there; project paths, or
    absolute ones (the user's configuration, the registry). `globs`: pattern → the paths it matched. `folders`: absolute
    paths of folders whose names count (receipts, intents, spools, refusals). `started`: when the planning began, ns.
    `looks`: how those of the files looked, as Digests has it, that were looked at already.
    """

    files: Mapping[str, str]
    started: int
    globs: Mapping[str, Iterable[str]] = field(default_factory=dict)
    folders: tuple[str, ...] = ()
    looks: Mapping[str, Print] = field(default_factory=dict)


def options_of(name: str, profile: str = "", provider: str = "") -> dict[str, str]:
    """What a plan of the manifest `name` depends on beside files, as things are now."""
    own = {key: value for key, value in os.environ.items() if key.startswith(("IMAGEPIPE_", "XDG_")) or key in _NAMES}
    today = time.strftime("%Y-%m-%d", time.gmtime())
    return {"file": name, "profile": profile, "provider": provider, "today": today, "env": repr(sorted(own.items()))}


def nothing_to_do(root: Path, options: Options) -> Any | None:
    """What `remember` was given to show, if nothing has changed since; None where a plan must be made."""
    found = last_silent(root, options)
    return found[0] if found else None


def last_silent(root: Path, options: Options, but_for: str = "") -> tuple[Any, bool] | None:
    """What `remember` was given to show, and whether the file `but_for` has changed since; None if anything else has."""
    with suppress(OSError, ValueError, KeyError, TypeError, RecursionError):
        lines = root.joinpath(*_FILE).read_bytes().split(b"\n", 3)
        head, paths, prints = json.loads(lines[0]), json.loads(lines[1]), binascii.a2b_base64(lines[2])
        if head["key"] != _key(options) or head["names"] != _names(head["folders"]):
            return None
        if not but_for and not _same_at(root, str(options.get("file", "")), paths, prints):
            return None  # mostly it is the manifest, and nothing else need be looked at
        since, seen = time.time_ns(), _prints(root, paths)
        if seen != prints and not _differ_at(paths, prints, seen, but_for):
            return None
        racy = {path: digest for path, digest in head["racy"].items() if path != but_for}
        if not _globs_hold(root, head["globs"]) or not _hold(root, racy):
            return None
        shown, own = json.loads(lines[3]), {path: head["racy"][path] for path in head["racy"] if path == but_for}
        changed = seen != prints or not _hold(root, own)
        if not changed:
            _settle(root, head, lines, since)
        return shown, changed
    return None


def remember(root: Path, options: Options, basis: Basis, shown: Any) -> None:
    """Keeps that the plan had nothing to do, and `shown` (JSON-ready) to show the next time. Call it for no other plan;
    a folder that cannot be written to means no cache and no error."""
    with suppress(OSError, ValueError, TypeError):
        paths = sorted(basis.files)
        prints = _prints(root, paths, basis.looks)
        racy = {path: basis.files[path] for path in _racy(paths, prints, basis.started)}
        head = {
            "key": _key(options),
            "globs": {pattern: list(found) for pattern, found in basis.globs.items()},
            "folders": list(basis.folders),
            "names": _names(basis.folders),
            "racy": racy,
        }
        _write(root, [_json(head), _json(paths), binascii.b2a_base64(prints, newline=False), _json(shown)])


def forget(root: Path) -> None:
    """Removes the cache."""
    root.joinpath(*_FILE).unlink(missing_ok=True)


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _write(root: Path, lines: Iterable[bytes]) -> None:
    keep(root.joinpath(*_FILE), b"\n".join(lines))


def _key(options: Options) -> str:
    return key_of("plan cache", {**options, "cache": _VERSION, "imagepipe": __version__, "python": sys.version})


def _prints(root: Path, paths: Iterable[str], known: Mapping[str, Print] = _NONE) -> bytes:
    """The stat of each path, unless it is `known`, four numbers of 64 bits each (inodes may use all of them); written for
    speed, since this is where a plan with nothing to do spends its time. An absolute path stands for itself."""
    base, look, isabs, pack = f"{root}/", os.lstat, os.path.isabs, _FOUR.pack
    found = []
    for path in paths:
        if path in known:
            found.append(pack(*known[path]))
            continue
        try:
            seen = look(path if isabs(path) else base + path)
        except (FileNotFoundError, NotADirectoryError):
            found.append(_ABSENT)
        else:
            found.append(pack(seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns, seen.st_ino))
    return b"".join(found)


def _same_at(root: Path, path: str, paths: list[str], prints: bytes) -> bool:
    """Whether one path looks as it did."""
    begin = paths.index(path) * _FOUR.size if path in paths else -1
    return begin < 0 or _prints(root, [path]) == prints[begin : begin + _FOUR.size]


def _differ_at(paths: list[str], before: bytes, now: bytes, path: str) -> bool:
    """Whether prints differ at one path alone."""
    if path not in paths:
        return False
    begin = paths.index(path) * _FOUR.size
    end = begin + _FOUR.size
    return before[:begin] == now[:begin] and before[end:] == now[end:]


def _racy(paths: list[str], prints: bytes, since: int) -> list[str]:
    rows = zip(paths, _FOUR.iter_unpack(prints), strict=True)
    return [path for path, (_, mtime, ctime, _) in rows if max(mtime, ctime) >= since - RACY]


def _hold(root: Path, racy: Mapping[str, str]) -> bool:
    """Whether the files that may have changed unseen still have the bytes that the plan saw."""
    return all((content_of(str(root / path), str(root)) or "") == digest for path, digest in racy.items())


def _settle(root: Path, head: dict[str, Any], lines: list[bytes], since: int) -> None:
    """Files that had not changed for long when they were read again, at `since` (ns), need no more reading."""
    left = _racy(list(head["racy"]), _prints(root, head["racy"]), since)
    if len(left) < len(head["racy"]):
        head["racy"] = {path: head["racy"][path] for path in left}
        _write(root, [_json(head), *lines[1:]])


def _names(folders: Iterable[str]) -> str:
    """A digest of the names in folders and the folders in them."""
    return digest_text("\n".join(name for folder in folders for name in _listed(folder, 2)))


def _listed(folder: str, depth: int) -> list[str]:
    try:
        names = sorted(os.listdir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return []
    if depth < 2:
        return names
    return [
        found for name in names for found in (name, *(_listed(f"{folder}/{name}", depth - 1) if len(name) == 2 else ()))
    ]


def _globs_hold(root: Path, globs: Mapping[str, list[str]]) -> bool:
    tree = DiskTree(root, repository_top(root))
    return all(list(tree.glob(pattern)) == found for pattern, found in globs.items())
