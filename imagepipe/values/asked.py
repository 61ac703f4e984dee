"""What is asked of a provider: the words, the inputs with their bytes, the request and the recipe it comes from."""

from imagepipe.frozen import frozen, quick
from imagepipe.values.declared import Role
from imagepipe.values.maps import FrozenMap

LOCAL = "local"
"""In keys and in the lock, who made what no provider was asked for. A user's provider may have that name too: what is
made here has no model."""
PROFILE = "profile"
"""The part of a reason that says under which profile a picture was made."""


@quick
class Words:
    """A rendered prompt: `fields[i]` names the prompt field that line i of `text` came from ("subject", "extra.Camera");
    `key` is the colour that the background was asked for in, as "#rrggbb", "" for none."""

    text: str
    fields: tuple[str, ...] = ()
    key: str = ""


@frozen
class InputFact:
    """An input with its bytes named: what a key and the lock know of it. `name` is its path or asset id."""

    role: Role
    name: str
    sha256: str


@frozen
class ImageFact:
    """An image file's facts, read from its header: pixels as stored, format's name, size in bytes."""

    width: int
    height: int
    format: str
    bytes: int
    has_alpha: bool = False


@quick
class Request:
    """What is sent, complete: the one value a provider needs. `options` includes n. For the placeholder to draw,
    never sent and in no key: `label`, the asset's id, and `backdrop`, the key colour that the prompt asks for."""

    provider: str
    model: str
    prompt: str
    options: FrozenMap
    inputs: tuple[InputFact, ...] = ()
    label: str = ""
    backdrop: str = ""

    @property
    def made_here(self) -> bool:
        """Whether no provider is asked."""
        return self.provider == LOCAL and not self.model

    @property
    def n(self) -> int:
        """How many pictures are asked for."""
        return int(self.options.get("n", 1))


@quick
class Recipe:
    """An asset's request with its key. `parts` are flat labels → JSON scalars; n is in neither."""

    asset: str
    made_from: str
    parts: FrozenMap
    request: Request
    words: Words
