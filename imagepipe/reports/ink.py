"""How text is drawn on what is there: colours or none, the characters of Unicode or of ASCII."""

from imagepipe.frozen import frozen

_STYLES = {
    "add": "32",
    "change": "33",
    "free": "36",
    "wait": "35",
    "stop": "1;31",
    "warning": "1;33",
    "quiet": "2",
    "strong": "1",
}
_PLAIN = str.maketrans(
    {
        "–": "-",
        "→": "->",
        "…": "...",
        "·": "-",
        "│": "|",
        "─": "-",
        "×": "x",
        "✓": "*",
        "✗": "!",
        "↺": "<",
        "‖": "=",
        "○": "o",
    }
)


@frozen
class Ink:
    """What the other end can show; `width` is that of a terminal in cells, 0 where lines are not broken."""

    colour: bool = False
    unicode: bool = True
    width: int = 0

    def paint(self, text: str, style: str) -> str:
        """`text` in a style by name (add, change, free, wait, stop, warning, quiet, strong), or as it is."""
        return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if self.colour and text and style else text

    def settle(self, text: str) -> str:
        """The finished text; imagepipe's own signs in ASCII where there is no Unicode."""
        return text if self.unicode else text.translate(_PLAIN)


PLAIN = Ink()
