"""The sales history that is imported: the real year if it is there, else one of the same size."""

from __future__ import annotations

import csv
import gzip
import os
import random
from pathlib import Path

REAL = "data/online-retail-2009-2010.csv.gz"
HEADINGS = (
    "Invoice", "StockCode", "Description", "Quantity", "InvoiceDate", "Price", "Customer ID",
    "Country",
)  # fmt: skip
DOCUMENTS = 28_816
LINES_A_DOCUMENT = 18
CUSTOMERS = 4_383


def sales_file(folder: Path) -> tuple[Path, str]:
    """The file, and a word on where it is from."""
    real = Path(os.environ.get("BOOKBRIDGE_TEST_DATA", "../shared")) / REAL
    if real.exists():
        return real.resolve(), "a real retailer's year"
    return _made(folder / "sales.csv.gz"), "made up, of the real year's size"


def _made(path: Path) -> Path:
    dice = random.Random(2010)
    with gzip.open(path, "wt", newline="", encoding="utf-8") as text:
        writer = csv.writer(text)
        writer.writerow(HEADINGS)
        for number in range(DOCUMENTS):
            day = f"2010-{number * 12 // DOCUMENTS + 1:02}-{number % 28 + 1:02} 10:00:00"
            customer = 12_000 + dice.randrange(CUSTOMERS)
            for line in range(LINES_A_DOCUMENT):
                price = dice.randrange(5, 2_000) / 100
                writer.writerow(
                    [500_000 + number, f"S{line}", f"Item {line}", dice.randrange(1, 48), day,
                     f"{price:.2f}", customer, "United Kingdom"]
                )  # fmt: skip
    return path


def read_only_seconds(path: Path) -> tuple[int, int]:
    """The limit of an import: read the file, group its lines, add up; documents and lines."""
    totals: dict[str, float] = {}
    lines = 0
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", newline="", encoding="utf-8") as text:
        for row in csv.DictReader(text):
            lines += 1
            amount = float(row["Quantity"]) * float(row["Price"])
            totals[row["Invoice"]] = totals.get(row["Invoice"], 0.0) + amount
    return len(totals), lines
