"""What every code of this room means, for `imagepipe explain CODE`."""

from imagepipe.errors import Explanation

CODES: dict[str, Explanation] = {
    "file-too-big": Explanation(
        "A manifest file has more than 16 MiB.",
        "assets.yaml with 60,000 assets",
        "Split it into several files and list them under `include`.",
    ),
    "not-utf8": Explanation(
        "The file is not UTF-8 text: UTF-16, a NUL byte, or bytes that are no character.",
        "a file saved as Unicode by an old editor",
        "Save it as UTF-8.",
    ),
    "yaml-syntax": Explanation(
        "The text cannot be read as YAML: indentation, brackets, quotes or a colon are not where they belong.",
        "request: a sign: open",
        'Put texts that hold `: `, `#` or brackets in quotes: request: "a sign: open"',
    ),
    "too-deep": Explanation("The file nests more than 32 levels deep.", "[[[[…", "Flatten it."),
    "too-many-entries": Explanation(
        "One list or mapping has more than 100,000 entries.", "k1: …, k2: …", "Split the file."
    ),
    "duplicate-key": Explanation(
        "A name is given twice in one place; YAML would silently drop the first.",
        "alt: a mug\nalt: a cup",
        "Keep one of the two.",
    ),
    "non-string-key": Explanation(
        "A name is a number, true, false, null, a list or a mapping.",
        "vars: {2026: spring}",
        'Put it in quotes: "2026".',
    ),
    "yaml-anchor": Explanation(
        "Anchors (&name) are not used in manifests: they hide where a value comes from.",
        "style: &house clean photography",
        "Share values through `defaults`, `extends` or `vars`.",
    ),
    "yaml-alias": Explanation(
        "Aliases (*name) are not used in manifests.", "style: *house", "Use `defaults`, `extends` or `vars`."
    ),
    "yaml-merge-key": Explanation(
        "Merge keys (<<) are not used in manifests.", "<<: *base", "Use `extends` or `defaults`."
    ),
    "yaml-tag": Explanation(
        "Tags (!name) are not used in manifests.", "size: !!str 1024x1024", "Write the value alone."
    ),
    "second-document": Explanation(
        "The file holds a second YAML document.", "---", "One file holds one; use `include`."
    ),
    "control-character": Explanation(
        "A quoted text makes a control character by an escape.", 'alt: "\\e[31m"', "Remove it; a new line is \\n."
    ),
}
