"""Every fact that a page can name, as `{name}` in its text."""

from gradtui.lessons.facts.fact import Fact
from gradtui.lessons.facts.initial import INITIAL
from gradtui.lessons.facts.measured import MEASURED
from gradtui.lessons.facts.optimizing import OPTIMIZING

FACTS: dict[str, Fact] = {**INITIAL, **OPTIMIZING, **MEASURED}
