"""Builds sdist and wheel, installs the wheel made from the sdist apart from the checkout, and runs the main job with it."""

import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
PROBE = """
import json, pathlib, imagepipe, imagepipe.schemafiles as s
assert "site-packages" in imagepipe.__file__, imagepipe.__file__
print(json.dumps(sorted(s.schema(n)["$id"] for n in ("assets", "lock", "plan", "events", "models"))))
"""


def run(*command: str, cwd: Path) -> str:
    """Runs a command and gives its output; the error of a failed one is shown whole."""
    done = subprocess.run(command, cwd=cwd, text=True, capture_output=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stdout}\n{done.stderr}")
    return done.stdout


def main() -> None:
    """Fails with what the first broken command said."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        run(sys.executable, "-m", "build", "--outdir", str(work / "dist"), str(HERE), cwd=HERE)
        wheel = next((work / "dist").glob("*.whl"))
        venv.create(work / "env", with_pip=True)
        python = str(work / "env/bin/python")
        run(python, "-m", "pip", "install", "-q", str(wheel), cwd=work)
        print("schemas in the wheel:", len(json.loads(run(python, "-c", PROBE, cwd=work))))
        (work / "project").mkdir()
        command = str(work / "env/bin/imagepipe")
        run(command, "init", "--ci", "github", "--ci", "gitlab", "--ci", "pre-commit", cwd=work / "project")
        print(run(command, "build", cwd=work / "project").strip().splitlines()[-1])


if __name__ == "__main__":
    main()
