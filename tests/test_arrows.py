"""The arrows of the house: imports point only downward, at module level, without cycles."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent / "imagepipe"

ROOMS = [
    {"frozen"},
    {"digest", "errors", "paths"},
    {"values", "plugins", "provenance"},
    {"contracts", "yamltext", "schemafiles", "graph"},
    {"prompts", "providers", "steps", "models", "selection", "events", "pictures"},
    {"manifest", "recipe", "lock", "store", "settings"},
    {"planning", "workspace", "history", "oneoff", "skill"},
    {"execute", "reports", "codegen"},
    {"pipeline"},
    {"cli"},
    {"__main__"},
]
LEVEL = {room: level for level, rooms in enumerate(ROOMS) for room in rooms}
MEMBERS_MAY_IMPORT = {"contracts", "values", "digest", "errors", "frozen", "paths", "plugins"}


def modules() -> dict[str, Path]:
    found = {}
    for path in ROOT.rglob("*.py"):
        parts = path.relative_to(ROOT.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()


def room_of(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def imports_of(module: str) -> set[str]:
    """The imagepipe modules that a module imports, `from package import submodule` resolved to the submodule."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(MODULES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: relative import, line {node.lineno}"
            for alias in node.names:
                longer = f"{node.module}.{alias.name}"
                found.add(longer if longer in MODULES else str(node.module))
    return {name for name in found if name == "imagepipe" or name.startswith("imagepipe.")}


@pytest.mark.parametrize("module", sorted(MODULES))
def test_imports_point_downward(module: str) -> None:
    room = room_of(module)
    if not room:
        assert not imports_of(module)
        return
    assert room in LEVEL, f"{module}: no room {room!r}; give it a level"
    for target in imports_of(module):
        other = room_of(target)
        if other in ("", room):
            assert other or target == "imagepipe", target
            continue
        assert LEVEL[other] < LEVEL[room], f"{module} imports {target}: not downward"


@pytest.mark.parametrize("module", sorted(MODULES))
def test_imports_are_at_the_top(module: str) -> None:
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    top = {id(node) for node in tree.body}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            assert id(node) in top, f"{module}:{node.lineno}: an import that is not at module level"
        if isinstance(node, ast.Name | ast.Attribute):
            name = node.id if isinstance(node, ast.Name) else node.attr
            assert name != "TYPE_CHECKING", f"{module}:{node.lineno}: TYPE_CHECKING"


def test_no_cycles() -> None:
    arrows = {module: imports_of(module) & set(MODULES) - {module} for module in MODULES}
    done: set[str] = set()

    def visit(module: str, road: tuple[str, ...]) -> None:
        assert module not in road, "import cycle: " + " → ".join((*road, module))
        if module not in done:
            for target in sorted(arrows[module]):
                visit(target, (*road, module))
            done.add(module)

    for module in sorted(arrows):
        visit(module, ())


@pytest.mark.parametrize("room", ["steps", "reports"])
def test_members_stand_alone(room: str) -> None:
    """Members (a step, a report) import the promise and values, nothing beside them but shared parts of their room."""
    for module in MODULES:
        if room_of(module) == room:
            outside = {room_of(target) for target in imports_of(module)} - {room, ""}
            assert outside <= MEMBERS_MAY_IMPORT | {"events", "lock", "models", "prompts", "planning", "recipe"}, (
                module,
                outside,
            )


def test_only_build_imports_execute() -> None:
    users = {m for m in MODULES if room_of(m) != "execute" and any(room_of(t) == "execute" for t in imports_of(m))}
    assert all(user.startswith("imagepipe.pipeline.build") for user in users), users
