"""The diagnostic codes that steps give when they cannot do their work."""

from imagepipe.errors import Explanation

CODES: dict[str, Explanation] = {
    "cutout-key": Explanation(
        "The background to be removed is not one flat colour, is another colour than was asked for, or is no key colour.",
        "cutout: {key: '#ff00ff'}   # and the picture's border is green",
        "Look at the original. Ask for it anew with a flat background, or name the colour that it has with `key`.",
    ),
    "cutout-options": Explanation(
        "Options of the cutout contradict each other.",
        "cutout: {transparent_threshold: 96, opaque_threshold: 12}",
        "Keep transparent_threshold below opaque_threshold, and write colours as #rrggbb.",
    ),
    "cutout-alpha": Explanation(
        "After the cutout nothing of the picture was transparent.",
        "cutout   # of a picture whose background is a scene",
        "Ask for a flat key background: `transparency: chroma-key`.",
    ),
    "cutout-coverage": Explanation(
        "The cutout left next to nothing of the picture, or nearly all of it.",
        "cutout   # of a green subject on green",
        "Choose a key colour that the subject does not have.",
    ),
    "cutout-corners": Explanation(
        "After the cutout fewer than two of the picture's corners are clear.",
        "cutout   # of a subject that fills the picture",
        "Ask for the whole subject with room around it.",
    ),
    "cutout-residue": Explanation(
        "Parts of what the cutout left still have the key colour, also after a second try with a tighter edge.",
        "cutout: {tolerance: 0}",
        "Raise `tolerance`; write `holes: keep` if the subject has that colour itself.",
    ),
    "cutout-fringe": Explanation(
        "The cutout's edge has more of the key colour in it than the subject, also after a second try.",
        "cutout   # of a glass before green",
        "Write `edge_contract: 1`, or `subject: translucent` for glass and smoke.",
    ),
    "pixels-missing": Explanation(
        "A step works on arrays of pixels, and NumPy is not installed.",
        "steps: [cutout]",
        "pip install 'imagepipe[pixels]'",
    ),
    "crop-outside": Explanation(
        "The part to be cut out does not lie inside the picture.",
        "crop: {width: 2000}   # of a picture of 1024 pixels",
        "Crop less, or `resize` or `pad` the picture before.",
    ),
    "trim-empty": Explanation(
        "There is nothing to trim: the whole picture is clear, or of one colour.",
        "trim   # of an empty picture",
        "Look at the picture before this step; lower `threshold`.",
    ),
    "grid-divides": Explanation(
        "The sheet's edge, less margins and gaps, is no multiple of the number of cells.",
        "grid: {columns: 3, rows: 1}   # of 1024 pixels",
        "`resize` or `crop` to the size that the message names, or tell `margin` and `gap`.",
    ),
    "grid-names": Explanation(
        "There are not as many names as cells, or two cells have one name.",
        "grid: {columns: 2, rows: 1, names: [idle]}",
        'Name every cell, each differently; "" leaves a cell out.',
    ),
    "slice-guides": Explanation(
        "The guides of a nine-slice picture leave nothing between them to be stretched.",
        "nine-slice: {by: 600}   # of 1024 pixels",
        "Move the guides outward, to less than half of the picture.",
    ),
    "slice-uneven": Explanation(
        "A side of a nine-slice picture changes along the way it is stretched, which would be seen.",
        "nine-slice: {by: 8}   # where the corners are 24 pixels",
        "Move the guides so that corners and ornaments lie outside them, or raise `tolerance`.",
    ),
    "tile-seam": Explanation(
        "The picture's opposite edges differ, so that a seam shows where it repeats.",
        "tile   # of a picture that was not made to repeat",
        "Blend the edges: `tile: {blend: 128}`.",
    ),
    "tile-blend": Explanation(
        "The edges to be blended are wider than half of the picture.",
        "tile: {blend: 600}   # of 1024 pixels",
        "Blend less.",
    ),
    "atlas-empty": Explanation(
        "An atlas was to be made of fewer than two pictures.",
        "steps: [atlas]",
        "Cut a sheet into cells with `grid` before.",
    ),
    "atlas-too-large": Explanation(
        "The pictures do not fit on one sheet of the greatest size allowed.",
        "atlas: {max_size: 256}",
        "Raise `max_size`, `resize` the pictures, or make two sheets.",
    ),
    "ico-too-large": Explanation(
        "An ico holds no picture larger than the one it is made of.",
        "encode: {sizes: [16, 64]}   # of a picture of 48 pixels",
        "Leave the larger `sizes` out, or begin with a larger picture.",
    ),
    "too-many-bytes": Explanation(
        "No quality makes the file as small as `max_bytes` asks.",
        "encode: {max_bytes: 1kB}",
        "Make the picture smaller; `quantize` it for PNG and GIF; or raise max_bytes.",
    ),
}
