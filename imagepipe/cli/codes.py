"""The diagnostic codes that the command line itself gives."""

from imagepipe.errors import Explanation

CODES: dict[str, Explanation] = {
    "usage": Explanation(
        "The command line is not one that imagepipe knows: an option, an argument or a command is wrong.",
        "imagepipe biuld",
        "`imagepipe --help` lists the commands, `imagepipe COMMAND --help` its options.",
    ),
    "output-lost": Explanation(
        "What a command had to say could not all be written: the disk or the device behind its output takes no more. "
        "The command went on to its end, and what it builds is built.",
        "imagepipe plan > /dev/full",
        "Make room there, or send the output elsewhere.",
    ),
    "unknown-asset": Explanation(
        "A command names an asset that the manifest does not have.",
        "imagepipe show heroo",
        "`imagepipe status` lists the assets. An asset from a matrix is named with its values: sign@en,dark.",
    ),
    "unknown-code": Explanation(
        "`imagepipe explain` was asked about a code that no finding has.",
        "imagepipe explain unknwon-field",
        "`imagepipe explain` lists the codes.",
    ),
    "unknown-schema": Explanation(
        "`imagepipe schema` was asked for a schema that this version does not have.",
        "imagepipe schema gallery",
        "`imagepipe schema --help` names those there are.",
    ),
    "several-kits": Explanation(
        "A project starts from one kit, and several are named.",
        "imagepipe init --kit website --kit game",
        "imagepipe init --kit website   # and copy what you need of the others from a project of its own",
    ),
    "unknown-kit": Explanation(
        "`imagepipe init --kit` was given a name that is no kit.",
        "imagepipe init --kit webpage",
        "`imagepipe init --help` names the kits.",
    ),
    "file-exists": Explanation(
        "`imagepipe init` would have written a file that is already there. Nothing was written.",
        "imagepipe init   # in a folder that has an assets.yaml",
        "Choose an empty folder: `imagepipe init DIR`; or move the files away.",
    ),
    "over-cap": Explanation(
        "The plan costs more, in the worst case, than the `--max-cost` given. Nothing was sent.",
        "imagepipe plan --max-cost 1",
        "Raise `--max-cost`, lower quality or size, or build a part: `imagepipe build SELECT`.",
    ),
    "not-final": Explanation(
        "`imagepipe check --release` found a placeholder, or a picture made under a profile.",
        "imagepipe check --release   # after a build with --profile draft",
        "Build the final picture: without `--profile`, with a real provider.",
    ),
    "not-approved": Explanation(
        "`imagepipe check --release` found a picture that nobody approved.",
        "imagepipe check --release   # after a build that nobody has looked at",
        "Look at it (`imagepipe review`), then `imagepipe approve ASSET`.",
    ),
    "unexpected": Explanation(
        "Something happened that imagepipe did not foresee. What was paid for is kept in the store.",
        "error: unexpected: …",
        "Look at the report file that the message names, and send it with what you did.",
    ),
} | {
    f"drift-{action}": Explanation(
        f"`imagepipe check` found an asset that {what}.",
        "imagepipe check --format github",
        f"{fix} `imagepipe why ASSET` tells the whole reason.",
    )
    for action, what, fix in (
        ("generate", "was never built, or whose recipe changed since", "`imagepipe build` asks the provider."),
        ("wait", "uses another asset which will change first", "`imagepipe build` builds both."),
        (
            "finish",
            "has its picture, but whose files are missing or were made by other steps",
            "`imagepipe build`, free.",
        ),
        ("restore", "was answered before and only needs its files back", "`imagepipe build`, free."),
        ("drop", "left the manifest but not the lock", "`imagepipe build` takes it out of the lock."),
        ("block", "needs a person to decide", "Do what the finding says."),
    )
}
