"""Finds the JSON Schemas: inside the package in a wheel, beside it in a checkout, an sdist or an editable install."""

import json
from pathlib import Path
from typing import Any

_HERE = Path(__file__).resolve().parent
_FOLDERS = (_HERE / "schemas", _HERE.parent / "schemas")


def schema_text(name: str) -> str:
    """The text of `schemas/NAME.schema.json`. Raises FileNotFoundError for a schema that does not exist."""
    for folder in _FOLDERS:
        path = folder / f"{name}.schema.json"
        if path.is_file():
            return path.read_text(encoding="utf-8")
    raise FileNotFoundError(f"no schema named {name}")


def schema(name: str) -> dict[str, Any]:
    """A schema as data, a fresh copy each time."""
    data: dict[str, Any] = json.loads(schema_text(name))
    return data
