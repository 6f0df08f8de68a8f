#!/usr/bin/env python3
"""What a history file comes to, told by somebody else: soukctl import orders must come to the same, to the penny.

usage: totals.py FILE.csv[.xz] [--rows]    prints JSON; --rows: also each refused row, by line, with its reason

Written from the rules in soukctl(1), not from src/shop/orders/order_import*.c, in another language and with other means: decimal
arithmetic where the program counts pennies, and the whole file in memory where the program reads it by invoices.
"""
import csv
import json
import lzma
import re
import sys
from collections import Counter, defaultdict
from datetime import datetime
from decimal import Decimal

PENNY = Decimal("0.01")
QUANTITY_MOST = 10 ** 9
MONEY_MOST = Decimal(2 ** 53 - 1) * PENNY


def text_of(path):
    raw = lzma.open(path, "rb") if path.endswith(".xz") else open(path, "rb")
    with raw:
        return raw.read().decode("utf-8-sig")


def rows_of(path):
    """Each row as a dict, with the line on which it begins."""
    reader = csv.reader(text_of(path).splitlines(keepends=True))
    names = [name.strip().lower() for name in next(reader)]
    began = reader.line_num + 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            row = dict(zip(names, (cell.strip() for cell in cells)))
            row["line"] = began
            yield row
        began = reader.line_num + 1


def number(text):
    return Decimal(text) if re.fullmatch(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?", text) else None


def kind_of(invoice):
    if len(invoice) > 20 or not re.fullmatch(r"C?[0-9]+", invoice):
        return None
    return "cancellation" if invoice[0] == "C" else "order"


def time_of(text):
    form = re.fullmatch(r"(\d{4}-\d\d-\d\d)[ Tt](\d\d:\d\d:\d\d)(\.\d+)?", text, re.ASCII)
    try:
        return datetime.strptime(" ".join(form.group(1, 2)), "%Y-%m-%d %H:%M:%S") if form else None
    except ValueError:
        return None


def fault_of(row):
    """Why the row is refused: the first of these that holds."""
    kind = kind_of(row["invoiceno"])
    quantity, price = number(row["quantity"]), number(row["unitprice"])
    if kind is None:
        return "not_a_sale"
    if not row["stockcode"]:
        return "blank"
    if re.fullmatch(r"[a-z]{2,8}_[0-9A-Za-z]+", row["stockcode"]):
        return "id_shaped"
    if len(row["stockcode"]) > 64 or len(row["description"]) > 255 or len(row["country"]) > 100:
        return "too_long"
    if not re.fullmatch(r"[A-Za-z0-9_-]{0,40}", row["customer"]):
        return "pattern"
    if quantity is None or quantity != quantity.to_integral_value():
        return "not_an_integer"
    if kind == "order" and quantity < 1:
        return "too_small"
    if kind == "cancellation" and quantity > -1:
        return "too_large"
    if abs(quantity) > QUANTITY_MOST:
        return "out_of_range"
    if price is None:
        return "type"
    if price < 0:
        return "too_small"
    if price != price.quantize(PENNY):
        return "too_precise"
    if abs(quantity) * price > MONEY_MOST:
        return "out_of_range"
    if time_of(row["invoicedate"]) is None:
        return "not_a_time"
    return None


def customer_of(row):
    """17850.0 is 17850."""
    text = row["customerid"]
    return text[:-2] if text.endswith(".0") else text


def value_of(row):
    return abs(number(row["quantity"])) * number(row["unitprice"])


def gather(path):
    """The invoices, each a list of rows that were taken, and the refused rows."""
    invoices, sums, refused = defaultdict(list), defaultdict(Decimal), {}
    for row in rows_of(path):
        row["customer"] = customer_of(row)
        reason = fault_of(row)
        first = invoices[row["invoiceno"]][:1] if not reason else []
        if first and any(first[0][name] != row[name] for name in ("customer", "country")):
            reason = "invoice_differs"
        if not reason and sums[row["invoiceno"]] + value_of(row) > MONEY_MOST:
            reason = "out_of_range"
        if reason:
            refused[row["line"]] = reason
        else:
            sums[row["invoiceno"]] += value_of(row)
            invoices[row["invoiceno"]].append(row)
    return {no: rows for no, rows in invoices.items() if rows}, refused


def new_sums():
    return {"orders": 0, "lines": 0, "sales": Decimal(0), "cancellations": 0, "cancelled_lines": 0, "cancelled": Decimal(0)}


def add(sums, kind, rows):
    total = sum(value_of(row) for row in rows)
    count, lines, money = ("orders", "lines", "sales") if kind == "order" else ("cancellations", "cancelled_lines", "cancelled")
    sums[count] += 1
    sums[lines] += len(rows)
    sums[money] += total


def shown(sums):
    return {name: str(value.quantize(PENNY)) if isinstance(value, Decimal) else value for name, value in sums.items()}


def main(path, with_rows):
    invoices, refused = gather(path)
    months, countries, all_of_it = defaultdict(new_sums), defaultdict(new_sums), new_sums()
    for no, rows in invoices.items():
        kind, month = kind_of(no), time_of(rows[0]["invoicedate"]).strftime("%Y-%m")
        for sums in (months[month], countries[rows[0]["country"]], all_of_it):
            add(sums, kind, rows)
    report = {
        "all": shown(all_of_it),
        "customers": len({rows[0]["customer"] for rows in invoices.values()} - {""}),
        "guests": sum(1 for rows in invoices.values() if not rows[0]["customer"]),
        "refused": dict(sorted(Counter(refused.values()).items())),
        "months": {name: shown(months[name]) for name in sorted(months)},
        "countries": {name: shown(countries[name]) for name in sorted(countries)},
    }
    if with_rows:
        report["rows"] = refused
    json.dump(report, sys.stdout, indent=1, sort_keys=False)
    print()


if __name__ == "__main__":
    arguments = [argument for argument in sys.argv[1:] if argument != "--rows"]
    if len(arguments) != 1:
        sys.exit(__doc__)
    main(arguments[0], "--rows" in sys.argv)
