"""The part of `doctor` about what the project keeps: its manifest, its store, the schema that its editor reads."""

import imagepipe
from imagepipe.cli.checks import Check, Site
from imagepipe.cli.closed import closed_text, own_of
from imagepipe.errors import ImagepipeError, UsageError
from imagepipe.store.opening import DiskStore, open_store
from imagepipe.workspace.finding import PRIVATE, find_project, store_root

SCHEMA = f"{PRIVATE}/assets.schema.json"


def manifest(site: Site) -> list[Check]:
    """Whether there is a manifest, and a valid one."""
    try:
        found = imagepipe.load(site.directory, file=site.file)
    except UsageError as error:
        return [Check("Manifest", "warn", error.message, error.hint)]
    except ImagepipeError as error:
        return [Check("Manifest", "fail", str(error).partition("\n")[0], "imagepipe validate shows all of it")]
    return [Check("Manifest", "ok", f"{found.file}, {len(found.assets)} asset{'' if len(found.assets) == 1 else 's'}")]


def store(site: Site) -> list[Check]:
    """Whether the store can be read and written, what waits in it, and what was set aside as damaged."""
    try:
        root, _ = find_project(site.directory, site.file)
    except UsageError:
        return []
    where = store_root(root, site.environ)
    try:
        return [_health(open_store(where), str(where))]
    except ImagepipeError as error:
        return [Check("Store", "fail", error.message, error.hint)]


def _health(found: DiskStore, where: str) -> Check:
    if found.fresh:
        return Check("Store", "ok", f"{where} (made by the first build)")
    doubts = found.doubts()
    if found.findings:
        return Check("Store", "fail", found.findings[0].message, found.findings[0].hint)
    if doubts:
        named = ", ".join(sorted({intent.asset for intent in doubts}))
        return Check("Store", "warn", f"{where}; in doubt: {named}", "imagepipe build --resend or --forget settles it")
    return Check("Store", "ok", f"{where}, {len(found.keys())} requests answered")


def editor(site: Site) -> list[Check]:
    """Whether the schema that the manifest's first line names is there and the one of this installation."""
    try:
        root, _ = find_project(site.directory, site.file)
    except UsageError:
        return []
    path = root / SCHEMA
    if not path.is_file():
        return [Check("Editor schema", "warn", f"{SCHEMA} is not there", f"imagepipe schema -o {SCHEMA}")]
    if path.read_text(encoding="utf-8") != closed_text(own_of(site.file, site.directory)):
        return [Check("Editor schema", "warn", f"{SCHEMA} is of another installation", f"imagepipe schema -o {SCHEMA}")]
    return [Check("Editor schema", "ok", SCHEMA)]
