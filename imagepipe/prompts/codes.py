"""What each diagnostic of prompts means, for `imagepipe explain CODE`."""

from imagepipe.errors import Explanation

_RENDERING: dict[str, Explanation] = {
    "blank-request": Explanation(
        "A prompt needs a `request`: one sentence that says what the picture shows. It is missing, or blank after its "
        "variables are filled in.",
        "prompt: {use_case: logo-brand, request: ''}",
        "prompt: {use_case: logo-brand, request: a mark for a ferry line}",
    ),
    "undefined-variable": Explanation(
        "A field or a template names a variable, or an entry of one, that does not exist. Nothing is ever filled in as blank.",
        "vars: {brand: Fernhill}\nrequest: a {{ brnad }} mug",
        "Correct the name, or declare it under `vars`. For a text that may be missing: {{ tagline | default('') }}.",
    ),
    "unprintable-value": Explanation(
        "A template prints a value that has no plain text: a map, a list, or null.",
        "vars: {colours: [ochre, slate]}\npalette: '{{ colours }}'",
        "Print its parts: '{{ colours | join(\", \") }}', or one entry: '{{ colours[0] }}'.",
    ),
    "extra-label": Explanation(
        "The label of an `extra` line is not usable: it is blank, has a colon or a line break, is longer than 60 "
        "characters, or is the label of a line that has a field of its own.",
        "extra: {Subject: a mug}",
        "subject: a mug",
    ),
    "key-colour": Explanation(
        "The colour of a chroma-key background is `auto`, or a colour in six hexadecimal digits.",
        "transparency: {chroma-key: {key: green}}",
        'transparency: {chroma-key: {key: "#00ff00"}}',
    ),
    "prompt-too-long": Explanation(
        "A rendered prompt has more than 32,000 characters, which is what the Image API takes.",
        "a `request` with a chapter pasted into it",
        "Shorten it: what is not in the picture need not be in the prompt.",
    ),
    "prompt-not-text": Explanation(
        "A prompt or a template holds something that is not Unicode text: bytes that are not UTF-8, or half of a "
        "surrogate pair.",
        "templates/card.j2 saved as UTF-16 or Latin-1",
        "Save the file as UTF-8, or remove the character.",
    ),
}

_TEMPLATES: dict[str, Explanation] = {
    "template-missing": Explanation(
        "A template is named that does not exist. Names are files under templates/, without that folder's name; the "
        'built-in ones begin with "imagepipe/".',
        "template: stiker.j2",
        "template: sticker.j2   # the file templates/sticker.j2",
    ),
    "template-syntax": Explanation(
        "A template, or a field with {{ … }} or {% … %} in it, is not well-formed Jinja.",
        "request: a {{ brand mug",
        "request: a {{ brand }} mug   # for braces as text: {% raw %}{{ … }}{% endraw %}",
    ),
    "template-forbidden": Explanation(
        "Templates may use output, if, for, include, extends, block, raw, comparisons, and/or/not, `is defined` and a "
        "short list of filters. Calls, arithmetic, set, macro, import and names with a leading underscore are refused, "
        "because a template must not run code; text outside blocks and blocks without a parent are refused, because "
        "they would never be printed.",
        'request: "{{ brand.upper() }}"',
        'request: "{{ brand | upper }}"',
    ),
    "template-cycle": Explanation(
        "Templates include or extend each other in a circle, or more than eight deep.",
        'templates/a.j2: {% include "b.j2" %}   templates/b.j2: {% include "a.j2" %}',
        "Put what both need into a third file.",
    ),
    "template-limit": Explanation(
        "A template does too much: more than 100,000 loop steps, a text past 200,000 characters, or a file past 64,000.",
        "{% for a in big %}{% for b in big %}…{% endfor %}{% endfor %}",
        "Loop over less, or write the text out.",
    ),
    "template-failed": Explanation(
        "A template is well-formed, but cannot do what it says with these values: a loop over a text, a text compared "
        "with a number, a filter with the wrong arguments.",
        "{% for word in brand %}{{ word }}{% endfor %}",
        "Loop over a list: vars: {words: [one, two]}.",
    ),
}

_LINT: dict[str, Explanation] = {
    "unknown-use-case": Explanation(
        "The prompt's use case is neither one of the nineteen nor declared under `use_cases:`.",
        "prompt: {use_case: product-mokcup, …}",
        "prompt: {use_case: product-mockup, …}   # `imagepipe use-cases` lists them",
    ),
    "edit-without-input": Explanation(
        "The use case edits a picture, and no picture is given.",
        "prompt: {use_case: style-transfer, request: …}",
        "inputs: [{image: refs/photo.png, role: target}]",
    ),
    "wanted-field": Explanation(
        "A warning: prompts of this use case are usually better with a field that is not there.",
        "prompt: {use_case: logo-brand, request: a mark for a ferry line}",
        "Add the fields that the warning names, or leave the choice to the model on purpose.",
    ),
    "unfilled-variable": Explanation(
        "A warning: the text of a variable has {{ … }} in it, which is not filled in again, so the prompt would be sent with"
        " the braces.",
        "vars: {brand: Fernhill, line: 'a {{ brand }} mug'}\nrequest: '{{ line }}'",
        "request: a {{ brand }} mug   # or the words in `vars`: line: a Fernhill mug",
    ),
    "visual-without-text": Explanation(
        "A warning: a diagram, a figure or a slide lives by its words, and the prompt gives none. The model would "
        "invent them.",
        "prompt: {use_case: infographic-diagram, request: how a tank works}",
        "text: [Inlet, Filter, Overflow]   # or constraints: [no text]",
    ),
    "scene-without-place-or-date": Explanation(
        "A warning: a historical scene that names no place or no time will mix several.",
        "prompt: {use_case: historical-scene, request: a busy harbour}",
        "scene: Lisbon harbour, spring 1755",
    ),
    "small-text": Explanation(
        "A warning: at low quality, long or small lettering comes out garbled.",
        "text: [Inlet, Filter, Overflow, Pump]   options: {quality: low}",
        "options: {quality: medium}   # or fewer and larger words",
    ),
    "unbounded-edit": Explanation(
        "A warning: an edit says neither what may change nor what must stay, so anything may.",
        "prompt: {use_case: precise-object-edit, request: a blue mug instead}",
        "change: the colour of the mug\nkeep: [its shape, the table, the light]",
    ),
    "several-changes": Explanation(
        "A warning: each entry under `change` is said as `change only …`, so that two of them read as a contradiction.",
        "change: [the place, the pose]",
        "change: the place and the pose",
    ),
    "vector-from-pixels": Explanation(
        "An output is a vector file, and the model is asked for pixels, which never become lines.",
        "output: public/logo.svg   # from gpt-image-2",
        "Write the drawing as code, name a .png, or ask a 2.6 model for options: {output_format: svg}, with preview: true.",
    ),
    "steps-need-pixels": Explanation(
        "The request asks for svg or gif, and an output would be made of the answer by steps, which work on still pixels.",
        "options: {output_format: svg}\noutputs: [{path: logo.png, width: 512}]",
        "Take the file as it comes, output: public/logo.svg, or ask for png.",
    ),
    "scene-behind-key": Explanation(
        "A warning: with `transparency: chroma-key` the background is one flat colour, and a `scene` asks for another.",
        "transparency: chroma-key   prompt: {scene: a stone surface, …}",
        "Remove `scene`, or keep it and remove `transparency`.",
    ),
    "key-near-subject": Explanation(
        "A warning: the words name so many colours that each key colour is near one of them, and the cutout may take parts"
        " of the subject for background.",
        "transparency: chroma-key   prompt: {subject: a green, blue, pink and turquoise parrot}",
        "Look at the cutout's edges; transparency: native, on a model that can; or name fewer colours.",
    ),
    "airy-cutout": Explanation(
        "A warning: hair, fur, glass or smoke let the key colour shine through and are hard to cut out.",
        "transparency: chroma-key   prompt: {subject: a cat with long fur, …}",
        "transparency: native, on a model that can; or {chroma-key: {subject: translucent}}.",
    ),
}

CODES: dict[str, Explanation] = _RENDERING | _TEMPLATES | _LINT
"""Code → explanation, for every code that this room gives."""
