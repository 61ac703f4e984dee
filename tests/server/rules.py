"""What the Image API refuses, and what it bills: an independent reading of its rules, to hold imagepipe's against."""

import math
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from PIL import Image

from tests.server.wire import Part

FLEXIBLE, FIXED = "flexible", "fixed"
FAMILIES = {
    "gpt-image-2.6-sunburst": "2.6",
    "gpt-image-2.6-flare": "2.6",
    "gpt-image-2.5-sunburst": "2.5",
    "gpt-image-2.5-sunburst-2026-09-08": "2.5",
    "gpt-image-2.5-flare": "2.5",
    "gpt-image-2.5-flare-2026-09-08": "2.5",
    "gpt-image-2": "2",
    "gpt-image-2-2026-04-21": "2",
    "gpt-image-1.5": "1.5",
    "gpt-image-1.5-2025-12-16": "1.5",
    "chatgpt-image-latest": "1.5",
    "gpt-image-1-mini": "mini",
}
SHUTDOWNS = {"gpt-image-1.5": "2026-12-01", "gpt-image-1-mini": "2026-12-01", "chatgpt-image-latest": "2026-12-01"}
QUALITIES = {"2": ("low", "medium", "high"), "1.5": ("low", "medium", "high"), "mini": ("low", "medium", "high")}
GRIDS = {
    "2": {"low": 16, "medium": 48, "high": 96},
    "2.5": {"low": 16, "medium": 24, "high": 48, "xhigh": 64, "max": 96},
    "2.6": {"low": 32, "medium": 48, "high": 48, "xhigh": 64, "max": 96},
}
TABLE = {"low": (272, 408, 400), "medium": (1056, 1584, 1568), "high": (4160, 6240, 6208)}
USD_OUT = {"2": 30, "2.5": 30, "2.6": 30, "1.5": 32, "mini": 8}
USD_IN = {"2": 8, "2.5": 8, "2.6": 8, "1.5": 8, "mini": 2.5}
USD_TEXT = {"mini": 2}
COMMON = {
    "prompt", "model", "n", "size", "quality", "background", "output_format", "output_compression", "stream",
    "partial_images", "user", "safety_identifier", "complexity", "frame_count", "frame_duration_ms", "svg",
}  # fmt: skip
GENERATE = COMMON | {"moderation"}
EDIT = COMMON | {"input_fidelity"}
LEGACY = {"response_format"}
MIMES = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP"}


class Rejected(Exception):
    """A request the API refuses, as its error object has it."""

    def __init__(self, status: int, code: str, message: str, param: str | None = None, kind: str = "") -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.param = status, code, message, param
        self.kind = kind or "invalid_request_error"


@dataclass(frozen=True, slots=True)
class Job:
    """A request that passed: what to draw and what it costs."""

    model: str
    prompt: str
    n: int
    width: int
    height: int
    quality: str
    format: str
    transparent: bool
    references: int = 0
    frames: int = 1
    pace: int = 0

    @property
    def family(self) -> str:
        return FAMILIES[self.model]

    @property
    def usage(self) -> dict[str, Any]:
        """Tokens as the API reports them, for all n pictures."""
        text, image = math.ceil(len(self.prompt) / 4), 1033 * self.references
        out = self.n * output_tokens(self.family, self.width, self.height, self.quality)
        out *= self.frames
        return {
            "input_tokens": text + image,
            "input_tokens_details": {"text_tokens": text, "image_tokens": image},
            "output_tokens": out,
            "total_tokens": text + image + out,
        }

    @property
    def usd(self) -> float:
        """What the call costs."""
        usage, family = self.usage, self.family
        tokens = usage["input_tokens_details"]
        text = tokens["text_tokens"] * USD_TEXT.get(family, 5)
        return (text + tokens["image_tokens"] * USD_IN[family] + usage["output_tokens"] * USD_OUT[family]) / 1e6


def output_tokens(family: str, width: int, height: int, quality: str) -> int:
    """Output tokens of one picture: the published formula for flexible models, the table for the others."""
    if family not in GRIDS:
        return TABLE[quality][0 if width == height else 1 if height > width else 2]
    long_edge, short_edge = max(width, height), min(width, height)
    long = GRIDS[family][quality]
    short = (2 * long * short_edge + long_edge) // (2 * long_edge)
    return -(-long * short * (2_000_000 + width * height) // 4_000_000)


def check(fields: dict[str, Any], files: list[Part] | None, *, compatible: bool = False) -> Job:
    """The job a request asks for. Raises Rejected as the API would; a `compatible` server also takes legacy fields."""
    known = (GENERATE if files is None else EDIT) | (LEGACY if compatible else set())
    for name in fields:
        if name.split("[")[0] not in known:
            raise Rejected(400, "unknown_parameter", f"Unknown parameter: '{name}'.", name)
    prompt, model = fields.get("prompt"), fields.get("model")
    if not isinstance(prompt, str) or not prompt:
        raise Rejected(400, "missing_required_parameter", "Missing required parameter: 'prompt'.", "prompt")
    if len(prompt) > 32_000:
        raise Rejected(400, "string_above_max_length", "Invalid 'prompt': string too long.", "prompt")
    if model not in FAMILIES:
        raise Rejected(404, "model_not_found", f"The model '{model}' does not exist or you do not have access to it.")
    family = FAMILIES[str(model)]
    width, height = _size(fields, family)
    quality, format, transparent = _style(fields, family)
    references = _images(files, fields, family) if files is not None else 0
    moving = (
        (int(fields.get("frame_count", 9)), int(fields.get("frame_duration_ms", 200))) if format == "gif" else (1, 0)
    )
    return Job(str(model), prompt, _n(fields), width, height, quality, format, transparent, references, *moving)


def _invalid(param: str, message: str) -> Rejected:
    return Rejected(400, "invalid_value", message, param)


def _number(fields: dict[str, Any], name: str, low: int, high: int, default: int) -> int:
    value = fields.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise Rejected(400, "invalid_type", f"Invalid type for '{name}': expected an integer.", name)
    if not str(value).lstrip("-").isdigit() or not low <= int(value) <= high:
        raise _invalid(name, f"Invalid '{name}': {value}. Expected {low} to {high}.")
    return int(value)


def _n(fields: dict[str, Any]) -> int:
    n = _number(fields, "n", 1, 10, 1)
    if fields.get("output_format") == "svg" and n != 1:
        raise _invalid("n", "svg output requires n=1.")
    return n


def _choice(fields: dict[str, Any], name: str, choices: tuple[str, ...], default: str) -> str:
    value = fields.get(name, default)
    if value not in choices:
        raise _invalid(name, f"Invalid value: '{value}'. Supported values are: {', '.join(map(repr, choices))}.")
    return str(value)


def _size(fields: dict[str, Any], family: str) -> tuple[int, int]:
    size = str(fields.get("size", "auto"))
    if size == "auto":
        return 1024, 1024
    if family not in GRIDS:
        size = _choice(fields, "size", ("1024x1024", "1536x1024", "1024x1536", "auto"), "auto")
    wide, _, high = size.partition("x")
    if not (wide.isdigit() and high.isdigit()):
        raise _invalid("size", f"Invalid size '{size}'.")
    width, height = int(wide), int(high)
    if width % 16 or height % 16:
        raise _invalid("size", f"Invalid size '{size}'. Width and height must be divisible by 16.")
    if max(width, height) > 3840 or max(width, height) > 3 * min(width, height):
        raise _invalid("size", f"Invalid size '{size}'. At most 3840 an edge and 3:1.")
    if not 655_360 <= width * height <= 8_294_400:
        raise _invalid("size", f"Invalid size '{size}'. Requested resolution is outside the pixel budget.")
    return width, height


def _style(fields: dict[str, Any], family: str) -> tuple[str, str, bool]:
    qualities = QUALITIES.get(family, tuple(GRIDS.get(family, ())))
    quality = _choice(fields, "quality", (*qualities, "auto"), "auto")
    formats = ("png", "jpeg", "webp", *(("gif", "svg") if family == "2.6" else ()))
    format = _choice(fields, "output_format", formats, "png")
    background = _choice(fields, "background", ("transparent", "opaque", "auto"), "auto")
    if background == "transparent" and format not in ("png", "webp"):
        raise _invalid("background", "Transparent background needs png or webp.")
    if "output_compression" in fields:
        _number(fields, "output_compression", 0, 100, 100)
        if format not in ("jpeg", "webp"):
            raise _invalid("output_compression", "Compression less than 100 is not supported for this format.")
    if "moderation" in fields:
        _choice(fields, "moderation", ("auto", "low"), "auto")
    _check_extras(fields, family, format)
    return "medium" if quality == "auto" else quality, format, background == "transparent"


def _check_extras(fields: dict[str, Any], family: str, format: str) -> None:
    if "complexity" in fields and (family != "2.6" or fields["complexity"] not in ("low", "medium", "high")):
        raise _invalid("complexity", "complexity is not supported here.")
    for name, low, high in (("frame_count", 2, 16), ("frame_duration_ms", 10, 655_350)):
        if name in fields:
            _number(fields, name, low, high, low)
            if name == "frame_duration_ms" and int(fields[name]) % 10:
                raise _invalid(name, f"{name} goes in steps of 10.")
            if format != "gif":
                raise _invalid(name, f"{name} needs output_format gif.")
    if any(name.split("[")[0] == "svg" for name in fields) and format != "svg":
        raise _invalid("svg", "svg needs output_format svg.")


def _images(files: list[Part], fields: dict[str, Any], family: str) -> int:
    images = [part for part in files if part.name in ("image", "image[]")]
    masks = [part for part in files if part.name == "mask"]
    markups = [part for part in files if part.name == "markup"]
    if stray := [part.name for part in files if part not in images + masks + markups]:
        raise Rejected(400, "unknown_parameter", f"Unknown parameter: '{stray[0]}'.", stray[0])
    if not 1 <= len(images) <= 16:
        raise _invalid("image", f"Between 1 and 16 images, not {len(images)}.")
    sizes = [_measured(part, "image", 50_000_000)[0] for part in images]
    for part in masks + markups:
        size, alpha = _measured(part, part.name, 4_000_000 if part.name == "mask" else 50_000_000)
        if part.mime != "image/png" or not (alpha or part.name == "markup"):
            raise Rejected(400, "invalid_image_file", f"{part.name}: a PNG with an alpha channel.", part.name)
        if size != sizes[0]:
            raise Rejected(400, "invalid_image_file", f"{part.name}: not the size of the first image.", part.name)
    if masks and markups:
        raise _invalid("markup", "markup cannot be combined with mask.")
    if markups and family not in ("2.5", "2.6"):
        raise _invalid("markup", "markup is not supported by this model.")
    allowed = {"1.5": ("low", "high"), "mini": ("low",)}.get(family, ())
    if "input_fidelity" in fields and fields["input_fidelity"] not in allowed:
        raise _invalid("input_fidelity", "input_fidelity is not supported by this model.")
    return len(images)


def _measured(part: Part, param: str, limit: int) -> tuple[tuple[int, int], bool]:
    if not part.filename or part.mime not in MIMES:
        raise Rejected(400, "unsupported_file_mimetype", f"Unsupported mimetype ('{part.mime}').", param)
    if len(part.data) >= limit:
        raise Rejected(400, "image_too_large", f"{param}: must be less than {limit} bytes.", param)
    try:
        with Image.open(BytesIO(part.data), formats=(MIMES[part.mime],)) as image:
            image.load()
            if image.mode not in ("RGB", "RGBA", "L", "LA"):
                raise Rejected(400, "invalid_image_file", f"{param}: mode {image.mode}; RGB or RGBA.", param)
            return image.size, image.mode in ("RGBA", "LA")
    except OSError as error:
        raise Rejected(400, "invalid_image_file", f"{param}: {error}", param) from None
