"""Makes a built project of N assets of twelve lines and 10 kB each: manifest, outputs, and the lock that a build of them
would have written. `python benchmarks/built.py FOLDER N`, by a process of its own for plan.py. A manifest file may have
16 MiB: beyond 10,000 assets they stand in several."""

import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # the checkout itself, installed or not

import imagepipe
from benchmarks.manifest import ASSET, HEAD
from imagepipe import lock, values
from imagepipe.digest import digest_bytes
from imagepipe.recipe import finish_of, recipe_of

MOST = 10_000
"""Assets in one file."""


def project(folder: Path, count: int) -> None:
    """The project, its plan cache removed."""
    (folder / "public/img").mkdir(parents=True)
    (folder / "config.toml").write_text("")
    declare(folder, count)
    for at in range(count):
        (folder / f"public/img/item-{at:05}.png").write_bytes(at.to_bytes(8, "big") * 1280)
    (folder / "assets.lock").write_text(forged(folder), encoding="utf-8")
    shutil.rmtree(folder / ".imagepipe", ignore_errors=True)


def declare(folder: Path, count: int) -> None:
    """The manifest, in one file or in several."""
    head, assets = HEAD.removesuffix("assets:\n"), [ASSET % (at, at, at, at) for at in range(count)]
    if count <= MOST:
        (folder / "assets.yaml").write_text(f"{head}assets:\n{''.join(assets)}")
        return
    (folder / "assets.yaml").write_text(f"include: [parts/*.yaml]\n{head}")
    (folder / "parts").mkdir()
    for begin in range(0, count, MOST):
        part = "".join(assets[begin : begin + MOST])
        (folder / f"parts/{begin:06}.yaml").write_text(f"assets:\n{part}")


def forged(folder: Path) -> str:
    """The lock as a build writes it, without the build."""
    manifest = imagepipe.load(folder)
    entries = {}
    for asset in manifest.assets:
        path = asset.outputs[0].path
        data = (folder / path).read_bytes()
        digest = digest_bytes(data)
        key, parts = finish_of(asset, digest, lambda step: 1)
        pictures = (values.Candidate(digest, 1536, 1024, "png"),)
        files = {path: values.FileFact(digest, 1536, 1024, "png", len(data))}
        made = lock.Made(pictures, digest, files, key, parts)
        entries[asset.id] = lock.entry_of(recipe_of(asset, manifest.words[asset.id]), made)
    return lock.dumps(lock.Lock(entries=lock.entries(entries)))


if __name__ == "__main__":
    project(Path(sys.argv[1]), int(sys.argv[2]))
