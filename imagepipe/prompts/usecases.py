"""The nineteen use cases: what each is for, whether it edits, and the fields a good prompt of its kind has."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from imagepipe.frozen import frozen


@frozen
class UseCase:
    """One kind of picture. `wanted` fields are missed by a warning, never demanded; an "edit" needs an input."""

    slug: str
    group: Literal["generate", "edit"]
    description: str
    wanted: tuple[str, ...]

    @property
    def template(self) -> str:
        """The name of its built-in template."""
        return f"imagepipe/{self.slug}.j2"


def _generate(slug: str, description: str, wanted: str) -> UseCase:
    return UseCase(slug, "generate", description, tuple(wanted.split()))


def _edit(slug: str, description: str, wanted: str) -> UseCase:
    return UseCase(slug, "edit", description, tuple(wanted.split()))


_ALL = (
    _generate(
        "photorealistic-natural",
        "A candid or staged photograph of people, places or things, with real light and real texture",
        "subject composition lighting",
    ),
    _generate(
        "product-mockup",
        "A product, its packaging or merchandise, shot for a shop, a catalogue or a pitch",
        "subject composition lighting materials",
    ),
    _generate(
        "ui-mockup",
        "A screen of an app or a site, or a wireframe of one, at a stated fidelity",
        "asset_type subject composition style",
    ),
    _generate(
        "infographic-diagram",
        "A diagram, chart or infographic whose structure and labels carry the meaning",
        "subject composition style text",
    ),
    _generate(
        "scientific-educational",
        "A figure that explains: anatomy, mechanism, process, with the parts named",
        "subject composition style text",
    ),
    _generate(
        "ads-marketing",
        "A campaign picture with an audience, an idea and a line to be read",
        "asset_type subject composition text",
    ),
    _generate(
        "productivity-visual",
        "A slide, a cover, a chart or a handout for work",
        "asset_type subject composition text",
    ),
    _generate(
        "logo-brand",
        "A mark, a wordmark or a pattern of a brand: simple, flat, legible when small",
        "subject style composition palette",
    ),
    _generate(
        "illustration-story",
        "A scene of a comic, a children's book or an editorial: characters who do something",
        "scene subject style palette",
    ),
    _generate(
        "stylized-concept",
        "Concept art, game assets, 3D or stylised renders with a look of their own",
        "subject style lighting materials",
    ),
    _generate(
        "historical-scene",
        "A scene of the past, true to its place, its year, its clothes and tools",
        "scene subject style constraints",
    ),
    _edit(
        "text-localization",
        "The words of a picture in another language, layout and type unchanged",
        "text change keep",
    ),
    _edit(
        "identity-preserve",
        "The same person or character in another place, outfit or pose",
        "change keep",
    ),
    _edit(
        "precise-object-edit",
        "One thing added, removed or replaced, everything else untouched",
        "change keep",
    ),
    _edit(
        "lighting-weather",
        "The same view at another hour, in another season or weather",
        "lighting change keep",
    ),
    _edit(
        "background-extraction",
        "The subject alone, cut out of its background with clean edges",
        "change keep",
    ),
    _edit(
        "style-transfer",
        "The content of one picture in the style of another",
        "style keep",
    ),
    _edit(
        "compositing",
        "Parts of several pictures in one, with light, scale and perspective that agree",
        "composition lighting keep",
    ),
    _edit(
        "sketch-to-render",
        "A sketch, a wireframe or a line drawing worked out into a finished picture",
        "style materials keep",
    ),
)

USE_CASES: Mapping[str, UseCase] = MappingProxyType({case.slug: case for case in _ALL})
"""Slug → use case, the generating ones first."""
