"""What the findings about pictures mean, for `imagepipe explain`."""

from imagepipe.errors import Explanation

_AGAIN = "What was received is kept; `build --retry-failed` asks again."

CODES = {
    "picture-unknown": Explanation(
        "The bytes are no PNG, JPEG, WebP or GIF picture and no SVG drawing.", "A text file named logo.png", _AGAIN
    ),
    "picture-truncated": Explanation("The picture stops before its end.", "A download that broke off", _AGAIN),
    "picture-damaged": Explanation(
        "The picture's parts do not fit together, or a checksum does not match.", "A flipped byte", _AGAIN
    ),
    "picture-format": Explanation(
        "The picture is in another format than was asked for.",
        "A PNG where `output_format: webp` was asked for",
        _AGAIN,
    ),
    "picture-animated": Explanation(
        "The picture is animated, and a still was asked for.", "An APNG", "Ask for `output_format: gif`, or again."
    ),
    "picture-active": Explanation(
        "The SVG drawing holds a script, a handler, another document, or a reference to something outside of it. Published"
        " on a website it could run or fetch things.",
        "<svg …><script>…</script></svg>",
        _AGAIN,
    ),
    "picture-vector": Explanation(
        "The picture is an SVG drawing, which has no pixels to work on.",
        "imagepipe import logo.svg with a step",
        "Take a PNG of it.",
    ),
    "picture-trailing": Explanation(
        "Other data follows the picture in its file, and would be published unseen.",
        "A PNG with a ZIP behind it",
        "Of one that was paid for, `imagepipe adopt ASSET` takes the picture without it, free; `build --retry-failed` asks again.",
    ),
    "picture-bomb": Explanation(
        "The picture says it has more pixels than may be decoded (50 million).", "A PNG of 60000x60000", _AGAIN
    ),
    "picture-unexpected": Explanation(
        "The picture is not what its request or `expect` says.",
        "expect: {alpha: true} on a picture without transparency",
        "Accept it with `imagepipe adopt`, change `expect`, or `build --retry-failed`.",
    ),
    "expectation-unchecked": Explanation(
        "This expectation cannot be checked on this machine.",
        "expect: {text: …} without a text reader",
        "Look at the picture, and `imagepipe approve` it.",
    ),
}
