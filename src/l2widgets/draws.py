"""Random numbers, the very ones that NumPy's `default_rng` draws, without the nine shared objects of `numpy.random`.

Those are a quarter of what a browser would fetch for NumPy and take it as long as all the rest, and the figures need
little of them: PCG64 (O'Neill 2014), seeded by NumPy's `SeedSequence`, and the ziggurat method for normal deviates
(Marsaglia & Tsang 2000), with the widths of NumPy's layers.

>>> Draws([7, 1]).permutation(5).tolist()
[3, 0, 2, 1, 4]
"""

from __future__ import annotations

import math
import pkgutil
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

type Floats = NDArray[np.float64]
type Words = NDArray[np.uint64]

__all__ = ["Draws"]

MASK_32, MASK_64, MASK_128 = (1 << 32) - 1, (1 << 64) - 1, (1 << 128) - 1

MULTIPLIER = 0x2360ED051FC65DA44385DF649FCCF645
"""The state is multiplied by this, and an increment is added, modulo 2^128."""

END = 3.6541528853610088
"""Where the ziggurat's lowest layer ends and the tail begins."""
INVERSE = 0.27366123732975827
"""The inverse of that."""


class Draws:
    """A stream of random numbers.

    Parameters
    ----------
    seed
        An integer that is not negative, or several. The same ones give the same stream everywhere.
    """

    def __init__(self, seed: int | Sequence[int]) -> None:
        state, increment = _seeded([seed] if isinstance(seed, int) else seed)
        self._increment = (increment << 1 | 1) & MASK_128
        self._state = self._stepped(self._increment + state)
        self._half: int | None = None

    def random(self, shape: int | tuple[int, ...]) -> Floats:
        """Return numbers from 0 to below 1, evenly distributed."""
        states = self._coming(_product(shape))
        self._state = states.last(len(states.high), self._state)
        return _fractions(states.words()).reshape(shape)

    def uniform(self, low: float, high: float, size: int) -> Floats:
        """Return numbers from one to below another, evenly distributed, as (size,)."""
        return low + (high - low) * self.random(size)

    def standard_normal(self, shape: int | tuple[int, ...]) -> Floats:
        """Return standard normal deviates."""
        deviates = np.empty(_product(shape))
        done = 0
        while done < len(deviates):
            left = len(deviates) - done
            states = self._coming(left + left // 32 + 8)  # one of a hundred takes more than one number
            count, used = _fill(deviates[done:], states.words())
            self._state = states.last(used, self._state)
            done += count
        return deviates.reshape(shape)

    def permutation(self, n: int) -> NDArray[np.int64]:
        """Return the numbers from 0 to n - 1 in random order."""
        order = list(range(n))
        for last in range(n - 1, 0, -1):
            other = self._at_most(last)
            order[last], order[other] = order[other], order[last]
        return np.array(order, dtype=np.int64)

    def _stepped(self, state: int) -> int:
        return (state * MULTIPLIER + self._increment) & MASK_128

    def _coming(self, count: int) -> _States:
        """Return the next states; the generator itself stays where it is."""
        high, low = np.empty((2, count), dtype=np.uint64)
        first = self._stepped(self._state)
        high[:1], low[:1] = first >> 64, first & MASK_64
        # Those that are known give as many again, all at once: so many steps are one multiplication and one addition.
        known, factor, summand = 1, MULTIPLIER, self._increment
        while known < count:
            old, new = slice(0, min(known, count - known)), slice(known, min(2 * known, count))
            high[new], low[new] = _jumped(high[old], low[old], factor, summand)
            known, factor, summand = 2 * known, factor * factor & MASK_128, (factor + 1) * summand & MASK_128
        return _States(high, low)

    def _at_most(self, most: int) -> int:
        """Return an integer from 0 to `most`, each as likely: the first that its bits can be."""
        mask = (1 << most.bit_length()) - 1
        while (number := self._next_half() & mask) > most:
            pass
        return number

    def _next_half(self) -> int:
        """Return the next number of 32 bits: a number's lower half, then its upper one."""
        half, self._half = self._half, None
        if half is None:
            self._state = self._stepped(self._state)
            high, turn = self._state >> 64, self._state >> 122
            mixed = (high ^ self._state) & MASK_64
            word = (mixed >> turn | mixed << 64 - turn) & MASK_64
            self._half, half = word >> 32, word & MASK_32
        return half


class _States(NamedTuple):
    """Successive states of the generator, their upper and lower halves."""

    high: Words
    low: Words

    def words(self) -> Words:
        """Return the numbers that the generator gives in these states."""
        turn, mixed = self.high >> np.uint64(58), self.high ^ self.low
        back: Words = mixed << (np.uint64(64) - turn & np.uint64(63))
        forth: Words = mixed >> turn
        return forth | back

    def last(self, used: int, before: int) -> int:
        """Return the state when so many are used."""
        return int(self.high[used - 1]) << 64 | int(self.low[used - 1]) if used else before


def _product(shape: int | tuple[int, ...]) -> int:
    return math.prod(shape) if isinstance(shape, tuple) else shape


def _fractions(words: Words) -> Floats:
    """Return numbers from 0 to below 1, of the upper 53 bits."""
    return (words >> np.uint64(11)).astype(np.float64) * 2.0**-53


def _jumped(high: Words, low: Words, factor: int, summand: int) -> tuple[Words, Words]:
    """Return states multiplied by a factor, plus a summand, modulo 2^128."""
    factor_high, factor_low = np.uint64(factor >> 64), np.uint64(factor & MASK_64)
    upper, lower = np.uint64(factor_low >> np.uint64(32)), np.uint64(factor_low & np.uint64(MASK_32))
    half, mask = np.uint64(32), np.uint64(MASK_32)
    low_upper, low_lower = low >> half, low & mask
    crossed, other = low_upper * lower, low_lower * upper
    carried = (low_lower * lower >> half) + (crossed & mask) + (other & mask)
    product_high = low_upper * upper + (crossed >> half) + (other >> half) + (carried >> half)
    product_low = low * factor_low
    sum_low = product_low + np.uint64(summand & MASK_64)
    overflow = (sum_low < product_low).astype(np.uint64)
    return product_high + high * factor_low + low * factor_high + np.uint64(summand >> 64) + overflow, sum_low


# ---- Normal deviates


class _Ziggurat(NamedTuple):
    """256 layers of equal area, from the lowest, which has the tail, to the top."""

    widths: Floats
    """What one of the 2^52 steps across a layer is worth."""
    within: Words
    """Below so many steps, a point lies under the curve."""
    heights: Floats
    """The curve at the end of each layer."""


@cache
def _ziggurat() -> _Ziggurat:
    # NumPy's own numbers, since computed ones differ in their last digits.
    widths = np.frombuffer(pkgutil.get_data("l2widgets", "ziggurat.bin") or b"", dtype="<f8")
    ratios = np.concatenate([[END * 2.0**-52 / widths[0], 0.0], widths[1:-1] / widths[2:]])
    heights = np.exp(-0.5 * (widths * 2.0**52) ** 2)
    heights[0] = 1.0
    return _Ziggurat(widths, (ratios * 2.0**52).astype(np.uint64), heights)


def _fill(room: Floats, words: Words) -> tuple[int, int]:
    """Put deviates into `room` while there are words, and return how many of each were used."""
    widths, within, _ = _ziggurat()
    layers = (words & np.uint64(255)).astype(np.intp)
    steps = words >> np.uint64(9) & np.uint64((1 << 52) - 1)
    drawn = steps * widths[layers]
    np.negative(drawn, out=drawn, where=(words & np.uint64(256)).astype(bool))
    done = used = 0
    for seldom in [*np.flatnonzero(steps >= within[layers]).tolist(), len(words)]:
        if seldom < used:  # taken for what came before
            continue
        count = min(seldom - used, len(room) - done)
        room[done : done + count] = drawn[used : used + count]
        done, used = done + count, used + count
        if done == len(room) or seldom == len(words):
            break
        fractions = _fractions(words[seldom + 1 : seldom + 40]).tolist()
        deviate, taken = _decided(int(layers[seldom]), float(drawn[seldom]), fractions)
        if taken > len(fractions):
            break  # which is tried again, with more words
        used += 1 + taken
        if deviate is not None:
            left = layers[seldom] == 0 and int(steps[seldom]) >> 8 & 1
            room[done] = -deviate if left else deviate
            done += 1
    return done, used


def _decided(layer: int, drawn: float, fractions: list[float]) -> tuple[float | None, int]:
    """Return the deviate of a point that may lie above the curve, if it does not, and how many fractions that took."""
    if layer:
        if not fractions:
            return None, 1
        heights = _ziggurat().heights
        height = (heights[layer - 1] - heights[layer]) * fractions[0] + heights[layer]
        return (drawn if height < math.exp(-0.5 * drawn * drawn) else None), 1
    for taken in range(2, len(fractions) + 1, 2):
        beyond = -INVERSE * math.log1p(-fractions[taken - 2])
        if -2 * math.log1p(-fractions[taken - 1]) > beyond * beyond:
            return END + beyond, taken
    return None, len(fractions) + 1


# ---- Seeds (NumPy's SeedSequence, after O'Neill 2015)


def _seeded(seed: Sequence[int]) -> tuple[int, int]:
    """Return a state and an increment."""
    entropy = [part for number in seed for part in _parts(number)]
    multiplier = 0x43B0D7E5

    def hashed(value: int) -> int:
        nonlocal multiplier
        value ^= multiplier
        multiplier = multiplier * 0x931E8875 & MASK_32
        value = value * multiplier & MASK_32
        return value ^ value >> 16

    def mixed(x: int, y: int) -> int:
        value = (0xCA01F9DD * x - 0x4973F715 * y) & MASK_32
        return value ^ value >> 16

    pool = [hashed(entropy[at] if at < len(entropy) else 0) for at in range(4)]
    for source in range(4):
        for at in range(4):
            if at != source:
                pool[at] = mixed(pool[at], hashed(pool[source]))
    for value in entropy[4:]:
        for at in range(4):
            pool[at] = mixed(pool[at], hashed(value))

    multiplier = 0x8B51F9DD
    parts = []
    for at in range(8):
        value = pool[at % 4] ^ multiplier
        multiplier = multiplier * 0x58F38DED & MASK_32
        value = value * multiplier & MASK_32
        parts.append(value ^ value >> 16)
    words = [parts[at] | parts[at + 1] << 32 for at in range(0, 8, 2)]
    return words[0] << 64 | words[1], words[2] << 64 | words[3]


def _parts(number: int) -> list[int]:
    """Return a number as numbers of 32 bits, the lowest first."""
    if number < 0:
        raise ValueError(f"a seed is not negative; got {number}")
    parts = [number & MASK_32]
    while number := number >> 32:
        parts.append(number & MASK_32)
    return parts
