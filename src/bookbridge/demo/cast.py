"""Who the demo business deals with. Every name is made up."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

COMPANY_NAME = "Toft Stores Ltd"
# Passes HMRC's check digits and belongs to nobody whom we know of.
VAT_NUMBER = "980780684"
OWNER_NAME = "Morag Toft"
PROJECT = "project:harbour"


@dataclass(frozen=True)
class Party:
    """A customer or supplier; `terms_days` is when it pays or is paid, `weight` how often."""

    key: str
    name: str
    contact: str
    town: str
    postcode: str
    terms_days: int
    weight: int
    currency: str = "GBP"


@dataclass(frozen=True)
class Product:
    """Something sold; price in pounds, net of VAT."""

    key: str
    code: str
    name: str
    price: Decimal
    tax_code: str


CUSTOMERS = (
    Party("customer:kiln", "Kiln & Co", "Asha Kiln", "Stoke-on-Trent", "ST4 2AA", 30, 9),
    Party("customer:brook", "Brook Interiors Ltd", "Ed Brook", "Leeds", "LS1 4AP", 30, 8),
    Party("customer:harbour", "Harbour House Hotel", "Lena Quay", "Whitby", "YO21 3PR", 14, 7),
    Party("customer:fern", "Fern & Fable", "Isla Fern", "York", "YO1 7HH", 30, 7),
    Party("customer:millrace", "Millrace Kitchens", "Tom Race", "Hebden Bridge", "HX7 8AD", 45, 6),
    Party("customer:osprey", "Osprey Lodge", "Callum Ray", "Aviemore", "PH22 1QH", 30, 5),
    Party("customer:plum", "Plum Line Designs", "Nia Plum", "Cardiff", "CF10 1EP", 30, 5),
    Party("customer:sorrel", "Sorrel & Sons", "Joe Sorrel", "Ludlow", "SY8 1AA", 30, 5),
    Party("customer:tideway", "Tideway Cafés Ltd", "Rita Ebb", "Brighton", "BN1 1AE", 14, 5),
    Party("customer:wren", "Wren Street Studio", "Ana Wren", "London", "E8 3DL", 30, 4),
    Party("customer:alder", "Alder Barn Weddings", "Meg Alder", "Stroud", "GL5 1AP", 21, 4),
    Party("customer:basalt", "Basalt Homeware", "Finn Stone", "Belfast", "BT1 5GS", 30, 4),
    Party("customer:copper", "Copper Kettle Tearooms", "May Potts", "Bath", "BA1 1SX", 14, 3),
    Party("customer:dovetail", "Dovetail Furniture", "Ian Joyner", "Kendal", "LA9 4DL", 60, 3),
    Party("customer:elm", "Elm Court School", "The bursar", "Ely", "CB7 4DL", 30, 3),
    Party("customer:gorse", "Gorse Hill Farm Shop", "Pat Gorse", "Keswick", "CA12 5JR", 30, 3),
    Party("customer:heron", "Heron Gallery", "Una Pike", "St Ives", "TR26 1LP", 30, 2),
    Party("customer:juniper", "Juniper Spa", "Zoe Berry", "Buxton", "SK17 6BE", 30, 2),
    Party("customer:lark", "Lark Rise Lettings", "Sam Lark", "Oxford", "OX1 3DP", 30, 2),
    Party("customer:quarry", "Quarry Bank Builders", "Des Flint", "Bradford", "BD1 1HY", 30, 1),
)

SUPPLIERS = (
    Party(
        "supplier:potteries", "North Potteries Ltd", "Orders", "Stoke-on-Trent", "ST6 3EJ", 30, 9
    ),
    Party("supplier:linen", "Lowland Linen Mills", "Sales desk", "Dundee", "DD1 4HN", 30, 8),
    Party("supplier:candles", "Wick & Wax", "Bee Tallow", "Hexham", "NE46 3PX", 30, 6),
    Party("supplier:glass", "Clearwater Glass", "Orders", "Stourbridge", "DY8 1AA", 30, 6),
    Party("supplier:baskets", "Withy Baskets", "Rob Osier", "Taunton", "TA1 3PF", 30, 4),
    Party("supplier:packaging", "Parcel & Twine", "Accounts", "Hull", "HU1 3DZ", 30, 5),
    Party("supplier:couriers", "Moorland Couriers", "Accounts", "Ripon", "HG4 1AA", 14, 5),
    Party("supplier:power", "Dales Energy", "Billing", "Skipton", "BD23 1JD", 14, 2),
    Party("supplier:web", "Ledgerline Web", "Support", "Manchester", "M1 2JQ", 14, 2),
    Party(
        "supplier:accountants", "Hale & Hart Accountants", "Jo Hart", "Harrogate", "HG1 1TJ", 30, 1
    ),
)
EURO_SUPPLIER = Party(
    "supplier:rhein", "Rhein Keramik GmbH", "Export", "Höhr-Grenzhausen", "56203", 30, 0, "EUR"
)

PRODUCTS = (
    Product("item:mug", "MUG-01", "Stoneware mug", Decimal("6.25"), "ST"),
    Product("item:bowl", "BOWL-02", "Serving bowl", Decimal("18.40"), "ST"),
    Product("item:plate", "PLATE-10", "Dinner plate", Decimal("9.95"), "ST"),
    Product("item:throw", "THROW-01", "Wool throw", Decimal("42.50"), "ST"),
    Product("item:cushion", "CUSH-04", "Linen cushion", Decimal("16.75"), "ST"),
    Product("item:candle", "CAND-12", "Beeswax candle", Decimal("7.333"), "ST"),
    Product("item:vase", "VASE-03", "Glass vase", Decimal("22.90"), "ST"),
    Product("item:basket", "BASK-02", "Willow basket", Decimal("28.00"), "ST"),
    Product("item:book", "BOOK-07", "Book of table settings", Decimal("14.99"), "ZR"),
    Product("item:apron", "APRN-05", "Child's apron", Decimal("8.50"), "ZR"),
)
