"""The user's own settings: config.toml and the environment, which alone say where requests go and how much may be spent."""

from imagepipe.settings.folders import data_folder, settings_path
from imagepipe.settings.reading import SettingsError, read_settings
from imagepipe.settings.values import Cap, Limits, Settings, merged_models

__all__ = [
    "Cap",
    "Limits",
    "Settings",
    "SettingsError",
    "data_folder",
    "merged_models",
    "read_settings",
    "settings_path",
]
