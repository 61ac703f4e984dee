"""The recipes of docs/providers.md, taken at their word."""

import asyncio
import json
import re
from base64 import b64decode
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from imagepipe.contracts import Terms
from imagepipe.models.overrides import SHAPES
from imagepipe.models.registry import registry
from imagepipe.models.rules import check
from imagepipe.settings import Settings, read_settings
from imagepipe.settings.shapes import SWITCHES
from imagepipe.values import Request, freeze
from tests.models.making import TODAY, asset

PAGE = (Path(__file__).parents[2] / "docs" / "providers.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


CONFIGURATIONS = [block for block in blocks("toml") if "entry-points" not in block]


def configured(word: str) -> Settings:
    return read_settings(next(block for block in CONFIGURATIONS if word in block), "config.toml", {})


@pytest.mark.parametrize("block", CONFIGURATIONS)
def test_every_configuration_is_one(block: str) -> None:
    settings = read_settings(block, "config.toml", {})
    assert registry(settings.models).problems == ()
    assert len(CONFIGURATIONS) > 8


def test_every_switch_and_every_field_is_on_the_page() -> None:
    assert all(f"`{name}" in PAGE for name in SWITCHES)
    assert all(f"`{name}`" in PAGE for name in SHAPES)


def test_azure_refuses_webp_where_the_page_says_so() -> None:
    known = registry(configured("[models.images-prod]").models)
    found = check(asset("images-prod", output_format="webp"), known, today=TODAY)
    assert [problem.code for problem in found] == ["invalid-format"]


def test_the_local_model_is_free_and_takes_the_documented_size() -> None:
    known = registry(configured("flux.1-schnell").models)
    assert check(asset("flux.1-schnell", size="512x512"), known, today=TODAY) == ()


def test_vllm_takes_its_own_options() -> None:
    known = registry(configured("Qwen").models)
    assert check(asset("Qwen/Qwen-Image", seed=7, num_inference_steps=30), known, today=TODAY) == ()


class Held:
    """A sink that keeps what it is given."""

    def __init__(self) -> None:
        self.body = b""

    async def write(self, piece: bytes) -> None:
        self.body += piece


def test_the_provider_of_ones_own_paints() -> None:
    module: dict[str, Any] = {}
    exec(compile(blocks("python")[0], "docs/providers.md", "exec"), module)
    terms: Terms = configured("kind = ").providers["stripes"]
    provider, sink = module["make"](terms, {}), Held()
    request = Request("stripes", "stripes-1", "stripes", freeze({"size": "128x96", "n": 2}))
    reply = asyncio.run(provider.send(request, [], sink))
    assert (reply.status, reply.complete, provider.free) == (200, True, True)
    pictures = [Image.open(BytesIO(b64decode(entry["b64_json"]))) for entry in json.loads(sink.body)["data"]]
    assert [picture.size for picture in pictures] == [(128, 96), (128, 96)]
    assert pictures[0].convert("RGB").getpixel((0, 0)) == (0x20, 0x50, 0xA0)
