"""What lies around a project: the user's settings, the store, the ledger, the environment and the day."""

import os
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from imagepipe.errors import UsageError
from imagepipe.frozen import frozen
from imagepipe.settings import Settings, data_folder, read_settings, settings_path
from imagepipe.settings.folders import CONFIG_VARIABLE
from imagepipe.store.ledger import Ledger
from imagepipe.store.opening import DiskStore, open_store
from imagepipe.workspace.finding import store_root


@frozen
class Around:
    """Everything outside the manifest that a command depends on; `env` is the environment as it was at the start."""

    settings: Settings
    store: DiskStore
    ledger: Ledger
    env: Mapping[str, str]
    today: date


def today_utc() -> date:
    """The day by which retirements and the ledger count."""
    return datetime.now(UTC).date()


def settings_of(env: Mapping[str, str]) -> Settings:
    """The user's settings; those of an empty file where there is none. Raises errors.UsageError."""
    path = settings_path(env)
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        if env.get(CONFIG_VARIABLE):
            hint = f"correct or unset {CONFIG_VARIABLE}: without the file its caps would not hold"
            raise UsageError(f"there is no file {path}", hint=hint, code="no-settings") from None
        text = ""
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read {path}: {error}", hint="make it a UTF-8 file", code="no-settings") from None
    return read_settings(text, str(path), env)


def around(root: Path, today: date | None = None, store: str = "") -> Around:
    """What lies around the project in `root`; `store` names another store than its own.

    Raises errors.UsageError for wrong settings, Damaged for the store.
    """
    env = dict(os.environ)
    opened = open_store(Path(store) if store else store_root(root, env))
    return Around(settings_of(env), opened, Ledger(data_folder(env)), env, today or today_utc())
