"""Digests and keys: the two ways imagepipe names bytes and recipes. Knows nothing of what it names."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

PREFIX = "sha256:"
_CHUNK = 1 << 20


def digest_bytes(data: bytes) -> str:
    """The name of `data`: `sha256:` and 64 hexadecimal digits."""
    return PREFIX + hashlib.sha256(data).hexdigest()


def digest_text(text: str) -> str:
    """The name of `text` as UTF-8. Lone surrogates are kept apart instead of raising, since a hash must not fail."""
    return digest_bytes(text.encode("utf-8", "surrogatepass"))


def digest_file(path: Path) -> str:
    """The name of a file's bytes, read in pieces of 1 MiB. Raises OSError as `open` does."""
    with path.open("rb") as file:
        hasher = hashlib.sha256()
        while piece := file.read(_CHUNK):
            hasher.update(piece)
    return PREFIX + hasher.hexdigest()


def key_of(kind: str, parts: Mapping[str, object]) -> str:
    """The key over labelled parts: a hash of their canonical JSON (sorted labels, no spaces, UTF-8).

    `kind` ("made_from", "finished_by") keeps the two keys apart. Values are JSON scalars. The form is part of
    the manifest's version 1: changing it would bill every user, so golden files hold it.
    """
    text = json.dumps([kind, 1, dict(parts)], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return digest_text(text)


def hex_of(digest: str) -> str:
    """The hexadecimal part of a digest; raises ValueError for anything that is not one."""
    name = digest.removeprefix(PREFIX)
    if len(name) != 64 or not digest.startswith(PREFIX) or set(name) - set("0123456789abcdef"):
        raise ValueError(f"not a sha256 digest: {digest[:80]!r}")
    return name
