"""
The analysis from its definitions, with 40 digits: draws series of every sort from a seed and computes what has to come
out, as the vectors were made. It shares nothing with the TypeScript. `python3 by_definition.py SEED SERIES` prints
them as JSON, one a line.
"""
import json
import math
import random
import sys
from decimal import Decimal, getcontext

getcontext().prec = 40
ZERO, ONE = Decimal(0), Decimal(1)
RATIOS = [Decimal(2) ** (Decimal(j) / 2) for j in range(1, 17)]
HARMONIC = sum(ONE / j for j in range(1, 17))
WORSE = [(ratio, ONE / j / HARMONIC) for j, ratio in enumerate(RATIOS, 1)]
UNHARMED = [(ONE / ratio, ONE / 16) for ratio in RATIOS]


def null_share(minute, psi):
    blue, green = Decimal(minute[0]), Decimal(minute[2])
    return psi * green / (psi * green + blue)


def increment(minute, ratio, psi, delta):
    blue, blue_bad, green, green_bad = map(Decimal, minute)
    if blue == 0 or green == 0:
        return ZERO
    null = null_share(minute, psi)
    other = psi * ratio * green / (psi * ratio * green + blue)
    up, down = other / null, (1 - other) / (1 - null)
    return green_bad * up.ln() + blue_bad * down.ln() - delta * green * (up - 1)


def design_effect(bad, minute, psi, sigma):
    if minute[0] == 0 or minute[2] == 0 or bad <= 1:
        return ONE
    null = null_share(minute, psi)
    return 1 / (1 + (bad - 1) * min(ONE, 2 * sigma * sigma * null * (1 - null)))


def log_sum(logs):
    top = max(logs)
    return top + sum((each - top).exp() for each in logs).ln()


def mixed(sums, grid):
    return log_sum([prior.ln() + each for each, (_, prior) in zip(sums, grid)])


def added(rows, grid):
    sums, course = [ZERO] * 16, []
    for row in rows:
        sums = [before + each for before, each in zip(sums, row)]
        course.append(mixed(sums, grid))
    return course


def bad_of(minute):
    return Decimal(minute[1] + minute[3])


def strict_rows(minutes, psi, delta, sigma):
    weights = [design_effect(bad_of(minute), minute, psi, sigma) for minute in minutes]
    return [[weight * increment(minute, ratio, psi, delta) for ratio, _ in WORSE] for weight, minute in zip(weights, minutes)]


def recommended(minutes, psi, delta, sigma, alpha):
    cap, left, bets, course = (1 / alpha).ln(), ONE, None, []
    for at, row in enumerate(strict_rows(minutes, psi, delta, sigma), 1):
        prior = Decimal("0.5") if at == 1 else Decimal("0.5") / 120 if at <= 121 else None
        if bets is None:
            bets = [prior.ln()] * 16
        elif prior is not None:
            bets = [log_sum([bet, prior.ln()]) for bet in bets]
        left -= prior or ZERO
        bets = [bet + min(cap, each) for bet, each in zip(bets, row)]
        rest = [left.ln()] if at < 121 else []
        course.append(log_sum([prior_of.ln() + bet for bet, (_, prior_of) in zip(bets, WORSE)] + rest))
    return course


def unharmed_rows(minutes, psi, delta, sigma):
    rows, bad = [], ZERO
    for at, minute in enumerate(minutes):
        weight = design_effect(bad / at if at else ZERO, minute, psi, sigma)
        rows.append([weight * increment(minute, ratio, psi, delta) for ratio, _ in UNHARMED])
        bad += bad_of(minute)
    return rows


def bake(minutes, rate):
    return added([[green_bad * ratio.ln() - green * rate * (ratio - 1) for ratio, _ in WORSE] for _, _, green, green_bad in minutes], WORSE)


def sigma_of(requests, bad):
    most = ZERO
    for size in (1, 5):
        starts = range(0, len(requests) - size + 1, size)
        blocks = [(Decimal(sum(requests[at:at + size])), Decimal(sum(bad[at:at + size]))) for at in starts]
        blocks = [block for block in blocks if block[0] > 0]
        share = sum(k for _, k in blocks) / sum(n for n, _ in blocks) if blocks else ZERO
        if len(blocks) < 2 or share == 0:
            continue
        rates = [k / n for n, k in blocks]
        mean = sum(rates) / len(rates)
        variance = sum((rate - mean) ** 2 for rate in rates) / (len(rates) - 1)
        noise = share * sum(1 / n for n, _ in blocks) / len(blocks)
        if variance > noise * (1 + Decimal("2.5") * (Decimal(2) / len(blocks)).sqrt()):
            most = max(most, (size * (variance - noise)).sqrt() / share)
    return min(max(Decimal("1.25") * most, Decimal("0.25")), Decimal("0.75"))


def boundary(reached, rises):
    """Where between 0 and 1 the evidence begins (or ceases) to be enough, by halves."""
    if reached(ZERO) == rises:
        return ZERO
    if reached(ONE) != rises:
        return ONE
    low, high = ZERO, ONE
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if reached(middle) == rises else (middle, high)
    return high


def bounds(minutes, alpha, sigma):
    """Evidence is a sum a + delta * b for each ratio, so the series is gone through once and not for each delta."""
    enough = (1 / alpha).ln()

    def evidence(rows_of, grid):
        plain, one = rows_of(ZERO), rows_of(ONE)
        start = [sum(row[j] for row in plain) for j in range(16)]
        slope = [sum(row[j] for row in one) - start[j] for j in range(16)]
        return lambda delta: mixed([a + delta * b for a, b in zip(start, slope)], grid)

    unharmed = evidence(lambda delta: unharmed_rows(minutes, ONE, delta, sigma), UNHARMED)
    worse = evidence(lambda delta: strict_rows(minutes, ONE, delta, sigma), WORSE)
    return [boundary(lambda d: worse(d) >= enough, False), boundary(lambda d: unharmed(d) >= enough, True)]


def poisson(mean, lots):
    if mean > 500:
        return max(0, round(lots.gauss(mean, math.sqrt(mean))))
    limit, count, product = math.exp(-mean), 0, lots.random()
    while product > limit:
        count, product = count + 1, product * lots.random()
    return count


def drawn_minutes(lots):
    length = lots.choice([1, 2, 5, 20, 60, 130]) if lots.random() < 0.3 else lots.randint(1, 30)
    traffic = 10 ** lots.uniform(0.5, 9 if lots.random() < 0.15 else 4.5)
    weight = lots.choice([0.001, 0.005, 0.05, 0.1, 0.25, 0.333, 0.5, 0.95])
    base, ratio = 10 ** lots.uniform(-4.5, -0.3), lots.choice([1, 1, 1, 2, 5, 20, 0.3])
    onset = lots.choice([0, lots.randint(0, length)])
    minutes = []
    for at in range(length):
        chance = lots.random()
        blue = 0 if chance < 0.05 or 0.1 <= chance < 0.12 else poisson(traffic * (1 - weight), lots)
        green = 0 if 0.05 <= chance < 0.12 else poisson(traffic * weight, lots)
        bad = poisson(green * min(1, base * (ratio if at >= onset else 1)), lots)
        # Connections that fail are counted apart from requests: there may be more of them.
        burst = lots.randint(1, 60) if lots.random() < 0.03 else 0
        minutes.append([blue, poisson(blue * base, lots), green, bad + burst])
    return minutes


def drawn_history(lots):
    share, traffic, varies = 10 ** lots.uniform(-4, -1), 10 ** lots.uniform(1, 5), lots.choice([0, 0.3, 1])
    requests = [0 if lots.random() < 0.03 else poisson(traffic, lots) for _ in range(lots.choice([60, 61, 120]))]
    bad = [min(n, poisson(n * share * math.exp(lots.gauss(0, varies)), lots)) for n in requests]
    return {"requests": requests, "bad": bad}


def drawn(lots):
    series = {
        "minutes": drawn_minutes(lots),
        "method": lots.choice(["recommended", "recommended", "strict", "noninferiority", "bake"]),
        "psi": lots.choice([1, 1.1, 1.25, 1.5, 2]),
        "delta": lots.choice([0, 0.0001, 0.001, 0.05]),
        "sigma": lots.choice([0, 0.1, 0.25, 0.5, 0.75, 1, 3]),
        "alpha": lots.choice([0.001, 0.01, 0.05, 0.1]),
    }
    if series["method"] == "bake":
        series["baselineRate"] = lots.choice([0.0001, 0.001, 0.02, 0.3])
    elif lots.random() < 0.2:
        series["history"] = drawn_history(lots)
    return series


def judged(series):
    minutes, method = series["minutes"], series["method"]
    psi, delta, sigma, alpha = (Decimal(str(series[name])) for name in ("psi", "delta", "sigma", "alpha"))
    if "history" in series:
        sigma = sigma_of(series["history"]["requests"], series["history"]["bad"])
    if method == "strict":
        sigma, course = ZERO, added(strict_rows(minutes, psi, delta, ZERO), WORSE)
    elif method == "noninferiority":
        course = added(unharmed_rows(minutes, psi, delta, sigma), UNHARMED)
    elif method == "bake":
        course = bake(minutes, Decimal(str(series["baselineRate"])))
    else:
        course = recommended(minutes, psi, delta, sigma, alpha)
    least_bad = 0 if method == "noninferiority" else 3
    reached = [at for at in range(len(minutes)) if max(course[:at + 1]) >= (1 / alpha).ln()
               and sum(minute[3] for minute in minutes[:at + 1]) >= least_bad]
    return {
        "logE": [float(each) for each in course],
        "minute": reached[0] + 1 if reached else None,
        "pValue": float((-max(ZERO, *course)).exp()),
        "bounds": None if method == "bake" else [float(each) for each in bounds(minutes, alpha, sigma)],
        "sigma": float(sigma),
    }


if __name__ == "__main__":
    lots = random.Random(int(sys.argv[1]))
    for _ in range(int(sys.argv[2])):
        series = drawn(lots)
        print(json.dumps({"series": series, "expected": judged(series)}, separators=(",", ":")))
