"""The pictures as a TypeScript module: a constant whose keys and texts are literal types."""

import json
from collections.abc import Sequence

from imagepipe.codegen.shelf import NOTE, Picture

_TYPES = """\
export interface ImageFile {
  readonly path: string;
  readonly width: number;
  readonly height: number;
  readonly format: string;
  readonly bytes: number;
}

export interface ImageAsset {
  readonly src: string;
  readonly width: number;
  readonly height: number;
  readonly alt: string;
  readonly srcset: Readonly<Record<string, string>>;
  readonly blurhash: string;
  readonly color: string;
  readonly files: readonly ImageFile[];
  readonly beside: readonly string[];
}
"""


def render(pictures: Sequence[Picture]) -> str:
    """The whole file; text outside of ASCII is escaped, so that no line separator ends a string."""
    body = json.dumps({picture.id: picture.data for picture in pictures}, indent=2)
    map_ = f"export const images = {body} as const satisfies Record<string, ImageAsset>;"
    return f"// {NOTE}\n\n{_TYPES}\n{map_}\n\nexport type ImageId = keyof typeof images;\n"
