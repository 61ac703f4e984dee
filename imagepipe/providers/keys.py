"""The key of a provider, from the environment alone; looked for before anything heavy is loaded."""

from collections.abc import Mapping

from imagepipe.contracts import Terms
from imagepipe.errors import ProviderStop


def key_of(terms: Terms, env: Mapping[str, str]) -> str:
    """The key that `terms` name, "none" where none is needed. Raises ProviderStop where there is none to be used."""
    key = env.get(terms.key_env, "").strip()
    if not key and terms.switches.get("keyless"):
        return "none"
    ways = f"set {terms.key_env}, or build stand-ins with `--provider placeholder`"
    if not key:
        raise ProviderStop(
            f"provider {terms.name} needs a key, and {terms.key_env} is not set", hint=ways, code="no-key"
        )
    if not (key.isascii() and key.isprintable()):
        raise ProviderStop(f"{terms.key_env} holds characters that no key has", hint=ways, code="no-key")
    return key
