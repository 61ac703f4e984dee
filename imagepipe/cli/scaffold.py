"""The files of a new project, as text by path; and how they come to the disk without touching what is there."""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path

from imagepipe.cli.closed import Own, closed_text, templates_in
from imagepipe.errors import UsageError
from imagepipe.plugins import resolve
from imagepipe.workspace.finding import PRIVATE, private_folder

MANIFEST, STARTER = "assets.yaml", Path(__file__).with_name("starter.yaml")
KITS = "imagepipe.prompts.kits:KITS"
SCHEMA = f"{PRIVATE}/assets.schema.json"
"""The schema that the manifest's first line names; imagepipe's own, so it may be written again."""


def starter(project: str) -> dict[str, str]:
    """The files of a project without a kit: two pictures and a folder for templates."""
    text = STARTER.read_text(encoding="utf-8").replace("{project}", project)
    return {MANIFEST: text, "templates/.gitkeep": ""}


def kit(name: str) -> dict[str, str]:
    """The files of a kit. Raises UsageError for a name that is none."""
    kits: Mapping[str, Mapping[str, str]] = resolve(KITS)
    if name in kits:
        return {"templates/.gitkeep": "", **kits[name]}
    near = get_close_matches(name, kits, 1)
    hint = f"did you mean `{near[0]}`?" if near else f"the kits are {', '.join(kits)}"
    raise UsageError(f"there is no kit `{name}`", hint=hint, code="unknown-kit")


def write(root: Path, files: dict[str, str]) -> None:
    """Writes all files, or none: raises UsageError with the list where one is there already."""
    taken = [path for path in files if files[path] and (root / path).exists()]
    if taken:
        listed = "".join(f"\n{path}" for path in taken)
        raise UsageError(
            f"{'this file is' if len(taken) == 1 else 'these files are'} there already, nothing was written:{listed}",
            hint="choose an empty folder: imagepipe init DIR",
            code="file-exists",
        )
    everything = files | {SCHEMA: closed_text(Own(templates_in(files)))}
    root.mkdir(parents=True, exist_ok=True)
    private_folder(root)
    for path, text in everything.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if text or not target.exists():
            target.write_text(text, encoding="utf-8", newline="\n")


def project_name(root: Path) -> str:
    """A project name out of the folder's: lower case, hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", root.resolve().name.lower()).strip("-") or "pictures"


def listing(paths: Iterable[str]) -> list[str]:
    """The files worth naming to a person: not the folder keepers."""
    return [path for path in paths if not path.endswith("/.gitkeep")]
