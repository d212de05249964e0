"""`gradtui others` as a program."""

import json

from gradtui.core.measured.finding import RULES
from gradtui.diagnosis.published.registry import PUBLISHED
from gradtui.diagnosis.published.table import LEGEND
from tests.commands.program import gradtui


def others(*arguments):
    return gradtui("others", *arguments)


def test_the_table_has_a_row_for_every_rule_and_says_what_every_tool_says():
    out, err, status = others("vanishing-sigmoid", "--steps", "200", "--json")
    assert status == 0, err
    told = json.loads(out)
    assert told["step"] == 200 and [row["rule"] for row in told["rows"]] == list(RULES)
    vanishing = next(row for row in told["rows"] if row["rule"] == "vanishing-gradients")
    assert {opinion["tool"]: opinion["says"] for opinion in vanishing["opinions"]} == dict.fromkeys(["gradtui", *PUBLISHED], True)
    assert all(opinion["words"] for row in told["rows"] for opinion in row["opinions"])


def test_it_is_printed_in_aligned_columns_with_the_numbers_behind_it():
    out, _, status = others("vanishing-sigmoid", "--steps", "200")
    lines = out.splitlines()
    assert status == 0 and lines[0] == "changed from Sigmoid, 20 layers deep, step 200" and LEGEND in lines
    headings, at = lines[3], lines.index(next(line for line in lines if line.startswith("Vanishing")))
    columns = [headings.index(word) for word in headings.split()]
    assert [lines[at][column:].split()[0] for column in columns] == ["yes"] * 6
    assert "speaks below 1e-05" in out and max(map(len, lines)) <= 100


def test_what_is_no_preset_is_refused():
    out, err, status = others("no-such-preset")
    assert (out, status) == ("", 2) and "no-such-preset" in err
