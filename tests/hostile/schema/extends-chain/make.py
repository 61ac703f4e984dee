"""Makes the files of this case, too big or too odd to be kept as files."""


def files() -> dict[str, str | bytes]:
    chain = "".join(f"  a{at}: {{extends: a{at + 1}, output: a{at}.png}}\n" for at in range(2000))
    return {"assets.yaml": "assets:\n" + chain + "  a2000: {prompt: x, output: z.png}\n"}
