from decimal import Decimal

from bookbridge.kit.charts import HEIGHT, TOP, Point, bars, dots, scale_of


def test_the_axis_holds_zero_and_every_value() -> None:
    for values in ([450, 10], [-450, -10], [-1, 7], [0], [], [99_999_999]):
        figures = [Decimal(v) for v in values]
        scale = scale_of(figures)
        assert scale.low <= min([Decimal(0), *figures])
        assert scale.high >= max([Decimal(0), *figures])
        assert 2 <= len(scale.ticks()) <= 7


def test_bars_stand_on_zero_and_hang_from_it() -> None:
    points = [Point("a", Decimal(100)), Point("b", Decimal(-100))]
    scale = scale_of([p.value for p in points])
    up, down = bars(points, scale)
    assert up.y == TOP and up.y + up.height == scale.y(Decimal(0)) == down.y
    assert down.y + down.height <= HEIGHT


def test_one_dot_and_no_dots_are_fine() -> None:
    assert len(dots([Point("a", Decimal(1))], scale_of([Decimal(1)]))) == 1
    assert dots([], scale_of([])) == []
