"""How numbers are printed: rounded, never truncated, and never so that the rounding changes what they say.

Rounding works on the shortest decimal that stands for the number and goes half away from zero, as a reader does it by
hand: 0.0115 becomes 0.012, whatever its binary form.
"""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal

__all__ = [
    "NOT_ESTIMABLE",
    "format_count",
    "format_estimate",
    "format_number",
    "format_p",
    "format_percent",
    "p_statement",
    "round_half_up",
]

#: What stands where a number cannot be computed.
NOT_ESTIMABLE = "not estimable"

#: Levels of significance that a rounded p value must not cross or reach.
_THRESHOLDS = (Decimal("0.05"), Decimal("0.01"))
#: Below this a p value is printed as smaller than it.
_SMALLEST_P = Decimal("0.001")
#: Above this a p value is printed as greater than it.
_GREATEST_P = Decimal("0.99")
#: From here two decimals suffice.
_PLAIN_P = Decimal("0.1")
#: As many decimals as a p value close to a threshold is given before it is printed as smaller or greater.
_MOST_P_DECIMALS = 6
#: From here a number is printed with a power of ten.
_LARGE = 1e6


def round_half_up(value: float, decimals: int) -> Decimal:
    """Return a number rounded to so many decimals, halves away from zero. The number must be finite."""
    return Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def format_p(p: float | None) -> str:
    """Return a p value as it is printed in a table.

    Two decimals from 0.1, three below, ``<0.001`` and ``>0.99`` outside; more decimals where the rounded value would
    reach 0.05 or 0.01 although the p value is not that number, so that 0.0499 is never read as 0.05 (ICMJE and STROBE
    ask for exact p values).

    Parameters
    ----------
    p
        From 0 to 1; ``None`` or NaN where it could not be computed.
    """
    sign, text = _p_parts(p)
    return text if sign == "=" else f"{sign}{text}"


def p_statement(p: float | None) -> str:
    """Return a p value as it stands in a sentence: ``p = 0.012``, ``p < 0.001``."""
    sign, text = _p_parts(p)
    return f"p {text}" if sign == "" else f"p {sign} {text}"


def _p_parts(p: float | None) -> tuple[str, str]:
    if p is None or math.isnan(p):
        return "", NOT_ESTIMABLE
    exact = Decimal(repr(float(p)))
    if exact < _SMALLEST_P:
        return "<", str(_SMALLEST_P)
    if exact > _GREATEST_P:
        return ">", str(_GREATEST_P)
    for decimals in range(2 if exact >= _PLAIN_P else 3, _MOST_P_DECIMALS + 1):
        rounded = round_half_up(p, decimals)
        reached = [threshold for threshold in _THRESHOLDS if rounded == threshold != exact]
        if not reached:
            return "=", str(rounded)
    return ("<" if exact < reached[0] else ">"), str(reached[0])


def format_number(value: float | None, significant: int = 3) -> str:
    """Return a number with so many significant digits; digits before the decimal point are always kept.

    Infinity is ``∞``, a number that cannot be computed :data:`NOT_ESTIMABLE`; from a million on a power of ten is used.
    """
    if value is None or math.isnan(value):
        return NOT_ESTIMABLE
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == 0.0:
        return "0"
    if abs(value) >= _LARGE:
        mantissa, exponent = f"{value:.{significant - 1}e}".split("e")
        return f"{mantissa.replace('-', '−')}e{int(exponent)}"
    decimals = max(0, significant - 1 - math.floor(math.log10(abs(value))))
    rounded = round_half_up(value, decimals)
    # 9.996 rounds to 10.00, one digit too many.
    if decimals and abs(rounded) >= Decimal(10) ** (significant - decimals):
        rounded = round_half_up(value, decimals - 1)
    return _with_minus(rounded)


def format_estimate(
    estimate: float | None,
    low: float | None,
    high: float | None,
    *,
    decimals: int | None = None,
    significant: int = 3,
) -> str:
    """Return an estimate with its interval: ``2.37 (1.66 to 3.39)``.

    Parameters
    ----------
    estimate, low, high
        Infinite limits are printed as ``∞``, missing ones as :data:`NOT_ESTIMABLE`.
    decimals
        Print all three with so many decimals; by default each has ``significant`` digits, as a ratio needs.
    """

    def one(value: float | None) -> str:
        if decimals is None or value is None or not math.isfinite(value):
            return format_number(value, significant)
        return _with_minus(round_half_up(value, decimals))

    if estimate is None or math.isnan(estimate):
        return NOT_ESTIMABLE
    if low is None and high is None:
        return f"{one(estimate)} (interval {NOT_ESTIMABLE})"
    return f"{one(estimate)} ({one(low)} to {one(high)})"


def format_percent(share: float | None, decimals: int = 1) -> str:
    """Return a share as a percentage: ``19.5 %``."""
    if share is None or math.isnan(share):
        return NOT_ESTIMABLE
    # The product with 100 in decimals: 0.285 * 100 is 28.499999999999996 in binary.
    percent = Decimal(repr(float(share))) * 100
    return f"{_with_minus(percent.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP))} %"


def format_count(successes: int, n: int, decimals: int = 1) -> str:
    """Return a count with its percentage and denominator: ``15/77 (19.5 %)``."""
    if n == 0:
        return f"{successes}/{n}"
    # From the integers themselves, so that a tie is a tie: 1/16 is 6.25 % exactly.
    percent = (Decimal(successes) * 100 / Decimal(n)).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return f"{successes}/{n} ({percent} %)"


def _with_minus(number: Decimal) -> str:
    """Return a decimal with a true minus sign, and without one where it was rounded to zero."""
    return format(abs(number), "f") if number >= 0 else f"−{format(abs(number), 'f')}"
