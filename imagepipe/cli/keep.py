"""The part of `doctor` about what the project keeps: its manifest, its store, the schema that its editor reads."""


import imagepipe
from imagepipe.cli.checks import Check, Site
from imagepipe.errors import ImagepipeError
from imagepipe.values import Manifest

_SCHEMA = ".imagepipe/assets.schema.json"


def _project(site: Site) -> Manifest:
    return imagepipe.load(site.directory, file=site.file)


def manifest(site: Site) -> list[Check]:
    """Whether there is a manifest and it is valid."""
    try:
        found = _project(site)
    except ImagepipeError as error:
        state = "warn" if error.place is None else "fail"
        return [Check("Manifest", state, str(error.message), error.hint or "imagepipe validate shows all of it")]
    return [Check("Manifest", "ok", f"{found.file}, {len(found.assets)} assets")]
