"""What the codes of this room mean, for `imagepipe explain CODE`."""

from imagepipe.errors import Explanation

CODES: dict[str, Explanation] = {
    "in-doubt": Explanation(
        "A paid request was sent and its end is unknown: the program was killed, or the connection broke. It may have "
        "been billed, so its worst price counts as spent, and it is never sent again by itself.",
        "kill -9 of a build while a picture is on its way",
        "`imagepipe build --resend ASSET` asks again; `--forget ASSET` gives the picture up.",
    ),
    "refused": Explanation(
        "The provider refused this request for good, so it is not sent again.",
        "a prompt that its moderation blocks",
        "Change the prompt, or `imagepipe build --retry-failed ASSET`.",
    ),
    "checks-failed": Explanation(
        "The answer was paid for and kept, but it failed its checks and is never published by itself.",
        "a server that answers with a broken image, or a picture that misses its `expect`",
        "`imagepipe build --retry-failed ASSET`, `imagepipe adopt ASSET`, or change the recipe.",
    ),
    "retired-model": Explanation(
        "The recipe changed, and its model cannot be asked any more.",
        "model: dall-e-3",
        "`imagepipe migrate-model FROM TO`, or keep the present picture with `pin: true`.",
    ),
    "edited-by-hand": Explanation(
        "A published file is not what imagepipe wrote; a build never overwrites what a person made.",
        "an output retouched in an editor",
        "`imagepipe adopt ASSET` takes the file as the answer; `imagepipe build --force` overwrites it.",
    ),
    "left-edited": Explanation(
        "An asset left the manifest, and a file of it was changed by hand since. No build removes what a person made: the "
        "file stays where it is, and the lock forgets it.",
        "an asset taken out of assets.yaml, its picture retouched",
        "Remove the file yourself if nobody needs it; `imagepipe import FILE` makes an asset of it.",
    ),
    "not-ours": Explanation(
        "A file that imagepipe did not make is where an output should go.",
        "output: README.md",
        "Choose another path, `imagepipe adopt ASSET` the file, or `imagepipe build --force`.",
    ),
    "raw-missing": Explanation(
        "The files must be made anew from the original picture, and its bytes are neither in the store nor in a file.",
        "changed steps in a fresh clone without the store",
        "Restore the store, or `imagepipe build --again ASSET` for the price shown.",
    ),
    "pick-missing": Explanation(
        "`pick` names a candidate that does not exist.",
        "pick: 5 where three pictures came",
        "Choose one that is there, or raise n.",
    ),
    "pick-rejected": Explanation(
        "`pick` names a candidate that was rejected.",
        "pick: 2 where picture 2 failed its checks",
        "Choose another, or `imagepipe adopt` it.",
    ),
    "over-asset-cap": Explanation(
        "The worst price of this asset is over the cap of one asset.",
        "budget: {per_asset: 0.05} with quality: high",
        "Lower n, size or quality, or raise `budget.per_asset`.",
    ),
    "unknown-price": Explanation(
        "The price of this model is not known, and there is a cap to keep.",
        "a model that the registry does not know, under a budget",
        "`--allow-unknown-price`, or give the model its prices in your config.toml.",
    ),
    "frozen": Explanation(
        "`--frozen` restores what is paid for and asks no provider.",
        "imagepipe build --frozen after a prompt changed",
        "Build without `--frozen`.",
    ),
    "input-missing": Explanation(
        "An input of the asset is not there.",
        "inputs: [{image: refs/gone.png, role: reference}]",
        "Put the file there, or correct its path.",
    ),
    "input-blocked": Explanation(
        "An asset that this one takes as input is blocked itself.",
        "a cutout of a picture that the provider refused",
        "`imagepipe why INPUT` says what to do about that one.",
    ),
    "input-elsewhere": Explanation(
        "The picture of another asset must be sent along, and its bytes are neither in the store nor in a file.",
        "a changed edit in a fresh clone without the store",
        "Restore the store, or make that picture again: `imagepipe build --again INPUT`.",
    ),
    "no-approved-draft": Explanation(
        "The final picture is made of its approved draft (`final_uses`), and there is none.",
        "imagepipe build --profile final before anybody approved the draft",
        "`imagepipe build --profile draft ASSET`, look at it, `imagepipe approve ASSET`.",
    ),
    "input-not-built": Explanation(
        "The asset was selected, but one that it takes as input was not, and that is not built.",
        "imagepipe build mug-cutout before mug-hero",
        "`imagepipe build +ASSET` selects what it needs too.",
    ),
    "input-changed": Explanation(
        "An input has new bytes and the asset says `on_input_change: ask`.",
        "a new brand logo",
        "`imagepipe adopt ASSET` keeps the picture, free; `imagepipe build --again ASSET` asks anew; or `on_input_change: follow`.",
    ),
    "stale-plan": Explanation(
        "Something moved since the plan was saved, so building it would not do what was agreed to.",
        "imagepipe plan --out p.json, an edit, imagepipe build --plan p.json",
        "Look at it again: `imagepipe plan --out FILE`.",
    ),
    "not-a-plan": Explanation(
        "The file is not a plan that `imagepipe plan --out` wrote.",
        "imagepipe build --plan assets.yaml",
        "Make one with `imagepipe plan --out FILE`.",
    ),
    "plan-newer": Explanation(
        "A newer imagepipe saved this plan.",
        '"version": 2',
        "Upgrade imagepipe, or save the plan again with this one.",
    ),
    "cycle": Explanation(
        "Assets take each other as inputs in a circle, so none of them can come first.",
        "a takes b, and b takes a",
        "Let one of them take its input from a file, or drop that input.",
    ),
    "unknown-asset": Explanation(
        "A SELECT pattern matches no asset.",
        "imagepipe build mug-heroo",
        "`imagepipe status` lists the ids; several are given with spaces between, not commas.",
    ),
    "unknown-tag": Explanation("No asset has this tag.", "imagepipe plan tag:webb", "Use a tag that an asset has."),
    "unknown-output": Explanation(
        "No asset writes to a path like this.",
        "imagepipe plan 'path:privat/**'",
        "`*` stays within a folder; `**` goes through any number of them.",
    ),
    "unknown-state": Explanation(
        "There is no such state.",
        "imagepipe plan state:change",
        "Use changed, missing or failed.",
    ),
}
