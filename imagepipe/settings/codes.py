"""What each diagnostic about the user's settings means, for `imagepipe explain CODE`."""

from imagepipe.errors import Explanation

CODES: dict[str, Explanation] = {
    "settings-syntax": Explanation(
        "Your config.toml cannot be read as TOML.",
        "[budget\nper_build = 5",
        "[budget]\nper_build = 5",
    ),
    "unknown-setting": Explanation(
        "Your config.toml has a name that imagepipe does not know. A key itself is never written there: `key_env` names "
        "the environment variable that holds it.",
        "[budget]\nper_buidl = 5",
        "[budget]\nper_build = 5",
    ),
    "invalid-setting": Explanation(
        "A value in your config.toml, or in an environment variable of imagepipe, does not have the form it needs.",
        '[limits]\njobs = "many"',
        "[limits]\njobs = 5",
    ),
}
