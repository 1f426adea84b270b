"""Partners that are no economy: withheld, unspecified and residual origins, kept as categories and never as suppliers."""

from __future__ import annotations

SPECIAL = {
    "X-CONF": "partner withheld (confidential)",
    "X-CONF-EU": "partner withheld (confidential), inside the EU",
    "X-UNSPEC": "partner not specified",
    "X-UNSPEC-EU": "partner not specified, inside the EU",
    "X-STORES": "ships' stores and high seas",
    "X-REST": "all other partners outside the EU, taken together",
}
"""Categories of origin or destination, by the code that stands for them in a Trade."""

REST = "X-REST"
"""The partners that a table does not name: none of those that it does name, and nobody withheld."""

TERRITORIES = {"XKX": "Kosovo"}
"""Suppliers like any other that ISO 3166 gives no code of its own."""

INSIDE = ("X-CONF-EU", "X-UNSPEC-EU")
"""Categories that lie inside the EU: not a foreign supplier where the buyer is the EU."""

EUROSTAT = {
    "QP": "X-STORES", "QQ": "X-STORES", "QR": "X-STORES", "QS": "X-STORES",
    "QU": "X-UNSPEC", "QV": "X-UNSPEC-EU", "QW": "X-UNSPEC",
    "QX": "X-CONF", "QY": "X-CONF-EU", "QZ": "X-CONF",
    "EL": "GRC", "XS": "SRB", "XK": "XKX", "XC": "X-UNSPEC", "XL": "X-UNSPEC", "XI": "GBR", "XU": "GBR",
    "CS": "SRB", "AN": "CUW",
}  # fmt: skip
"""Codes of Eurostat's geonomenclature that are not ISO 3166-1 alpha-2 (Commission Implementing Regulation (EU) 2020/1470).

Ceuta (XC) and Melilla (XL) are Spanish and outside the customs territory: no economy of their own, kept as unspecified.
XI is Northern Ireland and XU the rest of the United Kingdom; CS (Serbia and Montenegro) and AN (Netherlands Antilles) are no
more and stand under their largest part, as in BACI.
"""

AGGREGATES = (
    "EU", "EU15", "EU25", "EU27", "EU28", "EU27_2020", "EU28_2013", "EA", "EA19", "EA20", "EA21", "EUROZONE", "EU_EXTRA",
    "EU_INTRA", "EU27_2020_EXTRA", "EU27_2020_INTRA", "EXT_EU27_2020", "INT_EU27_2020", "EU28_EXTRA", "EU28_INTRA",
    "EXT_EU28", "INT_EU28", "WORLD", "WLD", "W00", "W0", "W1", "TOTAL", "1010", "1011",
)  # fmt: skip
"""Sums over other rows that publishers write among reporters and partners; adding them to their parts counts twice."""
