"""Where a template's text comes from: the package for `imagepipe/…`, the project's `templates/` for every other name."""

from dataclasses import dataclass, field
from pathlib import Path

from imagepipe import paths
from imagepipe.contracts import Tree
from imagepipe.digest import digest_bytes
from imagepipe.errors import ImagepipeError
from imagepipe.prompts.faults import Fault, meant
from imagepipe.prompts.texts import clean

BUILT_IN = "imagepipe/"
FOLDER = "templates/"
MAX_SOURCE = 64_000
"""Characters a template file may have: twice the longest prompt."""

_HERE = Path(__file__).resolve().parent / "templates"


def built_in(name: str) -> bytes:
    """The bytes of a built-in template ("base.j2"). Raises FileNotFoundError."""
    if name not in built_in_names():
        raise FileNotFoundError(name)
    return (_HERE / name).read_bytes()


def built_in_names() -> tuple[str, ...]:
    """The built-in templates, sorted: "base.j2", "logo-brand.j2", …"""
    return tuple(sorted(path.name for path in _HERE.glob("*.j2")))


@dataclass(slots=True)
class Sources:
    """Template texts by name, each read once; `read` keeps the digests of the project's own files by path."""

    tree: Tree
    read: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)

    def file(self, name: str) -> str:
        """The path a person knows a template by: "templates/sticker.j2", or the built-in name."""
        return name if name.startswith(BUILT_IN) else FOLDER + name

    def text(self, name: str) -> str:
        """The template's text. Raises Fault: no such file, outside `templates/`, not text, too long."""
        if name not in self.texts:
            self.texts[name] = self._decoded(name, self._bytes(name))
        return self.texts[name]

    def _bytes(self, name: str) -> bytes:
        if fault := paths.fault_of(name):
            raise Fault(
                "template-missing", f"the template name `{name[:80]}` {fault}", "templates are files under templates/"
            )
        try:
            if name.startswith(BUILT_IN):
                return built_in(name.removeprefix(BUILT_IN))
            data = self.tree.read(FOLDER + name)
        except (OSError, ImagepipeError) as error:
            raise self._missing(name, error) from None
        self.read[FOLDER + name] = digest_bytes(data)
        return data

    def _missing(self, name: str, error: Exception) -> Fault:
        known = self.names()
        there = [other for other in known if other.startswith(BUILT_IN) == name.startswith(BUILT_IN)]
        hint = meant(name.removeprefix(FOLDER), known) or (
            "there are " + ", ".join(there[:8]) if there else f"make the file {self.file(name)}"
        )
        why = "" if isinstance(error, FileNotFoundError) else f" ({error})"
        return Fault("template-missing", f"there is no template {self.file(name)}{why}", hint)

    def names(self) -> list[str]:
        """Every template there is, the project's own first."""
        own = [path.removeprefix(FOLDER) for path in self.tree.glob(FOLDER + "**")]
        return own + [BUILT_IN + name for name in built_in_names()]

    def _decoded(self, name: str, data: bytes) -> str:
        if len(data) > MAX_SOURCE * 4:
            raise Fault(
                "template-limit", f"{self.file(name)} is longer than {MAX_SOURCE:,} characters", "make it shorter"
            )
        try:
            text = clean(data.decode("utf-8"))
        except UnicodeDecodeError as error:
            raise Fault(
                "prompt-not-text", f"{self.file(name)} is not UTF-8 text: {error.reason} at byte {error.start}"
            ) from None
        if len(text) > MAX_SOURCE:
            raise Fault(
                "template-limit", f"{self.file(name)} is longer than {MAX_SOURCE:,} characters", "make it shorter"
            )
        return text
