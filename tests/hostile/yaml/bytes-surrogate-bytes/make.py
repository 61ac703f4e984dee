"""Makes the files of this case, too big or too odd to be kept as files."""


def files() -> dict[str, str | bytes]:
    return {"assets.yaml": b"project: \xed\xa0\x80\n"}
