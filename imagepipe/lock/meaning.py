"""What a lock says: entries as values, read when they are asked for. Pure; the disk is another room's."""

from collections.abc import Callable, Collection, Container, Iterator, Mapping
from typing import Any

from imagepipe.frozen import frozen
from imagepipe.lock import fileform
from imagepipe.lock.fields import Misfit, entry_from, fields_of
from imagepipe.values import EMPTY, Candidate, Entry


class Entries(Mapping[str, Entry]):
    """Asset id → Entry, sorted by id; an entry of a file is built when first asked for, since a plan of one asset
    among 10,000 needs few. Raises errors.Damaged, with its line, for an entry that is not one."""

    __slots__ = ("_blocks", "_build", "_data")

    def __init__(
        self, data: Mapping[str, Any], build: Callable[[str, Any], Entry], blocks: dict[str, tuple[Entry, str]]
    ) -> None:
        self._data, self._build, self._blocks = dict(data), build, blocks

    def __getitem__(self, name: str) -> Entry:
        value = self._data[name]
        if isinstance(value, dict):
            value = self._data[name] = self._build(name, value)
        found: Entry = value
        return found

    def get(self, name: str, default: Any = None) -> Any:
        """The entry, or `default`."""
        return self[name] if name in self._data else default

    def __contains__(self, name: object) -> bool:
        return name in self._data

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._data))

    def __len__(self) -> int:
        return len(self._data)

    def __hash__(self) -> int:
        return hash(frozenset(self._data))

    def changed(self, changes: Mapping[str, Entry | None]) -> "Entries":
        """The same with some entries put in, or taken out (None)."""
        data = {**self._data, **changes}
        return Entries({name: value for name, value in data.items() if value is not None}, self._build, self._blocks)

    def differs(self, other: "Entries", name: str) -> bool:
        """Whether an entry is not the same in both, without building what both have from one file."""
        mine, its = self._data.get(name), other._data.get(name)
        return (
            mine is not its
            and (isinstance(mine, dict) != isinstance(its, dict) or mine != its)
            and (self.get(name) != other.get(name))
        )

    def unbuilt(self, name: str) -> dict[str, Any] | None:
        """The plain fields of an entry that nobody has asked for yet, unchecked; None for any other."""
        value = self._data.get(name)
        return value if isinstance(value, dict) else None

    def files(self) -> Iterator[str]:
        """The path of every file of every entry."""
        for name in self._data:
            yield from self.files_of(name)

    def files_of(self, name: str) -> Collection[str]:
        """The paths of an entry's files, mostly without building it; none where there is no entry."""
        value = self._data.get(name)
        if value is None:
            return ()
        outputs = value.get("outputs") if isinstance(value, dict) and "left_over" not in value else None
        return outputs if isinstance(outputs, dict) else self[name].files

    def made_from(self, name: str) -> str:
        """The key of a real picture, read without building the entry; "" for a placeholder."""
        value = self._data[name]
        if isinstance(value, dict) and not value.get("placeholder"):
            return str(value.get("made_from", ""))
        entry = self[name]
        return "" if entry.placeholder else entry.made_from

    def with_others(self) -> list[str]:
        """The ids of entries that keep pictures of other recipes, mostly without building any."""
        found = []
        for name, value in self._data.items():
            if type(value) is dict:
                items = value.get("candidates")
                known = type(items) is list and any("made_from" in item for item in items if type(item) is dict)
            else:
                known = any(item.made_from for item in self[name].candidates)
            if known:
                found.append(name)
        return sorted(found)

    def blocks(self) -> Iterator[tuple[str, str]]:
        """Each id with its text, remembered while the entry is the same: a long build writes the lock many times."""
        for name in self:
            entry, known = self[name], self._blocks.get(name)
            if known is None or known[0] is not entry:
                known = self._blocks[name] = (entry, fileform.block_of(fields_of(entry)))
            yield name, known[1]


def _never(name: str, value: Any) -> Entry:
    raise KeyError(name)


def entries(given: Mapping[str, Entry] | None = None) -> Entries:
    """Entries from a mapping of them."""
    return given if isinstance(given, Entries) else Entries(given or {}, _never, {})


@frozen
class Lock:
    """The project's memory: what each asset was made from and what it became. `Lock()` is that of a new project."""

    version: int = fileform.VERSION
    entries: Mapping[str, Entry] = entries()


def changes(base: Lock, lock: Lock) -> dict[str, Entry | None]:
    """Id → its entry in `lock` (None: gone), for each that is not as in `base`."""
    before, after = entries(base.entries), entries(lock.entries)
    names = sorted({*before, *after})
    return {name: after.get(name) for name in names if after.differs(before, name)}


def with_changes(lock: Lock, changed: Mapping[str, Entry | None]) -> Lock:
    """The lock with those entries put in or taken out."""
    return Lock(lock.version, entries(lock.entries).changed(changed))


def by_key(lock: Lock, present: Container[str] = ()) -> dict[str, str]:
    """`made_from` → the id (the first of several) whose entry has it; placeholders left out. One that is not `present`
    goes first: an asset that only got another name takes what the old name leaves, not what a twin still has."""
    found: dict[str, str] = {}
    known = entries(lock.entries)
    for name in sorted(known, key=lambda name: name in present):
        found.setdefault(known.made_from(name), name)
    found.pop("", None)
    return found


def put_aside(lock: Lock) -> dict[str, tuple[str, tuple[Candidate, ...]]]:
    """Key → the id of the entry that keeps pictures of it beside its own, and those pictures."""
    found: dict[str, tuple[str, tuple[Candidate, ...]]] = {}
    known = entries(lock.entries)
    for name in known.with_others():
        for item in (one for one in known[name].candidates if one.made_from):
            id, pictures = found.get(item.made_from, (name, ()))
            if all(one.sha256 != item.sha256 for one in pictures):
                found[item.made_from] = (id, (*pictures, item))
    return found


def loads(text: str | bytes, file: str = "assets.lock") -> Lock:
    """The lock in a text, or in its bytes. Raises errors.Damaged (exit 6) for merge markers (with their lines), a newer version, an
    empty file, or anything that is not a lock; a field of the wrong type is found when its entry is asked for."""
    given = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    data = fileform.parse(given, file)

    def build(name: str, fields: Any) -> Entry:
        try:
            return entry_from(fields)
        except Misfit as misfit:
            raise fileform.wrong(given, file, (name, *misfit.path), misfit.what) from None

    return Lock(fileform.VERSION, Entries(data, build, {}))


def dumps(lock: Lock, others: Mapping[str, Entry] = EMPTY) -> str:
    """The text of a lock: the same bytes for the same lock, always. Of an asset in `others` it has that entry too, between
    git's markers: a conflict that `conflict_sides` takes apart."""
    blocks = {name: fileform.block_of(fields_of(entry)) for name, entry in others.items()}
    return fileform.render(entries(lock.entries).blocks(), blocks)
