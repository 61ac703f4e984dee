"""Hostile and mistaken templates: each refused with a message a person understands, in little time and memory."""

import re
import tracemalloc

import pytest

from tests.prompts.desk import asset, refused, words

REFUSED = [
    # text of a field, code, what the message or hint says
    ("{{ brnad }}", "undefined-variable", "did you mean `brand`?"),
    ("{{ brnad | upper }}", "undefined-variable", "did you mean `brand`?"),
    ("{% if brnad %}x{% endif %}", "undefined-variable", "did you mean `brand`?"),
    ("{% for x in brnad %}x{% endfor %}", "undefined-variable", "did you mean `brand`?"),
    ("{{ strings.fr }}", "undefined-variable", "it has de, en"),
    ("{{ strings[brand] }}", "undefined-variable", "no entry `Fernhill`"),
    ("{{ strings.dee | upper }}", "undefined-variable", "did you mean `de`?"),
    ("{{ colours[3] }}", "undefined-variable", "items 0 to 2"),
    ("{{ strings.de.upper }}", "undefined-variable", "{{ name | upper }}"),
    ("{{ brand[0] }}", "undefined-variable", "only maps and lists have entries"),
    ("{{ namespace }}", "undefined-variable", "`namespace` is not defined"),
    ("{{ strings }}", "unprintable-value", "name one of its entries: en, de"),
    ("{{ colours }}", "unprintable-value", "join"),
    ("{{ nothing }}", "unprintable-value", "null"),
    ("{% for x in colours %}{{ loop }}{% endfor %}", "unprintable-value", "no text"),
    ("{{ brand.__class__ }}", "template-forbidden", "leading underscore"),
    ("{{ brand['__class__'] }}", "template-forbidden", "leading underscore"),
    ("{{ ''.__class__.__mro__[1].__subclasses__() }}", "template-forbidden", ""),
    ("{{ _private }}", "template-forbidden", "leading underscore"),
    ("{{ brand | attr('__class__') }}", "template-forbidden", "no filter `attr`"),
    ("{{ '%s' | format(brand) }}", "template-forbidden", "no filter `format`"),
    ("{{ '{0.__class__}'.format(brand) }}", "template-forbidden", "calls are not allowed"),
    ("{{ brand.upper() }}", "template-forbidden", "{{ name | upper }}"),
    ("{{ range(10) }}", "template-forbidden", "calls are not allowed"),
    ("{{ lipsum() }}", "template-forbidden", "calls are not allowed"),
    ("{{ self }}", "template-forbidden", "`self`"),
    ("{{ 'a' * 10**8 }}", "template-forbidden", "arithmetic"),
    ("{{ year + 1 }}", "template-forbidden", "arithmetic"),
    ("{{ -year }}", "template-forbidden", "arithmetic"),
    ("{{ brand ~ brand }}", "template-forbidden", "one after another"),
    ("{{ colours[0:2] }}", "template-forbidden", "slices"),
    ("{{ {'a': 1} }}", "template-forbidden", "maps"),
    ("{% set x = 1 %}", "template-forbidden", "under `vars`"),
    ("{% set x %}a{% endset %}", "template-forbidden", "under `vars`"),
    ("{% macro m() %}x{% endmacro %}", "template-forbidden", "include"),
    ("{% import 'x.j2' as x %}", "template-forbidden", "import"),
    ("{% from 'x.j2' import x %}", "template-forbidden", "import"),
    ("{% include 'x.j2' %}", "template-forbidden", "in a field"),
    ("{% extends 'x.j2' %}", "template-forbidden", "in a field"),
    ("{% block x %}{% endblock %}", "template-forbidden", "in a field"),
    ("{% filter upper %}x{% endfilter %}", "template-forbidden", "filterblock"),
    ("{% call x() %}{% endcall %}", "template-forbidden", "callblock"),
    ("{% with a = 1 %}{% endwith %}", "template-forbidden", "with"),
    ("{% autoescape true %}{% endautoescape %}", "template-forbidden", ""),
    ("{{ brand is callable }}", "template-forbidden", "is defined"),
    ("{{ brand | uper }}", "template-forbidden", "did you mean `upper`?"),
    ("{{ 'x' if night }}", "template-forbidden", "else"),
    ("{% for x in many recursive %}{% endfor %}", "template-forbidden", "recursive"),
    ("{{ brand | replace(*colours) }}", "template-forbidden", "filter"),
    (
        "{% for a in colours %}{% for b in colours %}{% for c in colours %}{{ c }}{% endfor %}{% endfor %}{% endfor %}",
        "template-forbidden",
        "two deep",
    ),
    ("{% for a in many %}{% for b in many %}.{% endfor %}{% endfor %}", "template-limit", "100,000 steps"),
    ("{% for a in many %}{% for b in many %}{% endfor %}{% endfor %}", "template-limit", "100,000 steps"),
    ("{% for a in many %}{{ long }}{% endfor %}", "template-limit", "200,000 characters"),
    ("{% for a in many %}{{ long | upper | lower }}{% endfor %}", "template-limit", ""),
    (
        "{% for a in many %}{% for b in colours %}{% if long ~ a in long %}{% endif %}{% endfor %}{% endfor %}",
        "template-forbidden",
        "",
    ),
    (
        "{% for a in many %}{% for b in colours %}{% if a in many %}{% endif %}{% endfor %}{% endfor %}" * 6,
        "template-limit",
        "too much",
    ),
    ("{% for a in many %}{% for b in many[1:] %}{% endfor %}{% endfor %}", "template-forbidden", "slices"),
    (
        "{% for a in many %}{% for b in colours %}{{ many | sort | length }}{% endfor %}{% endfor %}",
        "template-limit",
        "too much",
    ),
    ("{{ long | replace('a', long) }}", "template-limit", "900,000,000"),
    ("{{ many | join(long) }}", "template-limit", ""),
    ("{{ brand | indent(100000000) }}", "template-limit", "indent"),
    ("{{ long }}" * 9, "template-limit", "200,000 characters"),
    ("{{ brand | replace('', 'x') }}", "template-failed", "look for"),
    ("{{ brand | replace('x') }}", "template-failed", "wrong arguments"),
    ("{{ brand | sort }}", "unprintable-value", "wants a list"),
    ("{% for x in brand %}{% endfor %}", "template-failed", "not a list"),
    ("{% if brand < year %}{% endif %}", "template-failed", "not supported"),
    ("{{ [] | first }}", "template-failed", "empty list"),
    ("{{ brand", "template-syntax", ""),
    ("{% if night %}", "template-syntax", "endif"),
    ("{% trans %}x{% endtrans %}", "template-syntax", "trans"),
    ("{{ lambda: 1 }}", "template-syntax", ""),
    ("{{ " + "(" * 5000 + "brand" + ")" * 5000 + " }}", "template-syntax", "too deeply nested"),
    ("{{ " + "not " * 5000 + "brand }}", "template-syntax", "too deeply nested"),
    ("{{ brand" + " | upper" * 2000 + " }}", "template-forbidden", "deeply nested"),
    ("{{ " + "brand.a" + ".a" * 5000 + "|upper }}", "template-forbidden", "deeply nested"),
    ("{% if night %}" * 400 + "{% endif %}" * 400, "", "nested"),
    ("{{ 9" + "9" * 9000 + " }}", "template-syntax", "too large"),
    ("{{ brand | upper }}" * 3000, "template-forbidden", "large"),
    ("{{" * 20_000, "template-syntax", ""),
    ("{% raw %}" + "x" * 64_000, "template-limit", "64,000"),
]


@pytest.mark.parametrize(("text", "code", "says"), REFUSED, ids=[row[0][:40] for row in REFUSED])
def test_a_field_is_refused(text: str, code: str, says: str) -> None:
    problem = refused(asset(scene=text)).problems[0]
    assert problem.code in (code or problem.code)
    assert says in f"{problem.message} {problem.hint}"
    assert problem.path == ("prompt", "scene")
    assert len(problem.message) <= 300


UNREADABLE = [
    ("a {{ brand", "`{{` is never closed", "close it with `}}`"),
    ("a {{ brand }", "a `}` is missing here", "end it with `}}`"),
    ("a {{ }} mug", "nothing stands here", "name a variable"),
    ("a {{ brand mug }}", "`mug` cannot stand here", "{{ brand | upper }}"),
    ("a {{ brand ? 1 }}", "`?` cannot stand here", "{{ brand | upper }}"),
    ("{% if night %}a", "`{% if %}` is never closed", "end it with {% endif %}"),
    ("{% if %}a{% endif %}", "a condition or a list is missing here", "as in {% if night %}"),
    ("{% for c in colours %}{% endfr %}", "there is no tag `endfr`", "did you mean `endfor`?"),
    ("{% trans %}", "there is no tag `trans`", "tags are if, for, include, extends, block, endblock, raw, endraw"),
    ("a {% endif %}", "`{% endif %}` belongs to nothing", "there is no {% if %} before it"),
    ("{% raw %}a", "`{% raw %}` is never closed", "end it with {% endraw %}"),
    ("{# a", "`{#` is never closed", "close it with `#}`"),
    ("{{ brand | }}", "expected token 'name'", "{% raw %}{{ … }}{% endraw %}"),
]


@pytest.mark.parametrize(("text", "says", "hint"), UNREADABLE, ids=[row[0] for row in UNREADABLE])
def test_what_is_no_jinja_is_told_in_plain_words_with_a_way_out(text: str, says: str, hint: str) -> None:
    problem = refused(asset(scene=text)).problems[0]
    assert problem.code == "template-syntax"
    assert says in problem.message
    assert hint in problem.hint


FILES = [
    # the template x.j2, another file b.j2, code, line, what is said
    ("{% include 'x.j2' %}", "", "template-cycle", 1, "templates/x.j2 → templates/x.j2"),
    ("\n{% include 'b.j2' %}", "a\n{% include 'x.j2' %}", "template-cycle", 2, "templates/b.j2:2"),
    ("{% extends 'b.j2' %}", "{% extends 'x.j2' %}", "template-cycle", 1, "in a circle"),
    ("a\n{% include '../secret' %}", "", "template-missing", 2, "climbs out"),
    ("{% include '/etc/passwd' %}", "", "template-missing", 1, "not relative"),
    ("{% include '..\\\\x' %}", "", "template-missing", 1, "backslash"),
    ("{% include '.git/config' %}", "", "template-missing", 1, "inside `.git`"),
    ("{% include 'bb.j2' %}", "b", "template-missing", 1, "did you mean `b.j2`?"),
    ("{% include 'imagepipe/nope.j2' %}", "", "template-missing", 1, "imagepipe/nope.j2"),
    ("{% include brand %}", "", "template-forbidden", 1, "in quotes"),
    ("{% include ['x.j2', 'b.j2'] %}", "", "template-forbidden", 1, "in quotes"),
    ("{% include 'b.j2' ignore missing %}", "b", "template-forbidden", 1, "nothing else"),
    ("{% include 'b.j2' without context %}", "b", "template-forbidden", 1, "nothing else"),
    ("one\n\n  {{ brnad }}", "", "undefined-variable", 3, "templates/x.j2:3: `brnad` is not defined"),
    ("one\n{% include 'b.j2' %}", "\n\n\n{{ strings.fr }}", "undefined-variable", 4, "templates/b.j2:4"),
    ("{% if night %}\n{% endfi %}", "", "template-syntax", 2, "endfi"),
    ('{% extends "imagepipe/base.j2" %}\nhello', "", "template-forbidden", 2, "never printed"),
    (
        '{% extends "imagepipe/base.j2" %}\n\n{% block sbject %}{% endblock %}',
        "",
        "template-forbidden",
        3,
        "did you mean `subject`?",
    ),
    (
        '{% extends "imagepipe/base.j2" %}{% block subject %}\n{{ super() }}{% endblock %}',
        "",
        "template-forbidden",
        2,
        "calls",
    ),
    ('x\n{% extends "imagepipe/base.j2" %}', "", "template-forbidden", 2, "must come first"),
    ('{% if night %}{% extends "imagepipe/base.j2" %}{% endif %}', "", "template-forbidden", 1, "must come first"),
    ("{% block a %}{% endblock %}{% block a %}{% endblock %}", "", "template-syntax", 1, "twice"),
    (
        "{% for a in colours %}{% for b in colours %}\n{% include 'b.j2' %}{% endfor %}{% endfor %}",
        "{% for c in colours %}{% endfor %}",
        "template-forbidden",
        2,
        "includes counted",
    ),
]


@pytest.mark.parametrize(("text", "other", "code", "line", "says"), FILES, ids=[row[0][:40] for row in FILES])
def test_a_template_file_is_refused_with_its_place(text: str, other: str, code: str, line: int, says: str) -> None:
    error = refused(asset(more={"template": "x.j2"}), {"templates/x.j2": text, "templates/b.j2": other})
    problem = error.problems[0]
    assert (problem.code, problem.path) == (code, ("template",))
    assert says in f"{problem.message} {problem.hint}"
    assert error.place is not None
    assert error.place.line == line
    assert f"{error.place.file}:{line}: " in problem.message
    assert error.exit_code == 2


NAMES = [
    ("stiker.j2", "did you mean `sticker.j2`?"),
    ("templates/sticker.j2", "did you mean `sticker.j2`?"),
    ("../x.j2", "climbs out"),
    ("/etc/passwd", "not relative"),
    ("imagepipe/logo.j2", "there is no template imagepipe/logo.j2"),
    ("imagepipe/../rendering.py", "climbs out"),
]


@pytest.mark.parametrize(("name", "says"), NAMES)
def test_a_template_name_is_refused(name: str, says: str) -> None:
    problem = refused(asset(more={"template": name}), {"templates/sticker.j2": "x"}).problems[0]
    assert problem.code == "template-missing"
    assert says in f"{problem.message} {problem.hint}"


def test_a_template_that_is_not_text_or_too_long() -> None:
    item = asset(more={"template": "x.j2"})
    assert refused(item, {"templates/x.j2": b"\xff\xfe{\x00"}).code == "prompt-not-text"
    assert refused(item, {"templates/x.j2": "x" * 64_001}).code == "template-limit"
    assert refused(item, {"templates/x.j2": b"x" * 300_000}).code == "template-limit"


def test_nine_files_deep_is_too_deep() -> None:
    files = {f"templates/x{at}.j2": f"{{% include 'x{at + 1}.j2' %}}" for at in range(9)} | {"templates/x9.j2": "x"}
    assert "too deeply" in refused(asset(more={"template": "x0.j2"}), files).message
    assert words(asset(more={"template": "x3.j2"}), files).text == "x"


ALLOWED = [
    ("100 % {brand}", "100 % {brand}"),
    ("a {{ brand }} mug", "a Fernhill mug"),
    ("{{brand}}'s {{ strings[locale] }}", "Fernhill's Täglich geöffnet"),
    ("__class__ and os.system()", "__class__ and os.system()"),
    ("{% raw %}{{ brand.__class__ }}{% endraw %}", "{{ brand.__class__ }}"),
    ("{{ 'a * 10**8' }}", "a * 10**8"),
    ("{% if year > 2000 and locale in ['de', 'en'] %}new{% else %}old{% endif %}", "new"),
    (
        "{% for a in colours %}{% for b in colours %}{{ a | first }}{{ b | first }} {% endfor %}{% endfor %}",
        "oo os oc so ss sc co cs cc",
    ),
    ("{% for key in strings %}{{ key }} {% endfor %}", "en de"),
    ("{{ colours | sort | join(' ') }} {{ ['a', 'a'] | unique | length }}", "chalk ochre slate 1"),
    ("{{ brand | upper | lower | title | trim }} {{ colours | last }}", "Fernhill chalk"),
    ("{{ 'two\nlines' | indent(2) }}", "two\n  lines"),
    ("{{ night or brand }}", "Fernhill"),
    ("{%- if not night -%} day {%- endif -%}", "day"),
    ("<b>{{ brand }}</b> & co", "<b>Fernhill</b> & co"),
    ("{% for n in many %}{% endfor %}counted", "counted"),
    ("{{ 'ﬁ' | upper }}", "FI"),
]


@pytest.mark.parametrize(("text", "becomes"), ALLOWED, ids=[row[0][:40] for row in ALLOWED])
def test_a_benign_look_alike_passes(text: str, becomes: str) -> None:
    assert words(asset(request=text)).text == f"Primary request: {becomes}"


def test_no_message_and_no_text_holds_a_memory_address() -> None:
    for text, _, _ in REFUSED:
        for problem in refused(asset(scene=text)).problems:
            assert not re.search(r"0x[0-9a-f]{6}", problem.message + problem.hint)


GREEDY = ["template-limit", "template-syntax"]


def test_what_is_greedy_is_refused_before_it_takes_memory() -> None:
    tracemalloc.start()
    for text, code, _ in REFUSED:
        if code in GREEDY:
            refused(asset(scene=text))
    assert tracemalloc.get_traced_memory()[1] < 64 * 1024 * 1024
    tracemalloc.stop()
