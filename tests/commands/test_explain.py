"""`gradtui explain`."""

import pytest
from click.testing import CliRunner

from gradtui.commands.main import main
from gradtui.lessons.page import pages


def told(*arguments):
    result = CliRunner().invoke(main, ["explain", *arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_without_a_name_the_pages_are_listed():
    assert all(f"{page.title}\n" in told() for page in pages().values())


@pytest.mark.parametrize("name", pages())
def test_a_page_is_printed_with_the_numbers_of_its_preset(name):
    assert told(name).startswith(pages()[name].title)


def test_another_preset_and_another_value_give_other_numbers():
    assert "0.236 ^ 19 = 1.22e-12" in told("vanishing-gradients")
    assert "1.00 ^ 19 = 1.00" in told("vanishing-gradients", "--preset", "healthy-he")
    assert "1.00 ^ 99 = 1.00" in told("vanishing-gradients", "--preset", "healthy-he", "--set", "network.depth=100")


def test_unknown_names_get_the_nearest():
    result = CliRunner().invoke(main, ["explain", "vanishing-gradient"])
    assert result.exit_code == 2 and "Did you mean vanishing-gradients?" in result.stderr
    result = CliRunner().invoke(main, ["explain", "dead-units", "--preset", "helthy-he"])
    assert result.exit_code == 2 and "Did you mean healthy-he?" in result.stderr
