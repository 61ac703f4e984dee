"""The prompt's lines: their names, labels and order, and a field's value as templates see it."""

from collections.abc import Iterator

BEFORE_EXTRA = {
    "use_case": "Use case",
    "asset_type": "Asset type",
    "request": "Primary request",
    "inputs": "Input images",
    "scene": "Scene/backdrop",
    "subject": "Subject",
    "style": "Style/medium",
    "composition": "Composition/framing",
    "lighting": "Lighting/mood",
    "palette": "Color palette",
    "materials": "Materials/textures",
    "text": "Text (verbatim)",
}
AFTER_EXTRA = {"constraints": "Constraints", "avoid": "Avoid"}
LABELS = BEFORE_EXTRA | AFTER_EXTRA
"""Line name → label, in the order of the lines. Frozen for manifest version 1: a change would bill every user."""

INVARIANTS = ("change", "keep")
"""Fields that have no line of their own: they are rendered into Constraints."""

WRITTEN = tuple(name for name in (*LABELS, *INVARIANTS) if name not in ("use_case", "inputs"))
"""The fields an author writes as text."""


def joined(name: str, items: tuple[str, ...]) -> str:
    """The items of a field as its line shows them: verbatim texts with commas, everything else with semicolons."""
    return items[0] if len(items) == 1 else (", " if name == "text" else "; ").join(items)


class Piece(str):
    """Text that still knows the prompt field it came from after a template has printed it."""

    __slots__ = ("field",)

    field: str

    def __new__(cls, text: str, field: str) -> "Piece":
        """`text`, marked with the field's name."""
        made = super().__new__(cls, text)
        made.field = field
        return made

    def __str__(self) -> str:
        return self


class Field:
    """A prompt field in a template: prints as its line, loops over its items, is false when blank, equals its text."""

    __slots__ = ("items", "name", "text")

    def __init__(self, name: str, items: tuple[str, ...] = ()) -> None:
        self.name, self.text, self.items = name, joined(name, items), items

    @property
    def piece(self) -> Piece:
        """The text, marked with this field's name."""
        return Piece(self.text, self.name)

    def __str__(self) -> str:
        return self.piece

    def __bool__(self) -> bool:
        return bool(self.text)

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Piece]:
        return (Piece(item, self.name) for item in self.items)

    def __getitem__(self, index: int) -> Piece:
        return Piece(self.items[index], self.name)

    def __contains__(self, part: object) -> bool:
        return str(part) in self.text

    def __eq__(self, other: object) -> bool:
        return self.text == (other.text if isinstance(other, Field) else other)

    def __hash__(self) -> int:
        return hash(self.text)
