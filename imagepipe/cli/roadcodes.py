"""The codes with which the road refuses as a whole, and those of the folder it runs in, explained."""

from imagepipe.errors import Explanation

CODES: dict[str, Explanation] = {
    "needs-yes": Explanation(
        "The build may cost more than `confirm_above` (1.00 USD unless your config.toml says otherwise), and nobody said yes.",
        "imagepipe build   # in CI, with a plan worth $4",
        "Look at `imagepipe plan`, then `imagepipe build --yes`, or move `confirm_above` in your config.toml.",
    ),
    "no-settings": Explanation(
        "The user's configuration file cannot be read, or IMAGEPIPE_CONFIG names a file that is not there.",
        "IMAGEPIPE_CONFIG=missing.toml imagepipe plan",
        "Correct or unset IMAGEPIPE_CONFIG, or make the file readable; without one, the defaults hold.",
    ),
    "over-requests": Explanation(
        "The plan takes more requests than `--max-requests` allows. Nothing was sent.",
        "imagepipe build --max-requests 2   # with three assets to generate",
        "Raise `--max-requests`, or build a part: `imagepipe build SELECT`.",
    ),
    "pull-request": Explanation(
        "The build runs in CI for a pull request, whose manifest anybody may have written. Nothing is paid for there.",
        "on: pull_request   # and a step `imagepipe build`",
        "Run `imagepipe check` on pull requests and build after the merge; `--allow-pull-request` where only you can push.",
    ),
    "unknown-provider": Explanation(
        "An asset or `--provider` names a provider that is neither built in nor in your config.toml.",
        "provider: azur",
        "Correct the name, or add `[providers.NAME]` to your config.toml.",
    ),
    "no-key": Explanation(
        "The provider needs a key, and the variable that should hold it is empty. Nothing was sent.",
        "imagepipe build   # without OPENAI_API_KEY",
        "Set the variable, or draw stand-ins: `imagepipe build --provider placeholder`.",
    ),
    "unknown-plugin": Explanation(
        "A step, provider or report is named that neither imagepipe nor an installed package offers.",
        "steps: [sepia]",
        "Correct the name, or install the package that brings it.",
    ),
    "nothing-to-migrate": Explanation(
        "No asset of the project uses the model that `imagepipe migrate-model` was to replace.",
        "imagepipe migrate-model dall-e-3 gpt-image-2   # in a project on gpt-image-1.5",
        "Name one of the models in use, which the message lists.",
    ),
    "build-first": Explanation(
        "A picture is at hand for free (in the store, or under another id), but not in the lock yet. Under the key of "
        "another model it would be lost.",
        "imagepipe migrate-model gpt-image-1 gpt-image-2.5-sunburst   # after a rename",
        "`imagepipe build` first, which pays nothing for it; or migrate with --regenerate.",
    ),
    "changed-meanwhile": Explanation(
        "A manifest was edited while `imagepipe migrate-model` prepared its changes. Nothing was written.",
        "An editor that saves while the command runs",
        "Run the command again.",
    ),
}
