"""The manifest's schema with the names filled in that this installation and this project know: what an editor offers."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import imagepipe
from imagepipe.errors import ImagepipeError, UsageError
from imagepipe.frozen import frozen
from imagepipe.manifest.closing import closed_schema
from imagepipe.models.registry import registry
from imagepipe.plugins import names
from imagepipe.prompts.sources import BUILT_IN, FOLDER, built_in_names
from imagepipe.prompts.usecases import USE_CASES
from imagepipe.providers import PROVIDERS
from imagepipe.reports.safetext import data
from imagepipe.steps.catalogue import spec, steps
from imagepipe.values import EMPTY, thaw
from imagepipe.workspace.finding import find_project


@frozen
class Own:
    """What a project adds: its templates (names under templates/), use cases with what they are for, and models."""

    templates: tuple[str, ...] = ()
    use_cases: Mapping[str, str] = EMPTY
    models: tuple[str, ...] = ()


def own_of(file: str = "", directory: Path = Path()) -> Own:
    """What the project in or above `directory` adds; nothing where there is none or it cannot be read yet."""
    try:
        root, _ = find_project(directory, file)
    except UsageError:
        return Own()
    templates = templates_in(path.relative_to(root).as_posix() for path in (root / FOLDER).rglob("*.j2"))
    try:
        manifest = imagepipe.load(directory, file=file)
    except ImagepipeError:
        return Own(templates)
    use_cases = {name: str(case.get("description", "")) for name, case in manifest.use_cases.items()}
    return Own(templates, use_cases, tuple(manifest.models))


def templates_in(paths: Iterable[str]) -> tuple[str, ...]:
    """The template names among project paths, as a manifest writes them."""
    return tuple(
        sorted(path.removeprefix(FOLDER) for path in paths if path.startswith(FOLDER) and path.endswith(".j2"))
    )


def closed_text(own: Own) -> str:
    """The schema as JSON text."""
    schema = closed_schema(
        providers=names(PROVIDERS, "imagepipe.providers"),
        steps={name: {"description": spec(name).description, **thaw(spec(name).options)} for name in steps()},
        templates=(*own.templates, *(BUILT_IN + name for name in built_in_names())),
        models=(*registry().models, *own.models),
        use_cases={name: case.description for name, case in USE_CASES.items()} | dict(own.use_cases),
    )
    return data(schema) + "\n"
