"""The project's own templates: found, extended, included, traced back to their lines."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagepipe.digest import digest_bytes
from imagepipe.prompts import sources
from imagepipe.prompts.fields import LABELS
from imagepipe.prompts.rendering import BASE, PLAIN, NoTree, Renderer, key_colour
from imagepipe.values import Asset, Prompt, freeze
from tests.prompts.desk import VARS, Files, asset, refused, words

EXTENDS = '{% extends "imagepipe/base.j2" %}\n'


def with_template(text: str, files: dict[str, str] | None = None, **fields: object) -> tuple[str, tuple[str, ...]]:
    done = words(asset(more={"template": "x.j2"}, **fields), {"templates/x.j2": text, **(files or {})})
    return done.text, done.fields


def test_a_template_adds_a_line_and_says_so() -> None:
    text, fields = with_template(EXTENDS + "{% block closing %}\nRepeat: seamless\n{% endblock %}", subject="ferns")
    assert text == "Primary request: a mug\nSubject: ferns\nRepeat: seamless"
    assert fields == ("request", "subject", "template")


def test_a_block_replaces_a_line() -> None:
    text, _ = with_template(
        EXTENDS + "{% block subject %}\nThing: {{ subject | upper }}\n{% endblock %}", subject="ferns"
    )
    assert text == "Primary request: a mug\nThing: FERNS"


def test_a_template_from_nothing() -> None:
    source = "{{ request }} by {{ brand }}\n{% for item in constraints %}\n- {{ item }}\n{% endfor %}\n{{ subject or 'nobody' }}\n"
    text, fields = with_template(source, constraints=["no text", "no logo"])
    assert text == "a mug by Fernhill\n- no text\n- no logo\nnobody"
    assert fields == ("request", "constraints", "constraints", "template")


SEEN = [
    ("{{ constraints }}", "a; b"),
    ("{{ constraints | join(', ') }}", "a, b"),
    ("{{ constraints | length }} {{ constraints[1] }}", "2 b"),
    ("{{ text }}", '"Open"'),
    ("{{ scene }}-", "-"),
    ("{% if scene %}yes{% else %}no{% endif %}", "no"),
    ("{% if subject == 'ferns' %}yes{% endif %}", "yes"),
    ("{% if 'fern' in subject and not scene %}yes{% endif %}", "yes"),
    ("{{ palette }}-{{ vars.palette }}", "-warm ochre, slate blue"),
    ("{% for label in extra %}{{ label }}={{ extra[label] }}{% endfor %}", "Camera=50mm"),
    ("{{ extra.Camera }}", "50mm"),
    ("{{ inputs }}", "Image 1: style (its light)"),
    ("{% for c in colours %}{{ loop.index }}{{ c }}{{ '' if loop.last else ' ' }}{% endfor %}", "1ochre 2slate 3chalk"),
    ("{{ tagline | default('none') }}", "none"),
    ("{% if tagline is defined %}a{% else %}b{% endif %}", "b"),
    ("{% raw %}{{ x }}{% endraw %}", "{{ x }}"),
    ("{{ 'dark' if night else 'light' }}", "light"),
    ("{{ brand | lower | capitalize | replace('hill', 'dale') }}", "Ferndale"),
    ("{{ [brand, 'x'] | join('-') }}", "Fernhill-x"),
    ("{# a remark #}x", "x"),
]


@pytest.mark.parametrize(("source", "expected"), SEEN)
def test_what_a_template_sees(source: str, expected: str) -> None:
    item = asset(
        subject="ferns",
        constraints=["a", "b"],
        text="Open",
        extra={"Camera": "50mm"},
        more={"template": "x.j2", "inputs": [("style", "its light")]},
    )
    assert words(item, {"templates/x.j2": source}).text == expected


def test_constraints_hold_the_invariants() -> None:
    source = "{{ constraints | join('|') }} / {{ change }} / {{ keep | first }}"
    text, _ = with_template(source, constraints=["a", "b"], change="d", keep=["c"])
    assert text == "change only d|keep c unchanged|a|b / d / c"


def test_includes_and_their_own_folder() -> None:
    files = {"templates/parts/camera.j2": "Camera: {{ lens | default('50mm') }}\n"}
    text, _ = with_template('{{ request }}\n{% include "parts/camera.j2" %}\nend', files)
    assert text == "a mug\nCamera: 50mm\nend"


def test_a_child_of_a_child() -> None:
    files = {"templates/mid.j2": EXTENDS + "{% block closing %}\n{% block last %}\nA\n{% endblock %}\n{% endblock %}"}
    text, _ = with_template('{% extends "mid.j2" %}{% block last %}\nB{% endblock %}', files)
    assert text == "Primary request: a mug\nB"


def test_what_was_read_is_known_by_its_digest_and_read_once() -> None:
    data = (EXTENDS + '{% block closing %}{% include "b.j2" %}{% endblock %}').encode()
    tree = Files({"templates/x.j2": data, "templates/b.j2": b"B", "templates/unused.j2": b"U"})
    renderer = Renderer(tree)
    assert renderer.read == {}
    for _ in range(3):
        renderer.words(asset(more={"template": "x.j2"}))
    assert renderer.read == {"templates/x.j2": digest_bytes(data), "templates/b.j2": digest_bytes(b"B")}
    assert sorted(tree.asked) == ["templates/b.j2", "templates/x.j2"]


def test_a_use_case_of_the_project_brings_its_template() -> None:
    item = asset("sticker")
    own = {"sticker": {"template": "s.j2", "description": "stickers"}}
    assert words(item, {"templates/s.j2": "Sticker: {{ request }}"}, **own).text == "Sticker: a mug"
    assert words(item, **{"sticker": {"description": "x"}}).text == "Use case: sticker\nPrimary request: a mug"


def test_an_assets_template_wins_over_its_use_case() -> None:
    assert with_template("{{ request }}")[0] == "a mug"
    item = Asset("a", Prompt(text="a {{ brand }} mug"), template="x.j2", vars=freeze(VARS))
    assert words(item, {"templates/x.j2": "> {{ request }}"}).text == "> a Fernhill mug"


def test_an_unknown_use_case_is_for_lint_to_say() -> None:
    assert words(asset("nonsense")).text.startswith("Use case: nonsense\n")


FIELDS = st.fixed_dictionaries(
    {"request": st.text('ab \u00e9"', min_size=1, max_size=9).filter(str.strip)},
    optional={
        name: st.one_of(st.text('ab\n;"“ \u00e9', max_size=9), st.lists(st.text('ab\n"', max_size=4), max_size=3))
        for name in (*LABELS, "change", "keep")
        if name not in ("request", "use_case", "inputs")
    },
)


@settings(max_examples=150, deadline=None)
@given(FIELDS, st.sampled_from(sorted(PLAIN)), st.booleans(), st.booleans())
def test_the_built_in_templates_give_what_is_rendered_without_them(
    fields: dict[str, object], name: str, keyed: bool, more: bool
) -> None:
    """Each built-in template is the plain lines, so that the Python that stands in for them is the same thing."""
    item = asset(
        name.removeprefix("imagepipe/").removesuffix(".j2") if name != BASE else "",
        extra={"Camera": "50mm\nlens", "Film": ["a", "b"]} if more else {},
        more={
            "inputs": [("target", "x"), ("mask", "")] if more else [],
            "transparency": {"chroma-key": {"key": "auto"}} if keyed else {},
        },
        **fields,
    )
    plain = words(item)
    by_template = words(asset_with(item, "through.j2"), {"templates/through.j2": f'{{% extends "{name}" %}}'})
    assert by_template == plain


def asset_with(item: Asset, template: str) -> Asset:
    return Asset(
        item.id, item.prompt, inputs=item.inputs, vars=item.vars, transparency=item.transparency, template=template
    )


def test_every_use_case_has_its_template_and_no_other_exists() -> None:
    assert {f"imagepipe/{name}" for name in sources.built_in_names()} == PLAIN


def test_the_key_colour_alone() -> None:
    item = asset(subject="a {{ colour }} leaf", more={"transparency": {"chroma-key": {}}, "vars": {"colour": "green"}})
    assert key_colour(item) == "#ff00ff"
    assert key_colour(item) in Renderer(NoTree()).words(item).text
    assert key_colour(asset()) == ""
    wrong = asset(more={"transparency": {"chroma-key": {"key": "green"}}})
    assert refused(wrong).problems[0].path == ("transparency", "chroma-key", "key")
