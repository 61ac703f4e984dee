"""Builds every example in a copy with the placeholder, then checks that a second build has nothing to do."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parent


def imagepipe(folder: Path, *arguments: str) -> tuple[int, str]:
    """Exit code and output of one command, with the store inside the copy."""
    command = [sys.executable, "-m", "imagepipe", "-C", str(folder), *arguments]
    done = subprocess.run(command, text=True, capture_output=True, check=False)
    return done.returncode, done.stdout + done.stderr


def main() -> int:
    """One line an example; 1 if any failed."""
    failed = 0
    for manifest in sorted(EXAMPLES.glob("*/assets.yaml")):
        with tempfile.TemporaryDirectory() as folder:
            # The whole of examples/ is copied, since one project may import another beside it.
            copy = Path(folder) / "examples"
            shutil.copytree(EXAMPLES, copy, ignore=shutil.ignore_patterns(".imagepipe"))
            project = copy / manifest.parent.name
            for arguments in (["validate"], ["build", "--provider", "placeholder"], ["check"], ["plan", "--exit-code"]):
                code, text = imagepipe(project, *arguments)
                if code:
                    failed += 1
                    print(f"{manifest.parent.name}: `imagepipe {' '.join(arguments)}` ended with {code}\n{text}")
                    break
            else:
                print(f"{manifest.parent.name}: built and checked")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
