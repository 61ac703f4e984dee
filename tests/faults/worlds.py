"""A project, its store, its books and what the provider billed, in one folder; and what must hold of them at any time."""

import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from imagepipe.digest import digest_bytes
from imagepipe.errors import ImagepipeError
from imagepipe.lock import Lock, loads
from imagepipe.store.ledger import Ledger
from imagepipe.store.opening import DiskStore, open_store
from imagepipe.store.pending import State
from tests.faults.paying import notes
from tests.faults.tracing import ROOT

MANIFEST = """\
version: 1
project: shop
assets:
  mug:
    prompt: mug, plain
    options: {size: 1024x640, quality: low}
    output: out/mug.png
  hat:
    prompt: hat, twice
    options: {size: 1024x640, quality: low, n: 2}
    output: out/hat.png
  cup:
    prompt: cup, after the mug
    inputs: [{asset: mug, role: target}]
    options: {size: 1024x640, quality: low}
    output: out/cup.png
  map:
    prompt: map, answered by a web page
    options: {size: 1024x640, quality: low}
    output: out/map.png
  key:
    prompt: key, refused
    options: {size: 1024x640, quality: low}
    output: out/key.png
"""
GOOD, LOST, REFUSED = ("mug", "hat", "cup"), "map", "key"


@dataclass
class Damage:
    """What went against the promises: each a sentence; all of them are to stay empty."""

    lost: list[str] = field(default_factory=list)
    unreported: list[str] = field(default_factory=list)
    invalid: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)

    def __iadd__(self, other: "Damage") -> "Damage":
        for name in ("lost", "unreported", "invalid", "stuck"):
            getattr(self, name).extend(getattr(other, name))
        return self

    def __bool__(self) -> bool:
        return bool(self.lost or self.unreported or self.invalid or self.stuck)


class Zygote:
    """The process that forks a child for each command."""

    def __init__(self) -> None:
        line = [sys.executable, "-B", "-m", "tests.faults.zygote"]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(line, cwd=ROOT, stdin=pipe, stdout=pipe, text=True)

    def __call__(self, folder: Path, *args: str, **more: Any) -> tuple[int, str]:
        """Exit code (negative: the signal) and what was said."""
        assert self._process.stdin
        assert self._process.stdout
        print(json.dumps({"folder": str(folder), "args": args, **more}), file=self._process.stdin, flush=True)
        done = json.loads(self._process.stdout.readline())
        return done["code"], done.get("said", "")

    def close(self) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()


@contextmanager
def zygote(folder: Path) -> Iterator[Zygote]:
    """A zygote that has built once, so that everything is imported."""
    found = Zygote()
    try:
        World(folder, found).fresh()
        found(folder, "build", "--yes", here=True)
        yield found
    finally:
        found.close()


class World:
    """One folder: `project`, `store`, `home` with the books, `told` with the provider's notes."""

    def __init__(self, folder: Path, run: Zygote) -> None:
        self.folder, self.run = folder, run
        self.damaged: set[str] = set()
        self.project = folder / "project"

    def fresh(self) -> "World":
        """An empty store and a manifest."""
        shutil.rmtree(self.folder, ignore_errors=True)
        for name in ("project", "home", "told"):
            (self.folder / name).mkdir(parents=True)
        (self.folder / "home" / "config.toml").touch()
        (self.project / "assets.yaml").write_text(MANIFEST)
        return self

    def keep_as(self, template: Path) -> None:
        """Remembers how everything is now."""
        shutil.copytree(self.folder, template, symlinks=True)

    def back_to(self, template: Path) -> None:
        """Everything as it was."""
        shutil.rmtree(self.folder)
        shutil.copytree(template, self.folder, symlinks=True)

    def edit(self, before: str, after: str) -> None:
        """Changes the manifest."""
        path = self.project / "assets.yaml"
        text = path.read_text()
        assert before in text
        path.write_text(text.replace(before, after))

    def build(self, *args: str, **more: Any) -> tuple[int, str]:
        """`imagepipe build`."""
        return self.run(self.folder, "build", "--yes", *args, **more)

    @property
    def store(self) -> DiskStore:
        """The store, opened anew."""
        return open_store(self.folder / "store")

    @property
    def charges(self) -> Counter[str]:
        """How often the provider billed each asset, whose name its prompt begins with."""
        return Counter(item["prompt"].partition(",")[0] for item in notes(self.folder / "told", "charged"))

    @property
    def billed(self) -> Counter[str]:
        """How many pictures of each prompt were billed."""
        found: Counter[str] = Counter()
        for item in notes(self.folder / "told", "charged"):
            found[item["prompt"]] += item["n"]
        return found

    def states(self) -> dict[str, str]:
        """Asset → action, by `plan --json`."""
        code, said = self.run(self.folder, "plan", "--json")
        assert code in (0, 3), said
        return json.loads(said)  # type: ignore[no-any-return]

    def named(self) -> set[str]:
        """The pictures that the lock names."""
        path = self.project / "assets.lock"
        lock = loads(path.read_text(), "assets.lock") if path.exists() else Lock()
        return {item.sha256 for entry in lock.entries.values() for item in (*entry.candidates, *entry.inputs)}

    def look(self) -> Damage:
        """What is wrong now, wherever a process ended."""
        found = Damage()
        store = self.store
        pending = {item.intent.id: item for item in store.pending()}
        receipts = {item.id: item for item in store.all_receipts()}
        for ident in notes(self.folder / "told", "received"):
            item = pending.get(str(ident))
            kept = (item and item.state is State.COMPLETE) or is_kept(store, receipts.get(str(ident)), self.damaged)
            if not kept:
                found.lost.append(f"{ident}: received, and nowhere now")
        known = {ident: item.asset for ident, item in receipts.items()}
        known |= {ident: item.intent.asset for ident, item in pending.items() if item.state is not State.UNSENT}
        known |= self._booked()
        told = Counter(known.values())
        found.unreported += [
            f"{asset} was billed {n} times, {told[asset]} are known"
            for asset, n in self.charges.items()
            if n > told[asset]
        ]
        found.invalid += self._lock_faults()
        return found

    def _booked(self) -> dict[str, str]:
        return booked(self.folder / "home" / "data")

    def _lock_faults(self) -> list[str]:
        path = self.project / "assets.lock"
        try:
            if path.exists():
                loads(path.read_text(), "assets.lock")
        except (ImagepipeError, UnicodeDecodeError) as error:
            return [str(error)]
        return []

    def recover(self, allowed: Counter[str], *, booked: bool = True) -> Damage:
        """Builds again as a user would, undisturbed, and then asks anew for what is in doubt. `allowed` pictures of each
        prompt are paid where nothing goes wrong: no more may be, without a doubt that was said."""
        doubts = self.store.doubts()
        doubtful = {item.asset for item in doubts}
        for item in doubts:
            allowed = allowed + Counter({"\n".join(item.receipt.prompt): int(item.receipt.options["n"])})
        found = self._again(doubtful)
        if doubtful:
            code, said = self.build("--resend", "*")
            if code not in (0, 1) or self.store.doubts():
                found.stuck.append(f"--resend: {code} {said}")
            self.build()
        found += self.look()
        billed = self.billed
        found.unreported += [f"{name}: paid {billed[name]}, {allowed[name]} allowed" for name in billed - allowed]
        found.unreported += self._unbooked() if booked else []
        found.stuck += self._unfinished()
        return found

    def _again(self, doubtful: set[str]) -> Damage:
        found = Damage()
        code, said = self.build()
        if code != 1:
            found.stuck.append(f"the next build ended with {code}: {said}")
        silent = [asset for asset in doubtful if asset not in said or "doubt" not in said]
        found.unreported += [f"{asset} is in doubt and the build does not say so: {said}" for asset in silent]
        return found

    def _unbooked(self) -> list[str]:
        booked = Counter(self._booked().values())
        return [
            f"{asset}: {n} charges, {booked[asset]} in the ledger"
            for asset, n in self.charges.items()
            if n > booked[asset]
        ]

    def _unfinished(self) -> list[str]:
        wrong = [f"{name} is not built" for name in GOOD if not (self.project / "out" / f"{name}.png").exists()]
        charges = self.charges
        code, said = self.build()
        if code != 1 or self.charges != charges:
            wrong.append(f"a build with nothing to do ended with {code}: {said}")
        if self.store.pending():
            wrong.append(f"pending: {self.store.pending()}")
        return wrong


def is_kept(store: DiskStore, receipt: Any, damaged: Collection[str] = ()) -> bool:
    """Whether everything that a receipt names is in the store and sound, but for what was `damaged` on purpose."""
    if receipt is None:
        return False
    try:
        pictures = all(
            digest_bytes(store.blob(item.sha256)) == item.sha256
            for item in receipt.candidates
            if item.sha256 not in damaged
        )
        return pictures and (not receipt.raw_body or digest_bytes(store.rejected(receipt.raw_body)) == receipt.raw_body)
    except FileNotFoundError:
        return False


def booked(data: Path) -> dict[str, str]:
    """The ledger's entries in a data folder: id → asset."""
    months = {item.name[7:14] for item in data.glob("ledger-*.jsonl")}
    days = (f"{month}-{day:02}" for month in months for day in range(1, 32))
    return {entry.id: entry.asset for day in days for entry in Ledger(data).entries(day)}


def spread(points: Sequence[Any], most: int) -> list[Any]:
    """At most `most` of the points, evenly over all of them."""
    return list(points) if len(points) <= most else [points[index * len(points) // most] for index in range(most)]
