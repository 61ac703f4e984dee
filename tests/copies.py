"""Projects that many tests begin with: made once, then copied, which takes a fraction of building them."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

Begun = Callable[[Callable[[Path], object]], Path]
_made: dict[Callable[[Path], object], Path] = {}


@pytest.fixture
def begun(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Begun:
    """`begun(make)`: the test's folder, as `make` fills a folder; `make` is called for the first test that asks."""

    def copy(make: Callable[[Path], object]) -> Path:
        if make not in _made:
            folder = tmp_path_factory.mktemp("begun")
            make(folder)
            _made[make] = folder
        shutil.copytree(_made[make], tmp_path, symlinks=True, dirs_exist_ok=True)
        return tmp_path

    return copy
