"""What a manifest declares: an asset with its prompt, inputs and outputs, and the manifest as a whole."""

from typing import Literal

from imagepipe.errors import Finding, Place
from imagepipe.frozen import frozen, quick
from imagepipe.paths import beside
from imagepipe.values.maps import EMPTY, FrozenMap

Role = Literal["target", "reference", "style", "insert", "mask", "markup"]


@quick
class Prompt:
    """The prompt as the author wrote it, not yet rendered.

    A spec has `fields` (name → text, or a tuple of texts), `extra` lines and a `use_case`; a plain string or a `file:`
    prompt has `text` alone. `literal` turns Jinja off (one-off commands); `source` names the file it came from.
    """

    use_case: str = ""
    fields: FrozenMap = EMPTY
    extra: FrozenMap = EMPTY
    text: str | None = None
    source: str = ""
    literal: bool = False


@frozen
class Input:
    """An image the request refers to: a project file (`image`), an asset's picked original (`asset`), one of its finished
    files (`asset` and `output`), an import (`asset` is "name:id"), or the approved picture that this very asset has under
    a profile (`draft`). Exactly one of `image`, `asset` and `draft` is set."""

    role: Role
    image: str = ""
    asset: str = ""
    output: str = ""
    note: str = ""
    draft: str = ""


@frozen
class StepCall:
    """One local step with its options, defaults not filled in."""

    name: str
    options: FrozenMap = EMPTY


@quick
class Output:
    """One file (or, with `{index}` or `{cell}` left in `path`, one pattern of files) and every step that leads to it.
    `beside` names the files that steps write beside it: paths.beside."""

    path: str
    format: str
    steps: tuple[StepCall, ...] = ()
    expect: FrozenMap = EMPTY
    beside: tuple[str, ...] = ()

    @property
    def files(self) -> tuple[str, ...]:
        """Every path it writes, its own first."""
        if not self.beside:
            return (self.path,)
        return (self.path, *(beside(self.path, name) for name in self.beside))


@quick
class Asset:
    """One deliverable after merging, extending and expanding: complete, version-1 defaults filled in.

    `options` holds n, size, quality, output_format always and the others only where written. `vars` are all the names
    its templates may use, matrix names included. `profile` is the one it was read under, `place` where it is declared.
    One that is `local` has no request: its files are made here of its inputs' pictures, each called as its `note` says,
    and model and prompt are blank.
    """

    id: str
    prompt: Prompt
    provider: str = "openai"
    model: str = "gpt-image-2"
    options: FrozenMap = EMPTY
    template: str = ""
    inputs: tuple[Input, ...] = ()
    outputs: tuple[Output, ...] = ()
    transparency: FrozenMap = EMPTY
    preview: bool = False
    expect: FrozenMap = EMPTY
    take: int = 1
    pin: bool = False
    pick: int | None = None
    originals: str = ""
    on_input_change: Literal["follow", "pin", "ask"] = "follow"
    metadata: Literal["embed", "strip"] = "embed"
    final_uses: str = ""
    profile: str = ""
    tags: tuple[str, ...] = ()
    alt: str = ""
    owner: str = ""
    license: str = ""
    description: str = ""
    vars: FrozenMap = EMPTY
    place: Place | None = None
    local: bool = False

    @property
    def is_edit(self) -> bool:
        """True where the intent is an edit: a target or a mask is among the inputs."""
        return any(item.role in ("target", "mask") for item in self.inputs)


@frozen
class Budget:
    """Caps in USD at worst price; None: not set here."""

    per_build: float | None = None
    per_asset: float | None = None
    per_day: float | None = None
    confirm_above: float | None = None


@frozen
class Manifest:
    """A project's manifest, complete. `root` is the project folder, `file` the manifest in it, `read` every file that was
    read to make it (path → digest), `globs` every include pattern with what it matched, `words` the rendered prompts by
    asset id."""

    root: str
    file: str
    assets: tuple[Asset, ...]
    version: int = 1
    project: str = ""
    profile: str = ""
    budget: Budget = Budget()
    use_cases: FrozenMap = EMPTY
    models: FrozenMap = EMPTY
    imports: FrozenMap = EMPTY
    read: FrozenMap = EMPTY
    globs: FrozenMap = EMPTY
    words: FrozenMap = EMPTY
    findings: tuple[Finding, ...] = ()
