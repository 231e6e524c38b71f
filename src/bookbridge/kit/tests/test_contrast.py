"""Every text colour can be read on every paper, in both themes and both halves."""

import math
import re
from pathlib import Path

TOKENS = Path(__file__).parents[1] / "static/kit/css/tokens.css"
INKS = ("ink", "ink-quiet", "ok", "wait", "warn", "bad", "accent")
PAPERS = ("paper", "paper-raised", "paper-sunken", "accent-wash", "warn-wash", "bad-wash")
PAIR = re.compile(r"--([\w-]+): light-dark\(oklch\(([\d. ]+)\), oklch\(([\d. ]+)\)\)")


def luminance(colour: str) -> float:
    lightness, chroma, hue = map(float, colour.split())
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short
    red, green, blue = (min(1.0, max(0.0, part)) for part in (red, green, blue))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def roles(css: str) -> dict[str, tuple[str, str]]:
    return {name: (light, dark) for name, light, dark in PAIR.findall(css)}


def test_every_text_colour_can_be_read_on_every_paper() -> None:
    shared, books = TOKENS.read_text().split('[data-half="books"]')
    halves = {"bridge": roles(shared)}
    halves["books"] = halves["bridge"] | roles(books)
    for half, colours in halves.items():
        for theme in (0, 1):
            pairs = [(ink, paper) for ink in INKS for paper in PAPERS] + [("on-accent", "accent")]
            weak = [
                (half, theme, ink, paper)
                for ink, paper in pairs
                if contrast(colours[ink][theme], colours[paper][theme]) < 4.5
            ]
            assert weak == []
