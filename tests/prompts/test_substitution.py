"""Plain look-ups are filled without Jinja, and mean exactly what Jinja makes of them."""

import subprocess
import sys

from hypothesis import given, settings
from hypothesis import strategies as st

from imagepipe.prompts import substitution
from imagepipe.prompts.faults import Fault
from imagepipe.prompts.rendering import NoTree
from imagepipe.prompts.sandbox import Sandbox
from imagepipe.prompts.sources import Sources
from tests.prompts.desk import VARS

SANDBOX = Sandbox(Sources(NoTree()))
SCOPE = VARS | {"a": {"b": {"c": "deep"}, "list": [1, [2, 3]]}, "k": "b", "i": 1, "f": 2.5, "yes": True}

NAME = st.sampled_from([*SCOPE, "c", "en", "missing", "list", "loop", "none", "_x", "true"])
STEP = st.one_of(
    NAME.map(".{}".format),
    NAME.map("[{}]".format),
    NAME.map("['{}']".format),
    st.integers(0, 4).map("[{}]".format),
)
SPACE = st.sampled_from(["", " ", "  ", "\n", "\t"])
LOOKUP = st.builds("{{{{{}{}{}{}}}}}".format, SPACE, NAME, st.lists(STEP, max_size=3).map("".join), SPACE)
TEXT = st.text(alphabet="ab {}%#'\n\u00e9", max_size=6)
FIELD = st.lists(st.one_of(TEXT, LOOKUP), max_size=6).map("".join)


def by_jinja(text: str) -> tuple[str, str]:
    try:
        return "text", SANDBOX.field(text, SCOPE)
    except Fault as fault:
        return fault.code, fault.message


def by_hand(text: str) -> tuple[str, str] | None:
    if substitution.is_plain(text):
        return "text", text
    parts = substitution.pieces(text)
    if parts is None:
        return None
    try:
        return "text", substitution.fill(parts, SCOPE)
    except Fault as fault:
        return fault.code, fault.message


@settings(max_examples=600, deadline=None)
@given(FIELD)
def test_the_same_as_jinja(text: str) -> None:
    quick = by_hand(text)
    if quick is not None:
        assert quick == by_jinja(text)


def test_ten_thousand_different_fields_never_load_jinja() -> None:
    code = """
import sys
from imagepipe.prompts.rendering import NoTree, Renderer
from imagepipe.values import Asset, Prompt, freeze
renderer = Renderer(NoTree())
scope = freeze({"brand": "Fernhill", "names": {"en": "mug"}, "locale": "en"})
for number in range(50):
    request = f"a {{{{ brand }}}} {{{{ names[locale] }}}} {number}"
    done = renderer.words(Asset("a", Prompt("logo-brand", freeze({"request": request})), vars=scope))
    assert done.text.endswith(f"a Fernhill mug {number}")
print([name for name in ("jinja2", "jsonschema", "asyncio", "yaml", "PIL") if name in sys.modules])
"""
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
