"""What each diagnostic about models and their options means, for `imagepipe explain CODE`."""

from imagepipe.errors import Explanation

_MODELS: dict[str, Explanation] = {
    "unknown-model": Explanation(
        "No model of this id is known. Image models of OpenAI are in the registry (`imagepipe models`); a model of another "
        "server needs an entry that says what it can do.",
        "model: gpt-imgae-2",
        "model: gpt-image-2\nor, for a server of your own: models: {flux-schnell: {sizes: [1024x1024], prices: {per_image: 0}}}",
    ),
    "model-without-variant": Explanation(
        "This family has no model under its bare name: its members are called by a variant.",
        "model: gpt-image-2.5",
        "model: gpt-image-2.5-sunburst",
    ),
    "unlisted-model": Explanation(
        "The id looks like an image model of OpenAI that is newer than the registry. It is checked by the newest family's "
        "rules, and its price is unknown, so a cap refuses it.",
        "model: gpt-image-3-nova",
        "State what it can do and costs: models: {gpt-image-3-nova: {like: gpt-image-2.5-sunburst, prices: {image_out: 30}}}, "
        "or build with --allow-unknown-price.",
    ),
    "model-ending": Explanation(
        "The model shuts down within 60 days. Pictures it has made are kept; new ones need another model from then on.",
        "model: gpt-image-1.5",
        "imagepipe migrate-model gpt-image-1.5 gpt-image-2.5-sunburst",
    ),
    "model-ended": Explanation(
        "The model is no longer served. A finished picture by it stays as it is; an asset that is new or changed cannot be "
        "made by it.",
        "model: gpt-image-1",
        "imagepipe migrate-model gpt-image-1 gpt-image-2.5-sunburst",
    ),
    "model-routing": Explanation(
        "An entry under `models:` says what a model can do. Where requests go, and with which key, is never taken from a "
        "manifest: a manifest that could choose it could send your key anywhere.",
        "models: {mine: {base_url: 'https://images.example'}}",
        "In config.toml: [providers.mine] with kind, base_url and key_env.",
    ),
    "unknown-model-field": Explanation(
        "An entry under `models:` has a field that does not exist.",
        "models: {mine: {qualites: [low]}}",
        "models: {mine: {qualities: [low]}}",
    ),
    "invalid-model-entry": Explanation(
        "A field of an entry under `models:` does not have the form it needs, or `like` names a model that is not there.",
        "models: {mine: {like: gpt-image-2, sizes: large}}",
        "models: {mine: {like: gpt-image-2, sizes: [1024x1024, 2048x2048]}}",
    ),
}

_OPTIONS: dict[str, Explanation] = {
    "invalid-size": Explanation(
        "The model does not make pictures of this size. Newer models take both edges as multiples of 16, the longer at "
        "most 3840, a ratio up to 3:1, and 655,360 to 8,294,400 pixels; older ones a short list.",
        "options: {size: 1920x1080}",
        "options: {size: 1920x1088}, or leave size out and give the output a width and a height.",
    ),
    "experimental-size": Explanation(
        "The provider calls pictures of more than 3,686,400 pixels experimental. The request is sent as written.",
        "options: {size: 3840x2160}",
        "options: {size: 2560x1440}, if the result is uneven.",
    ),
    "invalid-quality": Explanation(
        "The model does not know this quality. The same name means different work on different models: `high` of "
        "gpt-image-2 is `max` of 2.5.",
        "model: gpt-image-2\noptions: {quality: max}",
        "options: {quality: high}",
    ),
    "invalid-format": Explanation(
        "The model does not make files of this format.",
        "model: gpt-image-2\noptions: {output_format: gif}",
        "options: {output_format: png}; an output's extension converts it for free.",
    ),
    "invalid-background": Explanation(
        "The model does not take this background. Where it makes no transparent pictures, a flat key colour can be asked "
        "for and removed locally.",
        "options: {background: white}",
        "options: {background: opaque}, or transparency: chroma-key",
    ),
    "invalid-fidelity": Explanation(
        "The model does not take this input_fidelity.",
        "model: gpt-image-1-mini\noptions: {input_fidelity: high}",
        "options: {input_fidelity: low}",
    ),
    "invalid-n": Explanation(
        "A request asks for 1 to 10 pictures.",
        "options: {n: 20}",
        "options: {n: 10}; `imagepipe build --again` asks for more.",
    ),
    "invalid-option": Explanation(
        "The value of an option is of the wrong type or outside its bounds.",
        "options: {output_compression: 120}",
        "options: {output_compression: 90}",
    ),
    "unknown-option": Explanation(
        "The Image API has no such option. A server of your own may: list it in the `options` of its entry.",
        "options: {qualtiy: high}",
        "options: {quality: high}",
    ),
    "legacy-option": Explanation(
        "An option of earlier models that image models of today refuse.",
        "options: {response_format: b64_json}",
        "Leave it out. The message names what takes its place.",
    ),
    "not-streamed": Explanation(
        "The Image API can send a picture in pieces while it is made. imagepipe keeps whole pictures, so it never asks for "
        "that.",
        "options: {stream: true, partial_images: 2}",
        "Leave both out: the picture is the same.",
    ),
    "option-unsupported": Explanation(
        "The option exists, but this model never takes it.",
        "model: gpt-image-2\noptions: {complexity: high}",
        "Leave it out, or use one of the models that the message names.",
    ),
    "option-without-inputs": Explanation(
        "The option belongs to edits, and the asset has no inputs.",
        "options: {input_fidelity: high}",
        "inputs: [{image: refs/mug.png, role: target}]\noptions: {input_fidelity: high}",
    ),
    "moderation-on-edit": Explanation(
        "`moderation` belongs to requests without inputs: the edit endpoint has no such field.",
        "inputs: [{image: refs/mug.png, role: target}]\noptions: {moderation: low}",
        "Leave it out.",
    ),
    "preview-feature": Explanation(
        "The provider calls this a preview: it may change or go. It is used only where the asset says so.",
        "model: gpt-image-2\noptions: {background: transparent}",
        "transparency: chroma-key, or model: gpt-image-2.5-sunburst, or preview: true",
    ),
    "background-format": Explanation(
        "A transparent background needs a format that has transparency.",
        "options: {background: transparent, output_format: jpeg}",
        "options: {background: transparent, output_format: webp}",
    ),
    "compression-format": Explanation(
        "output_compression is for jpeg and webp alone.",
        "options: {output_format: png, output_compression: 80}",
        "options: {output_format: webp, output_compression: 80}",
    ),
    "gif-only": Explanation(
        "frame_count and frame_duration_ms are for gif alone.",
        "options: {output_format: png, frame_count: 9}",
        "model: gpt-image-2.6-flare\noptions: {output_format: gif, frame_count: 9}",
    ),
    "svg-only": Explanation(
        "The option svg is for output_format svg alone.",
        "options: {output_format: png, svg: {reasoning: {effort: low}}}",
        "model: gpt-image-2.6-flare\noptions: {output_format: svg, svg: {reasoning: {effort: low}}}",
    ),
    "svg-single": Explanation(
        "A request for svg gives one picture.",
        "options: {output_format: svg, n: 3}",
        "options: {output_format: svg, n: 1}; raise `take` for another.",
    ),
}

_INPUTS: dict[str, Explanation] = {
    "edits-unsupported": Explanation(
        "The model makes pictures from words alone, and the asset has inputs.",
        "model: dall-e-3\ninputs: [{image: a.png, role: target}]",
        "Use a model that takes input images, or describe them in the prompt.",
    ),
    "too-many-inputs": Explanation(
        "An edit takes at most 16 images.",
        "inputs with 17 images",
        "Join small references into one sheet, or split the asset.",
    ),
    "input-format": Explanation(
        "Input images are png, webp or jpeg.", "inputs: [{image: a.tiff, role: target}]", "Save it as png."
    ),
    "input-unreadable": Explanation(
        "An input image or mask is no picture, or one that is cut off or damaged.",
        "inputs: [{image: notes.txt, role: target}]",
        "Name the right file, or save the picture anew as png.",
    ),
    "input-too-large": Explanation(
        "An input image has 50 MB or more.",
        "inputs: [{image: scan.png, role: target}]",
        "Scale it down, or save it as webp.",
    ),
}

_OVERLAYS: dict[str, Explanation] = {
    "mask-without-image": Explanation(
        "A mask says which part of the first image to edit, and there is no image.",
        "mask: m.png",
        "inputs: [{image: mug.png, role: target}]\nmask: m.png",
    ),
    "markup-without-image": Explanation(
        "A markup lies over the first image, and there is no image.",
        "inputs: [{image: notes.png, role: markup}]",
        "inputs: [{image: mug.png, role: target}, {image: notes.png, role: markup}]",
    ),
    "two-markups": Explanation(
        "A request has one markup.", "two inputs with role markup", "Draw both into one overlay."
    ),
    "markup-with-mask": Explanation(
        "A mask and a markup do not go together.", "inputs with role mask and with role markup", "Keep one of them."
    ),
    "markup-unsupported": Explanation(
        "This model takes no markup overlay.",
        "model: gpt-image-2\ninputs: [{image: notes.png, role: markup}]",
        "model: gpt-image-2.5-sunburst, or use a mask.",
    ),
    "mask-format": Explanation("A mask is a PNG.", "mask: m.jpg", "Save it as PNG with an alpha channel."),
    "markup-format": Explanation("A markup is a PNG.", "role: markup, image: notes.jpg", "Save it as PNG."),
    "mask-alpha": Explanation(
        "A mask marks the part to edit by transparency, and this one has no alpha channel.",
        "mask: black-and-white.png",
        "Make the part to edit transparent, and save it as PNG with alpha.",
    ),
    "mask-size": Explanation(
        "A mask has the pixel size of the first image.", "an 800x600 mask over a 1024x1024 image", "Scale the mask."
    ),
    "markup-size": Explanation(
        "A markup has the pixel size of the first image.",
        "an 800x600 markup over a 1024x1024 image",
        "Scale the markup.",
    ),
    "mask-too-large": Explanation(
        "A mask stays under 4 MB.", "mask: noisy.png of 6 MB", "Flatten its colours: only alpha counts."
    ),
    "markup-too-large": Explanation(
        "A markup stays under 50 MB.", "a markup of 60 MB", "Scale it down with its image."
    ),
}

CODES: dict[str, Explanation] = {**_MODELS, **_OPTIONS, **_INPUTS, **_OVERLAYS}
"""Code → what it means. `prompt-too-long` is explained with the other findings about prompts."""
