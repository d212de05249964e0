"""A small grammar that tells small stories: text to learn a language model from, without a download."""

from __future__ import annotations

import re

import numpy as np

RULES: dict[str, tuple[str, ...]] = {
    "story": ("{opening} {sentence} {sentence} {speech} {sentence}\n", "{opening} {speech} {sentence} {ending}\n"),
    "opening": (
        "once upon a time, {person} {past} {thing}.",
        "in {place}, {person} {past} {thing}.",
        "one {day}, {person} {went}.",
    ),
    "sentence": (
        "{person} {past} {thing}.",
        "{thing} was {quality}, and {thing} was {quality}.",
        "then {person} {went}.",
        "{person} {past} {thing} that {past} {thing}.",
        "when {person} {went}, {thing} was {quality}.",
        "it was not {quality}, but {person} {past} it.",
    ),
    "speech": (
        '"{question}?" asked {person}. "{answer}!"',
        '{person} said, "{answer}."',
        '"{answer}," said {person}, and {went}.',
    ),
    "question": ("who {past} {thing}", "why is {thing} {quality}", "where is {thing}"),
    "answer": ("i don't know", "it's {thing}", "{thing} isn't {quality}", "we can't find {thing}", "{person} {past} {thing}"),
    "ending": ("and so {person} {went}.", "that's how {person} {past} {thing}."),
    "person": ("the {quality} {someone}", "the {someone}", "a {someone}", "{name}"),
    "someone": ("king", "queen", "fox", "wizard", "judge", "baker", "sailor", "giant"),
    "name": ("jack", "maxim", "zoe", "quinn", "anna"),
    "thing": ("the {object}", "a {quality} {object}", "the {object} in {place}"),
    "object": ("box", "lamp", "quilt", "jewel", "ship", "bread", "river", "door", "apple"),
    "place": ("the forest", "the castle", "a village", "the deep sea", "the kitchen"),
    "quality": ("old", "quick", "very {quality}", "golden", "small", "lazy", "brave", "hidden"),
    "past": ("found", "watched", "took", "followed", "lost", "kept", "hid behind"),
    "went": ("went to {place}", "ran away", "fell asleep", "jumped over {thing}", "came home"),
    "day": ("morning", "cold evening", "day", "{quality} night"),
}
_SYMBOL = re.compile(r"\{(\w+)\}")


def text(length: int, random: np.random.Generator) -> str:
    """So many characters of stories, a line each; the generator decides them."""
    stories: list[str] = []
    missing = length
    while missing > 0:
        stories.append(_expand("story", random))
        missing -= len(stories[-1])
    return "".join(stories)[:length]


def _expand(symbol: str, random: np.random.Generator) -> str:
    """One of the symbol's rules, drawn evenly, with the symbols in it expanded in turn."""
    rules = RULES[symbol]
    return _SYMBOL.sub(lambda found: _expand(found[1], random), rules[random.integers(len(rules))])
