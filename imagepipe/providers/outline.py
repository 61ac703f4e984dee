"""Draws a placeholder's card in lines, as SVG: the same scheme and the same words as the cards of pixels."""

from xml.sax.saxutils import escape

from imagepipe.providers.card import Card
from imagepipe.providers.colours import Rgb, scheme
from imagepipe.providers.lettering import SMALLEST, fitted, plain, wrapped


def outlined(card: Card) -> bytes:
    """The card as an SVG file of a few hundred bytes: the same card, the same bytes."""
    colours, margin = scheme(card.number), max(4, round(card.unit * 0.075))
    reach = max(card.unit, (card.width * card.height) ** 0.5 * 0.85)
    corner = (card.number // 7 + card.variant - 1) % 4
    x, y = (card.width if corner in (1, 2) else 0), (card.height if corner in (2, 3) else 0)
    parts = [f'<rect width="{card.width}" height="{card.height}" fill="{_hex(colours.ground)}"/>']
    for share, tone in ((0.72, colours.tone), (0.38, colours.accent)):
        parts.append(f'<circle cx="{x}" cy="{y}" r="{round(reach * share)}" fill="{_hex(tone)}"/>')
    parts += _texts(card, margin)
    ink = f'fill="{_hex(colours.ink)}" font-family="sans-serif"'
    size = f'width="{card.width}" height="{card.height}" viewBox="0 0 {card.width} {card.height}"'
    body = "\n".join(f"  {part}" for part in parts)
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {ink}>\n{body}\n</svg>\n'.encode()


def _texts(card: Card, margin: int) -> list[str]:
    """Name and size from the top, the prompt's beginning at the bottom."""
    room = card.width - 2 * margin
    name, size = fitted(plain(card.label) or "placeholder", max(11, round(card.unit * 0.074)), room)
    small = max(SMALLEST, round(card.unit * 0.032))
    found = [_text(name, margin, margin + size, size)]
    found.append(_text(f"{card.width} x {card.height}  svg", margin, margin + size + round(small * 1.6), small))
    lines = wrapped(plain(card.prompt[:600]), small, min(room, small * 18), 3)
    top = card.height - margin - round(small * 1.36) * (len(lines) - 1)
    return found + [_text(line, margin, top + round(small * 1.36) * at, small) for at, line in enumerate(lines)]


def _text(text: str, x: int, y: int, size: int) -> str:
    return f'<text x="{x}" y="{y}" font-size="{size}">{escape(text)}</text>'


def _hex(colour: Rgb) -> str:
    return "#" + "".join(f"{part:02x}" for part in colour)
