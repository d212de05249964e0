"""Through a jump host: a second SSH server, named in ssh's configuration alone."""

from __future__ import annotations

import pytest

from gradtui.core.presets.collection import shipped
from gradtui.remote.address import parse
from gradtui.remote.failures import RemoteFailure
from gradtui.remote.fetch import File, fetch
from gradtui.remote.put import put
from tests.remote.sshd import free_port, serving

TEXT = shipped()["tutorial"].read_text()


@pytest.fixture(scope="module")
def servers():
    with serving() as gate, serving() as far:
        far.own(far.labs)
        yield gate, far


@pytest.fixture
def chain(servers, monkeypatch):
    """The two servers, which ssh knows: `far` through `gate`."""
    gate, far = servers
    before = gate.config.read_text()
    hosts = before.partition("Host inner")[0].replace("Host box", "Host gate").replace("Alias box", "Alias gate")
    hosts += far.config.read_text().partition("Host inner")[0].replace("Host box", "Host far\n  ProxyJump gate")
    gate.config.write_text(hosts)
    known = gate.known.read_text()
    gate.known.write_text(known.replace("box", "gate", 1))
    (far.labs / "deep.toml").write_text(TEXT)
    far.own(far.labs / "deep.toml")
    monkeypatch.setenv("GRADTUI_SSH", f"ssh -F {gate.config}")
    yield gate, far
    gate.config.write_text(before)
    gate.known.write_text(known)
    far.trust((far.home / "host.pub").read_text())


def refused() -> RemoteFailure:
    with pytest.raises(RemoteFailure) as caught:
        fetch(parse("far:deep.toml"))
    return caught.value


def test_a_preset_comes_and_goes_back(chain):
    found = fetch(parse("far:deep.toml"))
    assert isinstance(found, File) and found.text == TEXT
    put(found.preset().model_copy(update={"title": "Changed"}), found.address)
    assert 'title = "Changed"' in (chain[1].labs / "deep.toml").read_text()


@pytest.mark.parametrize("which", [0, 1], ids=["gate", "far"])
def test_an_unknown_key_on_the_way_asks_the_user(chain, which):
    chain[which].known.write_text("")
    error = refused()
    assert error.sentence.startswith("First contact with ") and error.asks == parse("far:deep.toml")
    assert "Host key verification failed" in error.details and not chain[which].known.read_text()


@pytest.mark.parametrize("which", [0, 1], ids=["gate", "far"])
def test_a_changed_key_on_the_way_is_final(chain, which):
    server, name = chain[which], ("gate", "box")[which]
    server.known.write_text(f"{name} {(server.home / 'stranger.pub').read_text()}")
    error = refused()
    assert "changed. Not connected." in error.sentence and error.asks is None


def test_a_refused_key_at_the_jump_host_is_named(chain):
    gate, _ = chain
    gate.config.write_text(gate.config.read_text().replace(f"{gate.home}/user", f"{gate.home}/stranger"))
    error = refused()
    assert error.sentence.startswith("127.0.0.1 refused your key") and error.asks


def test_a_jump_host_that_is_down_is_named(chain):
    gate, _ = chain
    port = free_port()
    gate.config.write_text(gate.config.read_text().replace(f"Port {gate.port}", f"Port {port}"))
    assert refused().sentence == f"127.0.0.1 is up, but nothing answers on port {port}."
