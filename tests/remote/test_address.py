"""Addresses: every form is read, every hostile one is refused before a program starts."""

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from gradtui.commands.main import main
from gradtui.remote.address import Address, BadAddress, is_address, parse

HOSTILE = [
    "ssh://-oProxyCommand=touch%20x/labs",
    "-oProxyCommand=id:labs/deep.toml",
    "ssh:///labs/deep.toml",
    ":labs/deep.toml",
    "ssh://-l@host/x",
    "-l@host:x",
    "ssh://us er@host/x",
    "ssh://host name/x",
    "ssh://$(id)/x",
    "`id`:x",
    "host;id:x",
    "ssh://host|id/x",
    "ssh://user:secret@host/x",
    "ssh://host:ssh/x",
    "ssh://host:0/x",
    "ssh://host:65536/x",
    "ssh://host:-1/x",
    "ssh://host/x?a=b",
    "ssh://host/x#part",
    "ssh://host/%00",
    "ssh://host/a%0Ab",
    "host:a\x1b[2Jb",
    "ssh://ho\u202est/x",
    "ssh://host/~root/x",
    "https://host/x.toml",
    "file:///etc/passwd",
]


@pytest.mark.parametrize(
    "word, address",
    [
        ("ssh://host/labs/deep.toml", Address("host", "/labs/deep.toml")),
        ("ssh://ada@host:2222/labs", Address("host", "/labs", "ada", 2222)),
        ("ssh://host/~/deep.toml", Address("host", "deep.toml")),
        ("ssh://host", Address("host", ".")),
        ("ssh://[::1]:22/a%20b", Address("::1", "/a b", None, 22)),
        ("host:labs/", Address("host", "labs/")),
        ("host:", Address("host", ".")),
        ("ada@host:/labs/a b?#", Address("host", "/labs/a b?#", "ada")),
        ("host:~/deep.toml", Address("host", "deep.toml")),
        ("[fe80::1]:x", Address("fe80::1", "x")),
    ],
)
def test_every_form_is_read(word, address):
    assert is_address(word) and parse(word) == address


@pytest.mark.parametrize("word", ["tutorial", "./a:b.toml", "/labs/a:b.toml", "labs/deep.toml", "deep.toml"])
def test_names_and_paths_are_no_addresses(word):
    assert not is_address(word)


@pytest.mark.parametrize("word", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_address_starts_no_program(word, tmp_path, monkeypatch):
    recorder = tmp_path / "ssh"
    recorder.write_text(f"#!/bin/sh\ntouch {tmp_path}/started\n")
    recorder.chmod(0o755)
    monkeypatch.setenv("GRADTUI_SSH", str(recorder))
    for command in ("run", "presets", "open"):
        result = CliRunner().invoke(main, [command, "--", word])
        assert result.exit_code == 2 and "is refused: " in result.stderr, result.output
        assert result.stderr.isprintable() or not set(result.stderr) & {"\x1b", "\u202e", "\x00"}
    assert not (tmp_path / "started").exists()
    CliRunner().invoke(main, ["run", "host:x"])
    assert (tmp_path / "started").exists()


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=30))
def test_an_address_and_its_url_are_the_same(path):
    try:
        address = parse(f"host:{path}")
    except BadAddress:
        assert path.startswith("~") or "\x7f" in path
    else:
        assert parse(str(address)) == address


@given(st.text(max_size=40))
def test_no_text_raises_another_error(word):
    for text in (word, f"ssh://{word}", f"{word}:x"):
        try:
            host = parse(text).host
        except BadAddress as error:
            assert str(error).isprintable()
        else:
            assert host and not host.startswith("-")
