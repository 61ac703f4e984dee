"""Makes the files of this case, too big or too odd to be kept as files."""


def files() -> dict[str, str | bytes]:
    return {"assets.yaml": "version: 1\nproject: Caf\u00e9\n".encode("latin-1")}
