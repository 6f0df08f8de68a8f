"""The oracle of money: reads what money-proof says, works all of it out again with decimal and fractions, and says where
the two differ. Written from the conventions, not from the sources: nothing here is shared with them but the format."""
import json
import sys
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, getcontext
from fractions import Fraction

getcontext().prec = 120
INT64 = range(-2**63, 2**63)
MODES = {"ROUND_HALF_UP": ROUND_HALF_UP, "ROUND_HALF_EVEN": ROUND_HALF_EVEN, "ROUND_DOWN": ROUND_DOWN}
WHOLE = 1000000
SHIPPING = 2


def fitting(n):
    return n if n in INT64 else None


def rounded(x, mode=ROUND_HALF_EVEN):
    """A fraction as a whole number; decimal does the rounding, after the division was made exact to 120 digits."""
    whole, rest = divmod(abs(x.numerator), x.denominator)
    tail = Decimal(rest) / Decimal(x.denominator)
    if 0 < rest and 2 * rest == x.denominator:
        tail = Decimal("0.5")
    n = int((Decimal(whole) + tail).to_integral_value(rounding=mode))
    return -n if x < 0 else n


def split(amount, weights):
    total = sum(weights)
    if not total:
        return [(0, 0) for _ in weights]
    exact = [Fraction(amount * w, total) for w in weights]
    parts = [x.numerator // x.denominator for x in exact]
    by_rest = sorted(range(len(weights)), key=lambda i: (parts[i] - exact[i], i))
    for i in by_rest[: amount - sum(parts)]:
        parts[i] += 1
    return [(part, rounded(x)) for part, x in zip(parts, exact)]


# ---- single sums


def check_sum(a, b, got):
    return fitting(a + b) == got


def check_scale(n, num, den, mode, got):
    return fitting(rounded(Fraction(n * num, den), MODES[mode])) == got


def check_split(amount, weights, got):
    return [list(part) for part in split(amount, weights)] == got and sum(part for part, _ in got) == amount


def check_text(n, scale, text, back):
    sign, digits, exponent = Decimal(text).as_tuple()
    return back == n and Decimal(text) == Decimal(n).scaleb(-scale) and exponent == -scale


def check_convert(rate, scale, minor, from_digits, to_digits, got):
    exact = Fraction(minor * rate, 10**scale) * Fraction(10**to_digits, 10**from_digits)
    return fitting(rounded(exact, ROUND_HALF_UP)) == got


# ---- baskets


def unit_of(line):
    return line.get("override", line.get("contract", line["list"]))


def is_for(rule, line):
    if line["product"] in rule["not_products"] or set(line["categories"]) & set(rule["not_categories"]):
        return False
    if not rule["products"] and not rule["categories"]:
        return True
    return line["product"] in rule["products"] or bool(set(line["categories"]) & set(rule["categories"]))


def class_of(rule):
    return SHIPPING if rule["type"] == "free_shipping" else rule["class"]


def gotten(rule, units):
    free = 0
    times = 0
    while units > rule["buy"]:
        if rule["repeats"] and times == rule["repeats"]:
            break
        full = units // (rule["buy"] + rule["get"])
        if full > 1:  # many at once
            many = min(full - 1, rule["repeats"] - times) if rule["repeats"] else full - 1
            free += many * rule["get"]
            units -= many * (rule["buy"] + rule["get"])
            times += many
            continue
        units -= rule["buy"]
        step = min(rule["get"], units)
        free += step
        units -= step
        times += 1
    return free


def amount_of(rule, base):
    if rule["type"] == "fixed_amount":
        return min(rule["amount"], base)
    if rule["type"] == "percentage":
        return min(rounded(Fraction(base * rule["percent"], WHOLE)), base)
    return base


def takings(rule, lines, left, shipping_left, mine):
    """What the rule takes of each line, and of shipping (None)."""
    if rule["type"] == "buy_x_get_y":
        paid = [i for i in mine if left[i]]
        free = gotten(rule, sum(lines[i]["quantity"] for i in paid))
        out = {}
        for i in sorted(paid, key=lambda i: (Fraction(left[i], lines[i]["quantity"]), mine.index(i))):
            count = min(free, lines[i]["quantity"])
            out[i] = rounded(Fraction(left[i] * count * rule["percent"], lines[i]["quantity"] * WHOLE))
            free -= count
        return out
    if class_of(rule) == SHIPPING:
        return {None: amount_of(rule, shipping_left)}
    parts = split(amount_of(rule, sum(left[i] for i in mine)), [left[i] for i in mine])
    return {i: part for i, (part, _) in zip(mine, parts)}


def nature(line):
    return (line["product"], line["variant"], unit_of(line), line["quantity"], line["class"])


def discounts_of(basket, left):
    """Applies the rules to left (the last of which is shipping); gives [rule id → amount] for each line, and outcomes."""
    lines = basket["lines"]
    order = sorted(range(len(lines)), key=lambda i: nature(lines[i]))
    found = [{} for _ in left]
    outcomes = {}
    applied = []
    for rule in sorted(basket["rules"], key=lambda r: (r["coupon"], -r["priority"], class_of(r), r["id"])):
        rivals = [r for r in applied if not r["coupon"] and class_of(r) == class_of(rule)]
        blocked = any(r["stacking"] == "exclusive" for r in applied) or (rule["stacking"] == "exclusive" and applied)
        if not rule["coupon"] and not (rule["stacking"] == "combinable" and all(r["stacking"] == "combinable" for r in rivals)):
            blocked = blocked or bool(rivals)
        mine = [i for i in order if is_for(rule, lines[i])]
        if blocked:
            outcomes[rule["id"]] = 4
        elif not mine:
            outcomes[rule["id"]] = 2
        elif sum(left[:-1]) < rule["minimum"] or sum(lines[i]["quantity"] for i in mine) < rule["units"]:
            outcomes[rule["id"]] = 3
        else:
            taken = takings(rule, lines, left, left[-1], mine)
            for i, amount in taken.items():
                at = len(lines) if i is None else i
                left[at] -= amount
                if amount:
                    found[at][rule["id"]] = amount
            outcomes[rule["id"]] = 1 if sum(taken.values()) else 0
            if sum(taken.values()):
                applied.append(rule)
    return found, outcomes


def taxes_of(taxes, amount, included):
    """[(id, base, tax)] of one line, simple ones first."""
    simple = sorted((t for t in taxes if not t["compound"]), key=lambda t: (t["priority"], t["id"]))
    compound = sorted((t for t in taxes if t["compound"]), key=lambda t: (t["priority"], t["id"]))
    out = []
    if not included:
        total = amount
        for t in simple + compound:
            base = total if t["compound"] else amount
            tax = rounded(Fraction(base * t["percent"], WHOLE))
            out.append([t["id"], base, tax])
            total += tax
        return out
    behind = []
    for t in reversed(compound):
        net = rounded(Fraction(amount * WHOLE, WHOLE + t["percent"]))
        behind.insert(0, [t["id"], net, amount - net])
        amount = net
    net = rounded(Fraction(amount * WHOLE, WHOLE + sum(t["percent"] for t in simple)))
    parts = split(amount - net, [t["percent"] for t in simple])
    return [[t["id"], net, part] for t, (part, _) in zip(simple, parts)] + behind


def check_basket(basket):
    lines = basket["lines"]
    everything = lines + [basket["shipping"]]
    left = [unit_of(line) * line["quantity"] for line in everything]
    subtotal, shipping = sum(left[:-1]), left[-1]
    found, outcomes = discounts_of(basket, left)
    tax_total = 0
    for at, line in enumerate(everything):
        is_shipping = at == len(lines)
        mine = [t for t in basket["taxes"] if (t["on_shipping"] if is_shipping else t["class"] in ("", line["class"]))]
        levied = taxes_of(mine, left[at], basket["included"]) if left[at] else []
        tax = sum(amount for _, _, amount in levied)
        tax_total += tax
        if line["taxes"] != levied or dict(line["discounts"]) != found[at]:
            return False
        if line["total"] != left[at] + (0 if basket["included"] else tax):
            return False
    for rule in basket["rules"]:
        if rule["outcome"] != outcomes[rule["id"]] or rule["discount"] != sum(f.get(rule["id"], 0) for f in found):
            return False
    total = sum(left) + (0 if basket["included"] else tax_total)
    return basket["totals"] == [subtotal, subtotal - sum(left[:-1]), left[-1], tax_total, total]


CHECKS = {"sum": check_sum, "scale": check_scale, "split": check_split, "text": check_text, "convert": check_convert,
          "basket": check_basket, "refused": lambda: False}


def main():
    counts = {}
    wrong = 0
    for text in sys.stdin:
        kind, *rest = json.loads(text)
        counts[kind] = counts.get(kind, 0) + 1
        if not CHECKS[kind](*rest):
            wrong += 1
            if wrong <= 10:
                print(f"# differs: {text.strip()}")
    print(json.dumps({"counts": counts, "wrong": wrong}))


main()
