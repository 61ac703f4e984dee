"""Keeps secrets out of what is printed or written: the values of key-like variables are replaced by their names."""

import re
from collections.abc import Mapping

_NAME = re.compile(r"(?i)(?:^|_)(?:API)?(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?|PAT)(?:_|$)")
_SHAPES = re.compile(r"\bsk-[A-Za-z0-9_-]{12,}|(?<=://)[^\s/@:]+:[^\s/@]+(?=@)")
_SHORTEST = 8


def secrets_of(environ: Mapping[str, str]) -> dict[str, str]:
    """Value → name for every variable whose name speaks of a key, longest value first. Short values are left out, since
    replacing them would garble ordinary words."""
    found = {value.strip(): name for name, value in environ.items() if _NAME.search(name)}
    return {value: found[value] for value in sorted(found, key=len, reverse=True) if len(value) >= _SHORTEST}


def redacted(text: str, secrets: Mapping[str, str]) -> str:
    """`text` without the secrets, and without anything that has the shape of one."""
    for value, name in secrets.items():
        if value in text:
            text = text.replace(value, f"[{name}]")
    return _SHAPES.sub("[redacted]", text)
