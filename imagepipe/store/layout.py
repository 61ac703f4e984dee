"""Where everything in the store lies: names to paths and back. Touches nothing."""

import re
from pathlib import Path

from imagepipe.digest import PREFIX, hex_of
from imagepipe.frozen import frozen

FORMAT_VERSION = 1
_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,99}")


def _id(text: str) -> str:
    if not _ID.fullmatch(text):
        raise ValueError(f"not a record id (letters, digits, - and _): {text[:80]!r}")
    return text


@frozen
class Layout:
    """The folders under `root`. Digests and keys are `sha256:<hex>`; ids are letters, digits, `-` and `_`."""

    root: Path

    @property
    def format(self) -> Path:
        """The file that names the version of this layout."""
        return self.root / "format"

    def blob(self, digest: str) -> Path:
        """The bytes named `digest`."""
        name = hex_of(digest)
        return self.root / "blobs" / name[:2] / name

    def receipts(self, key: str) -> tuple[Path, str]:
        """The folder that holds a key's receipts, and the prefix of their names in it."""
        name = hex_of(key)
        return self.root / "receipts" / name[:2], name + "."

    def receipt(self, key: str, ident: str) -> Path:
        """One receipt. A flat name: one folder sync makes it last."""
        folder, prefix = self.receipts(key)
        return folder / f"{prefix}{_id(ident)}.json"

    @property
    def intents(self) -> Path:
        """The folder of intents."""
        return self.root / "intents"

    @property
    def spools(self) -> Path:
        """The folder of spools."""
        return self.root / "spools"

    def intent(self, ident: str) -> Path:
        """An intent."""
        return self.intents / f"{_id(ident)}.json"

    def spool(self, ident: str) -> Path:
        """The spool of the intent `ident`."""
        return self.spools / _id(ident)

    def refusal(self, key: str) -> Path:
        """The remembered refusal of a key."""
        return self.root / "refusals" / f"{hex_of(key)}.json"

    def rejected(self, digest: str) -> Path:
        """An answer's raw body that could not be used."""
        return self.root / "rejected" / hex_of(digest)

    def evicted(self, digest: str) -> Path:
        """The mark that a paid picture was let go to make room, and is not lost."""
        return self.root / "evicted" / hex_of(digest)

    def key_lock(self, key: str) -> Path:
        """The lock that is held from looking a key up to writing its receipt."""
        return self.root / "locks" / hex_of(key)

    @property
    def use_lock(self) -> Path:
        """The lock that writers share and `gc` holds alone."""
        return self.root / "locks" / "use"

    @property
    def quarantine(self) -> Path:
        """Damaged things, kept for a person to look at."""
        return self.root / "quarantine"


def key_of_receipt(name: str) -> str:
    """The key in a receipt's file name, "" for a name that is none."""
    stem = name.partition(".")[0]
    return PREFIX + stem if len(stem) == 64 and name.endswith(".json") else ""
