"""What every code of this room means, for `imagepipe explain CODE`."""

from imagepipe.errors import Explanation

_SHAPE = {
    "not-a-manifest": Explanation("The file is not a mapping.", "- mug", "Begin with `version: 1` and `assets:`."),
    "unknown-version": Explanation("The manifest's version is not known here.", "version: 2", "Write `version: 1`."),
    "unknown-field": Explanation(
        "A name that means nothing where it stands, most often misspelt or one level too high or low.",
        "prompt: {ligthing: soft}\noptions: {model: gpt-image-2}",
        "Use the name that is suggested, or write it where it belongs: `model` beside `options`, `size` under it.",
    ),
    "invalid-id": Explanation(
        "An id, a name or a label has characters that are not allowed, or too many. Ids have lower-case letters, digits, dot,"
        " underscore and hyphen.",
        "assets: {Mug Hero: …}",
        "Write `mug-hero`.",
    ),
    "wrong-type": Explanation(
        "A value of the wrong kind. Only true, false, null and plain numbers are typed here: `yes`, `on` and dates are text.",
        "options: {n: many}\npin: yes",
        "Write the kind that is asked for: n: 3, pin: true.",
    ),
    "invalid-value": Explanation(
        "A value that is not among those allowed.", "metadata: remove", "Use one of those listed."
    ),
    "out-of-range": Explanation(
        "A number, text or list is too small, too big or too long.", "options: {n: 20}", "Stay within the bound."
    ),
    "empty-value": Explanation("A value is empty.", 'output: ""', "Write a value, or remove the line."),
    "repeated-value": Explanation("A list names something twice.", "widths: [480, 480]", "Keep one of the two."),
    "missing-field": Explanation("A field that must be there is missing.", "outputs: [{width: 480}]", "Add it."),
    "conflicting-options": Explanation(
        "Options of a step that do not go together, or none of those of which it needs one.",
        "steps: [{crop: {width: 640, aspect: '16:9'}}]",
        "Keep one of them.",
    ),
    "input-source": Explanation(
        "An input needs exactly one of `image` and `asset`; `output` goes with `asset`.",
        "inputs: [{role: target}]",
        "Name a file with `image`, or an asset with `asset`.",
    ),
    "output-and-outputs": Explanation(
        "`output` is short for `outputs` with one path; an asset has one of them.",
        "output: a.png\noutputs: [b.png]",
        "Move the path into the list.",
    ),
    "main-file-only": Explanation(
        "A field of the whole project stands in an included file.",
        "budget: … in shop/mugs.yaml",
        "Move it to the main manifest.",
    ),
    "more-findings": Explanation(
        "More is wrong than is shown at once.", "51 mistakes", "Correct the first ones and look again."
    ),
}
_FILES = {
    "no-manifest": Explanation(
        "There is no manifest.", "an empty folder", "`imagepipe init` makes one; -f names another."
    ),
    "empty-include": Explanation(
        "An include pattern matches no file.", "include: [shop/*.yml]", "Check folder and extension."
    ),
    "missing-include": Explanation("An included file does not exist.", "include: [shop/mugs.yaml]", "Check the path."),
    "unreadable-include": Explanation(
        "An included file may not be read.", "include: [link-out-of-project.yaml]", "Keep it in the project."
    ),
    "include-cycle": Explanation(
        "Files include each other.", "a.yaml includes b.yaml includes a.yaml", "Let one not include."
    ),
    "too-many-files": Explanation(
        "More than 1,000 files are included.", "include: ['**/*.yaml']", "Put more in one file."
    ),
    "missing-import": Explanation(
        "An imported manifest does not exist.", "imports: {brand: ../brnd/assets.yaml}", "Check the path."
    ),
    "broken-import": Explanation(
        "An imported manifest has errors of its own.", "imports: {brand: ../brand/assets.yaml}", "Correct it."
    ),
    "invalid-path": Explanation(
        "A path that leaves the project, is absolute, or that some system cannot hold.",
        "output: ../mug.png",
        "Name a file inside the project with / between folders and ordinary characters.",
    ),
    "prompt-file": Explanation(
        "A prompt file does not exist, is not text, or looks like a place for secrets.",
        "prompt: {file: .env}",
        "Name a UTF-8 text file of the project.",
    ),
    "prompt-file-and-fields": Explanation(
        "A prompt file holds the whole prompt; no field can stand beside it.",
        "prompt: {file: a.md, style: ink}",
        "Remove the field or the file.",
    ),
    "missing-input": Explanation(
        "An input image does not exist.", "inputs: [{image: refs/lable.png}]", "Check the path."
    ),
}
_ASSETS = {
    "duplicate-id": Explanation("Two files declare one id.", "mug in a.yaml and b.yaml", "Choose another id."),
    "unknown-base": Explanation("`extends` names no asset.", "extends: baner-base", "Use the name that is suggested."),
    "extends-cycle": Explanation("Assets extend each other.", "a extends b, b extends a", "Let one stand alone."),
    "extends-too-long": Explanation(
        "More than 32 assets extend each other in a row.", "a33 extends a32 …", "Extend a nearer one."
    ),
    "matrix-too-big": Explanation(
        "A matrix has more than 10,000 combinations.", "six axes of ten values", "Split the asset."
    ),
    "empty-matrix": Explanation(
        "`exclude` leaves no combination.", "exclude: [{locale: en}, {locale: de}]", "Leave some in."
    ),
    "unknown-axis": Explanation(
        "`exclude` names an axis or value that the matrix has not.", "exclude: [{lang: de}]", "Use its names."
    ),
    "exclude-without-matrix": Explanation(
        "`exclude` without a `matrix`.", "exclude: [{locale: de}]", "Add the matrix, or remove it."
    ),
    "unknown-placeholder": Explanation(
        "A path holds a placeholder that has no value here.",
        "output: img/{locle}.png",
        "Use {id}, {width}, {density}, {format}, {index}, {cell} or a name of the matrix.",
    ),
    "missing-placeholder": Explanation(
        "Several widths, densities or cells would be written to one file.",
        "path: a.png, widths: [480, 960]",
        "Put {width} into the path; {density} or {cell} for the others.",
    ),
    "nothing-to-pack": Explanation(
        "A step that puts several pictures together has only one.",
        "steps: [atlas]",
        "Cut a sheet before: steps: [{grid: {columns: 4, rows: 2}}, atlas]. To pack other assets' files, list them as `inputs`"
        " of an asset without a `prompt`.",
    ),
    "asks-nothing": Explanation(
        "An asset with `inputs` and without a `prompt` is made here of its inputs' files: nothing is asked, so that what"
        " belongs to a request, or to its answer, means nothing.",
        "atlas: {inputs: [{asset: coin}, {asset: gem}], steps: [atlas], options: {quality: high}, output: atlas.png}",
        "Remove the field, or write the `prompt` that is missing.",
    ),
    "duplicate-frame": Explanation(
        "Two inputs of an asset without a prompt have one name. A picture is called after its `note`, else after the file"
        " it names, else after its asset.",
        "inputs: [{image: a/coin.png}, {image: b/coin.png}]",
        "Name one of them: {image: b/coin.png, note: coin-back}.",
    ),
    "invalid-frame": Explanation(
        "The name of a picture fills {cell} in paths, and has no folder and no special character in it.",
        "inputs: [{asset: coin, note: items/coin}]",
        "Name it plainly: {asset: coin, note: items-coin}.",
    ),
    "several-files": Explanation(
        "An input names an asset whose first output is several files, cut or counted when they are made.",
        "inputs: [{asset: digger}]   # writes sprites/{cell}.png",
        "Name each file: {asset: digger, output: sprites/rest.png}, {asset: digger, output: sprites/walk.png}.",
    ),
    "vector-of-inputs": Explanation(
        "An asset without a prompt puts pixels together, and its output is a vector file.",
        "output: atlas.svg",
        "End the path in .png or .webp.",
    ),
    "unreadable-input": Explanation(
        "Steps work on PNG, JPEG, WebP and GIF pictures, and this file is none of them.",
        "inputs: [{asset: logo, output: logo.svg}, {image: icons/pin.ico}]",
        "Name another output of the asset, or save the file as PNG.",
    ),
    "unknown-format": Explanation(
        "A path has no known image extension.", "output: mug.txt", "End it in .png, .jpg, .webp, …"
    ),
    "provider-not-here": Explanation(
        "A warning: an asset names a provider that is neither built in nor in your own config.toml. Its pictures cannot be "
        "built here, though another person's configuration may have it.",
        "provider: opnai",
        "Correct the name, or add [providers.NAME] to your config.toml.",
    ),
    "duplicate-output": Explanation(
        "Two files are one: the same path, or one that differs in case or Unicode form only, or a file that is also a folder.",
        "output: img/Mug.png and img/mug.png",
        "Give each file one asset and a path of its own. In a matrix the path names its axes, as in img/{locale}.png; an asset"
        " that extends another needs its own `output`.",
    ),
    "output-over-source": Explanation(
        "An output would overwrite what the manifest is made of.", "output: assets.lock", "Choose another path."
    ),
    "conflicting-sizes": Explanation(
        "Sizes of an output that do not go together.", "{path: a.png, width: 10, widths: [10]}", "Keep one of them."
    ),
    "impossible-expect": Explanation(
        "An expectation that the options can never meet.",
        "options: {size: 1024x1024}, expect: {width: 2048}",
        "Change one of them. What an output expects of its size holds after all of its steps.",
    ),
    "step-never": Explanation(
        "A step cannot work on a picture of the size that is asked for. Not told of assets that have a picture, or are"
        " pinned, since a picture made elsewhere may have another size.",
        "options: {size: 1024x1024}, steps: [{crop: {width: 4000}}]",
        "Change the step or the size.",
    ),
    "no-effect": Explanation(
        "Something is written that can have no effect where it stands.",
        "expect: {min_similarity: 0.9} without an input of the role `target`",
        "Take it out, or add what it needs.",
    ),
    "format-contradiction": Explanation(
        "The only file has another format than the one asked for, and no step changes it.",
        "options: {output_format: webp}, output: a.png",
        "Remove the option, or name the file accordingly.",
    ),
    "originals-format": Explanation(
        "`originals` ends in another format than the provider sends.", "originals: a/{id}.jpg", "End it in .png."
    ),
    "lost-in-comment": Explanation(
        "A warning: a field of the prompt is blank, since what stands behind it begins with `#` and is a comment to YAML.",
        "palette: #c98a3b",
        'palette: "#c98a3b"',
    ),
    "pick-out-of-range": Explanation(
        "A warning: a candidate is picked that is not asked for; `n` is 1 where it is not written.",
        "options: {n: 2}, pick: 3",
        "Raise n.",
    ),
    "conflicting-transparency": Explanation(
        "`transparency: native` and another background.",
        "transparency: native, options: {background: opaque}",
        "Keep one.",
    ),
    "template-here": Explanation(
        "Template code where only {{ name }} is filled.", 'alt: "{% if x %}"', "Write plain text."
    ),
    "unknown-step": Explanation(
        "There is no such step.", "steps: [{rezise: {width: 480}}]", "Use the name that is suggested."
    ),
    "two-masks": Explanation(
        "A request takes one mask.",
        "mask: a.png beside an input with role mask",
        "Keep one of them, or paint both into one file.",
    ),
    "unknown-asset": Explanation(
        "An input names no asset.", "inputs: [{asset: mug-hreo}]", "Use the name that is suggested."
    ),
    "unknown-import": Explanation(
        "An input names no import.", "inputs: [{asset: brnd:logo}]", "Declare it under `imports`."
    ),
    "unknown-output": Explanation(
        "An input names a file its asset does not write.", "{asset: mug, output: b.png}", "Use one it writes."
    ),
    "abstract-input": Explanation(
        "An abstract asset has no picture.", "inputs: [{asset: banner-base}]", "Name one that is built."
    ),
    "image-is-output": Explanation(
        "An input image is a file that an asset writes.", "inputs: [{image: public/mug.png}]", "Write `asset: mug`."
    ),
    "input-cycle": Explanation(
        "Assets need each other as inputs.", "a needs b, b needs a", "Take one input from a file."
    ),
    "missing-metadata": Explanation(
        "An asset lacks metadata that `require` makes obligatory for every asset of the project.",
        "require: [alt]",
        "Add the field: alt: A ceramic mug on a stone surface. `defaults` can give `owner` and `license` to all.",
    ),
    "unknown-profile": Explanation("There is no such profile.", "--profile drfat", "Declare it under `profiles`."),
    "unused-asset": Explanation(
        "An asset writes no file and no asset uses it.", "mug: {prompt: a mug}", "Add `output`."
    ),
    "replaced-list": Explanation(
        "A list takes the place of the one that the defaults give.",
        "defaults: {prompt: {constraints: [no watermark]}}, and an asset with `constraints: [no logos]`",
        "Write `constraints+` to add to it.",
    ),
    "pick-shared": Explanation(
        "`pick` of this asset comes from a place that others share, or that cannot be edited safely.",
        "defaults: {pick: 2}",
        "Write `pick: N` into the asset itself.",
    ),
    "cannot-migrate": Explanation(
        "`imagepipe migrate-model` cannot say in the manifest what an asset needs under the other model. Nothing was "
        "written.",
        "imagepipe migrate-model gpt-image-2.5-sunburst gpt-image-2   # with background: transparent",
        "Do what the finding says, or `migrate-model` to a model that takes it; then run it again.",
    ),
}
CODES: dict[str, Explanation] = _SHAPE | _FILES | _ASSETS
"""Code → explanation, for every code that this room gives."""
