"""Two years and more of Toft Stores Ltd, month by month: the same seed and date, the same books.

Generates about 3,000 documents, each only after what it refers to. Figures are in pounds unless a
step says EUR.
"""

from __future__ import annotations

import calendar
import datetime as dt
import random
from collections.abc import Iterator
from decimal import Decimal

from bookbridge.demo.bank import bank_step, nominal_line, transfer
from bookbridge.demo.closing import closing_events, lines_to_check
from bookbridge.demo.money_out import direct_costs, payroll, vat_payment
from bookbridge.demo.set_up import set_up
from bookbridge.demo.steps import Step, penny
from bookbridge.demo.tale import Story
from bookbridge.demo.trading import money_in, money_out, new_bill, new_invoice

MONTHS_OF_HISTORY = 26
INVOICES_A_MONTH = 34
BILLS_A_MONTH = 13
# A quiet January, a busy run-up to Christmas; percent of an ordinary month.
SEASON = {
    1: 70, 2: 75, 3: 90, 4: 95, 5: 100, 6: 100, 7: 95, 8: 90, 9: 110, 10: 125, 11: 150, 12: 140,
}  # fmt: skip


def steps(*, seed: int, as_of: dt.date) -> Iterator[Step]:
    """Every POST of the demo, in the order in which it must be sent."""
    story = Story(random.Random(seed), as_of)  # noqa: S311 (a story, not a secret)
    months = list(_months(as_of))
    yield from set_up(months[0])
    for first_day in months:
        month_steps = list(_month(story, first_day))
        yield from sorted(month_steps, key=lambda step: step.date)
    yield from closing_events(story)
    yield from lines_to_check(story)


def _months(as_of: dt.date) -> Iterator[dt.date]:
    for back in range(MONTHS_OF_HISTORY - 1, -1, -1):
        index = as_of.year * 12 + as_of.month - 1 - back
        yield dt.date(index // 12, index % 12 + 1, 1)


def _month(story: Story, first_day: dt.date) -> Iterator[Step]:
    last = min(_last_day(first_day), story.as_of)
    busy = SEASON[first_day.month]
    whole_month = last == _last_day(first_day)
    share = Decimal(last.day) / Decimal(_last_day(first_day).day)
    for _ in range(int(INVOICES_A_MONTH * busy * share / 100)):
        yield new_invoice(story, _day(story, first_day, last))
    for _ in range(int(BILLS_A_MONTH * share)):
        yield new_bill(story, _day(story, first_day, last))
    yield from money_in(story, first_day, last)
    yield from money_out(story, first_day, last)
    for date, description, lines, account in direct_costs(story.dice, first_day, last):
        story.owe_vat(date, -sum((Decimal(line["tax_amount"]) for line in lines), Decimal(0)))
        yield bank_step(story.key("cost"), account, date, "bankpayment", description, lines)
    if whole_month:
        yield from _month_end(story, first_day, last)


def _month_end(story: Story, first_day: dt.date, last: dt.date) -> Iterator[Step]:
    wages, journal, paye = payroll(first_day, last)
    yield Step(story.key("journal"), ("journal_entries",), {"journal_entry": journal}, last)
    for description, amount, code in (wages, paye):
        yield bank_step(
            story.key("wages"), "bank:current", last, "bankpayment", description,
            [nominal_line(description, amount, code)],
        )  # fmt: skip
    yield Step(
        story.key("journal"),
        ("journal_entries",),
        {
            "journal_entry": {
                "date": last.isoformat(),
                "description": f"Depreciation {last:%B %Y}",
                "lines_attributes": [
                    {"nominal_code": "740", "amount": "175.00"},
                    {"nominal_code": "005", "amount": "-175.00"},
                ],
            }
        },
        last,
    )
    yield transfer(story, last, "bank:current", "bank:card", Decimal(650), "Card paid off")
    if first_day.month % 3 == 0:
        yield transfer(story, last, "bank:current", "bank:savings", Decimal(1500), "To savings")
        yield bank_step(
            story.key("interest"), "bank:savings", last, "bankreceipt", "Interest",
            [nominal_line("Savings interest", penny(Decimal(story.dice.uniform(18, 60))), "385")],
        )  # fmt: skip
    yield from vat_payment_steps(story, first_day)


def vat_payment_steps(story: Story, first_day: dt.date) -> Iterator[Step]:
    """A quarter's VAT is paid on the seventh of the second month after it ends."""
    due = vat_payment(first_day, story.vat_by_quarter)
    if due is None or due[0] > story.as_of:
        return
    date, amount, label = due
    kind = "bankpayment" if amount > 0 else "bankreceipt"
    yield bank_step(
        story.key("vat"), "bank:current", date, kind, label,
        [nominal_line(label, abs(amount), "260")],
    )  # fmt: skip


def _last_day(first_day: dt.date) -> dt.date:
    return first_day.replace(day=calendar.monthrange(first_day.year, first_day.month)[1])


def _day(story: Story, first: dt.date, last: dt.date) -> dt.date:
    return first + dt.timedelta(days=story.dice.randint(0, (last - first).days))
