"""Where the user's configuration and the ledger live: the platform's folders, or what the environment says."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from imagepipe.plugins import resolve

CONFIG_VARIABLE = "IMAGEPIPE_CONFIG"
DATA_VARIABLE = "IMAGEPIPE_DATA"


def settings_path(env: Mapping[str, str]) -> Path:
    """The user's config.toml, there or not: IMAGEPIPE_CONFIG, else in the platform's folder for configuration."""
    said = env.get(CONFIG_VARIABLE, "")
    return Path(said).expanduser() if said else _platform("user_config_path") / "config.toml"


def data_folder(env: Mapping[str, str]) -> Path:
    """The folder of the ledger: IMAGEPIPE_DATA, else the platform's folder for data."""
    said = env.get(DATA_VARIABLE, "")
    return Path(said).expanduser() if said else _platform("user_data_path")


def _platform(function: str) -> Path:
    find: Any = resolve(f"platformdirs:{function}")
    return Path(find("imagepipe", appauthor=False))
