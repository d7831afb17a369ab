"""What goes wrong between a person's fingers and a form."""

from random import Random

from benchmarks.population.names import Texts

_BESIDE = {
    "a": "sq", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh",
    "h": "gj", "i": "uo", "j": "hk", "k": "jl", "l": "k", "m": "n", "n": "bm",
    "o": "ip", "p": "o", "q": "wa", "r": "et", "s": "ad", "t": "ry", "u": "yi",
    "v": "cb", "w": "qe", "x": "zc", "y": "tu", "z": "xt",
    "0": "9", "1": "2", "2": "13", "3": "24", "4": "35", "5": "46", "6": "57",
    "7": "68", "8": "79", "9": "80",
}  # fmt: skip
# What a scanner takes for what.
_SEEN = (("rn", "m"), ("m", "rn"), ("o", "0"), ("l", "1"), ("i", "l"), ("e", "c"),
         ("s", "5"), ("b", "8"), ("u", "v"), ("cl", "d"))  # fmt: skip


def slipped(text: str, chance: Random) -> str:
    """Return the text with one slip: a letter more, less, beside, swapped, misread."""
    if len(text) < 3:
        return text
    kind, at = chance.randrange(5), chance.randrange(1, len(text) - 1)
    if kind == 0:
        return text[:at] + text[at] + text[at:]
    if kind == 1:
        return text[:at] + text[at + 1 :]
    if kind == 2:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    if kind == 3:
        beside = _BESIDE.get(text[at].lower(), text[at])
        return text[:at] + chance.choice(beside) + text[at + 1 :]
    return misread(text, chance)


def misread(text: str, chance: Random) -> str:
    """Return the text as a scanner reads it, where it holds what scanners misread."""
    was, became = chance.choice(_SEEN)
    return text[0] + text[1:].replace(was, became, 1)


def slip(texts: Texts, where: "list[int]", chance: Random) -> None:
    """Let the fingers slip in these places."""
    for place in where:
        if texts[place] is not None:
            texts[place] = slipped(texts[place], chance)
