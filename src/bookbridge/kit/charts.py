"""The geometry of the two charts: pure functions from figures to SVG coordinates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

WIDTH, HEIGHT = 480, 160
LEFT, RIGHT, TOP, BOTTOM = 52, 6, 10, 22
TICKS_MAX = 4
# Where the axis ends when every value is zero.
FLAT_TOP = Decimal(100)


@dataclass(frozen=True)
class Point:
    """One figure with the words that name it."""

    label: str
    value: Decimal
    is_forecast: bool = False


@dataclass(frozen=True)
class Scale:
    """A value axis from a round number to a round number."""

    low: Decimal
    high: Decimal
    step: Decimal

    def y(self, value: Decimal) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(float(HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP)), 2)

    def ticks(self) -> list[Decimal]:
        count = int((self.high - self.low) / self.step)
        return [self.low + self.step * n for n in range(count + 1)]


def scale_of(values: Sequence[Decimal]) -> Scale:
    """An axis that holds zero and every value, with at most a few round steps."""
    low, high = min([Decimal(0), *values]), max([Decimal(0), *values])
    if low == high:
        high = FLAT_TOP
    rough = (high - low) / TICKS_MAX
    magnitude = Decimal(10) ** rough.adjusted()
    step = next(magnitude * n for n in (1, 2, 5, 10) if magnitude * n >= rough)
    # Decimal's // cuts towards zero, so both ends are pushed outwards by hand.
    return Scale(
        low=(low // step - (low % step < 0)) * step,
        high=(high // step + (high % step > 0)) * step,
        step=step,
    )


@dataclass(frozen=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    middle: float
    point: Point
    has_label: bool


def _shows_label(position: int, count: int) -> bool:
    """Every label up to twelve; beyond that about six, counted back from the last."""
    return count <= 12 or (count - 1 - position) % max(1, count // 6) == 0


def bars(points: Sequence[Point], scale: Scale) -> list[Bar]:
    """An upright bar for each point, standing on or hanging from zero."""
    slot = (WIDTH - LEFT - RIGHT) / max(1, len(points))
    zero = scale.y(Decimal(0))
    out = []
    for n, point in enumerate(points):
        top = scale.y(point.value)
        out.append(
            Bar(
                x=round(LEFT + slot * n + slot * 0.16, 2),
                y=min(top, zero),
                width=round(slot * 0.68, 2),
                height=round(abs(zero - top), 2),
                middle=round(LEFT + slot * (n + 0.5), 2),
                point=point,
                has_label=_shows_label(n, len(points)),
            )
        )
    return out


@dataclass(frozen=True)
class Dot:
    x: float
    y: float
    point: Point
    has_label: bool


def dots(points: Sequence[Point], scale: Scale) -> list[Dot]:
    """The places of a line's points, from edge to edge."""
    slot = (WIDTH - LEFT - RIGHT - 24) / max(1, len(points) - 1)
    return [
        Dot(
            round(LEFT + 12 + slot * n, 2),
            scale.y(point.value),
            point,
            _shows_label(n, len(points)),
        )
        for n, point in enumerate(points)
    ]
