"""Small charts as SVG, each followed by its figures as a table for those who do not see it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django import template

from bookbridge.kit import charts, formatting

register = template.Library()


def _tick(value: Decimal) -> str:
    sign = formatting.MINUS if value < 0 else ""
    return sign + formatting.whole(abs(int(value)))


def _frame(scale: charts.Scale, title: str, points: Sequence[charts.Point]) -> dict[str, object]:
    lines = [{"y": scale.y(t), "text": _tick(t), "zero": t == 0} for t in scale.ticks()]
    return {
        "title": title,
        "points": points,
        "lines": lines,
        "width": charts.WIDTH,
        "height": charts.HEIGHT,
        "left": charts.LEFT,
        "right": charts.WIDTH - charts.RIGHT,
        "text_x": charts.LEFT - 8,
        "label_y": charts.HEIGHT - 6,
    }


@register.inclusion_tag("kit/bar_chart.html")
def bar_chart(points: Sequence[charts.Point], title: str) -> dict[str, object]:
    """Upright bars; those below zero hang from it."""
    scale = charts.scale_of([p.value for p in points])
    return {**_frame(scale, title, points), "bars": charts.bars(points, scale)}


@register.inclusion_tag("kit/line_chart.html")
def line_chart(points: Sequence[charts.Point], title: str) -> dict[str, object]:
    """A line with the area below it; what is only forecast is dashed."""
    scale = charts.scale_of([p.value for p in points])
    places = charts.dots(points, scale)
    known = [d for d in places if not d.point.is_forecast]
    ahead = known[-1:] + [d for d in places if d.point.is_forecast]
    zero = scale.y(Decimal(0))
    area = [(known[0].x, zero), *((d.x, d.y) for d in known), (known[-1].x, zero)] if known else []
    return {
        **_frame(scale, title, points),
        "dots": places,
        "line": " ".join(f"{d.x},{d.y}" for d in known),
        "forecast": " ".join(f"{d.x},{d.y}" for d in ahead) if len(ahead) > 1 else "",
        "area": " ".join(f"{x},{y}" for x, y in area),
    }
