"""What the findings about one-off requests mean, for `imagepipe explain`."""

from imagepipe.errors import Explanation

CODES = {
    "no-jobs": Explanation(
        "The file of a batch holds no job.", "A file of blank lines and comments", "Write one prompt or job a line."
    ),
    "job-json": Explanation(
        "A line of a batch begins with `{` and is not one JSON object.",
        '{"prompt": "a mug",}',
        "Correct the JSON; a job stands on one line.",
    ),
    "job-key": Explanation(
        "A job, or its `fields`, has a key that no job has.", '{"promt": "a mug"}', "Write the key that is meant."
    ),
    "job-value": Explanation(
        "A value of a job is of the wrong type.", '{"prompt": "a mug", "n": "two"}', "Write a number or a text."
    ),
    "job-prompt": Explanation("A job has no prompt, or one that is no text.", '{"n": 2}', 'Add "prompt": "…".'),
    "control-character": Explanation(
        "The words of a request hold a control character, such as the beginning of a terminal's colour code.",
        '{"prompt": "a \\u001b[31mred mug"}',
        "Remove it; a new line and a tab are fine.",
    ),
    "job-out": Explanation(
        "The `out` of a job leads out of the batch's folder.",
        '{"prompt": "a mug", "out": "../mug.png"}',
        "Name a file or a folder under --out-dir.",
    ),
    "suffix-format": Explanation(
        "A file's extension is that of another format than the picture has.",
        "imagepipe generate --prompt … --out mug.webp",
        "Change the extension, or pass --output-format.",
    ),
    "downscale-suffix": Explanation(
        "The smaller copy would have the name of the picture itself, or no file name.",
        "--downscale-suffix ''",
        "Give it a few characters, as in -web.",
    ),
    "output-folder": Explanation(
        "A picture cannot be written where it was wanted; nothing was sent.",
        "imagepipe generate --prompt … --out notes.txt/mug.png",
        "Choose another --out, in a folder that you may write to.",
    ),
    "outside-project": Explanation(
        "A manifest names only files of its project, and this one is elsewhere.",
        "imagepipe generate --prompt … --out ~/mug.png --save-as mug",
        "Choose a path inside the project.",
    ),
    "save-id": Explanation(
        "An asset cannot have this id, or the manifest has one of that name.",
        "--save-as 'Mug Hero'",
        "Write lower case letters, digits, dots, hyphens and underscores.",
    ),
    "save-text": Explanation(
        "The words hold template code that the manifest language cannot quote.",
        "a poster that says {% endraw %}",
        "Change the words, or write the asset by hand.",
    ),
    "save-manifest": Explanation(
        "The manifest is written in a form to which an asset cannot be added safely.",
        "assets: {mug: {prompt: a mug, output: mug.png}}",
        "Write its assets as blocks, or choose another file.",
    ),
}
