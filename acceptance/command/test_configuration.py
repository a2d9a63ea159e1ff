"""What is decided in three places, what comes of it, and what is refused."""

import socket

import pytest
from harness.server import free_port

SITE = ["--server-name", "localhost", "--data"]


def test_precedence(chappe, tmp_path):
    """An option counts before the environment, that before the file, that before the default."""
    file = tmp_path / "chappe.yaml"
    file.write_text(f"server-name: localhost\ndata: {tmp_path}\nlog-level: debug\npresence: no\n")
    said = chappe("check-config", "--config", file, "--log-level", "error",
                  environment={"CHAPPE_LOG_LEVEL": "info", "CHAPPE_PRESENCE": "yes"}).ok()
    lines = {line.split()[0]: line for line in said.splitlines()}
    assert "error" in lines["log-level"] and "command line" in lines["log-level"]
    assert "yes" in lines["presence"] and "CHAPPE_PRESENCE" in lines["presence"]
    assert f"{file}, line 1" in lines["server-name"]
    assert lines["listen"].endswith("default")


def test_config_by_environment(chappe, tmp_path):
    """The file itself may be named by the environment."""
    file = tmp_path / "chappe.yaml"
    file.write_text(f"server-name: localhost\ndata: {tmp_path}\n")
    chappe("check-config", environment={"CHAPPE_CONFIG": str(file)}).ok()


@pytest.mark.parametrize("text, sentence", [
    ("listn: x", "line 1: there is no setting listn; the nearest is listen."),
    ("presence: no\nlisten: 8008", "listen ("),
    ("data: x\ndata: y", "data"),
    ("listen: [1, 2]", "listen takes one value"),
])
def test_wrong_files(chappe, tmp_path, text, sentence):
    """A file that is wrong is refused in one sentence, and nothing is started."""
    file = tmp_path / "chappe.yaml"
    file.write_text(text + "\n")
    data = tmp_path / "data"
    for command in ("serve", "check-config"):
        complaint = chappe(command, *SITE, data, "--config", file).fails(78)
        assert sentence in complaint, complaint
        assert complaint.count("\n") == 1, complaint
    assert not data.exists()


@pytest.mark.parametrize("name, value", [
    ("CHAPPE_LISTEN", ""), ("CHAPPE_LISTEN", "8008"), ("CHAPPE_LISTEN", "a\x1b[31mb"),
    ("CHAPPE_PRESENCE", "perhaps"), ("CHAPPE_DATABASE", "mysql://x"), ("CHAPPE_WEB", "/nowhere"),
    ("CHAPPE_TLS_KEY", "/etc/passwd"), ("CHAPPE_MEDIA_UPLOAD_LIMIT", "lots"),
    ("CHAPPE_CONFIG", "/nowhere.yaml"), ("CHAPPE_TRUST", "/etc/passwd"), ("CHAPPE_APPSERVICE", "/etc/passwd"),
    ("CHAPPE_SMTP", "smtp://a:b@host"),
])
def test_odd_environment(chappe, tmp_path, name, value):
    """An odd variable gives plain sentences that name it, and nothing is started."""
    data = tmp_path / "data"
    complaint = chappe("serve", *SITE, data, environment={name: value}).fails(78)
    assert name.removeprefix("CHAPPE_").lower().replace("_", "-") in \
        complaint.lower().replace("_", "-")
    assert "\x1b" not in complaint
    assert not data.exists()


@pytest.mark.parametrize("options", [
    ["--listen", "8008"], ["--listen", ""], ["--tls-listen", "127.0.0.1:1"], ["--server-name", "a b"],
    ["--database", "postgres://a:geheim@127.0.0.1/b"], ["--rate-limit", "flying=1/2"],
    ["--unknown"], ["--turn", "turn:host"], ["--default-room-version", "13"],
])
def test_wrong_options(chappe, tmp_path, options):
    """What is typed wrongly ends with 64, and nothing is started."""
    data = tmp_path / "data"
    complaint = chappe("serve", *SITE, data, *options).fails(64)
    assert "geheim" not in complaint
    assert not data.exists()


def test_nothing_said(chappe):
    """Without a name and a folder there is no server."""
    complaint = chappe("serve").fails(64)
    assert "--server-name" in complaint and "--data" in complaint


def test_secrets_are_not_shown(chappe, tmp_path):
    """Neither a secret nor a password in a URL is ever shown."""
    secret = tmp_path / "secret"
    secret.write_text("geheim\n")
    secret.chmod(0o600)
    ended = chappe(
        "check-config", *SITE, tmp_path, "--turn", "turn:turn.chat.example", "--turn-secret-file",
        secret, environment={"CHAPPE_DATABASE": "postgres://chappe:geheim@db/chappe"})
    assert "geheim" not in ended.ok() + ended.err
    assert "postgres://chappe:***@db/chappe" in ended.out


def test_stray_variable(chappe, tmp_path):
    """A variable with our prefix that is no setting is told of with what was meant."""
    ended = chappe("check-config", *SITE, tmp_path, environment={"CHAPPE_LISTN": "x"})
    ended.ok()
    assert "CHAPPE_LISTN is no setting; the nearest is CHAPPE_LISTEN" in ended.err


def test_help_has_every_setting(chappe):
    """`serve --help` lists what `check-config` knows."""
    text = chappe("serve", "--help").ok()
    for name in ["server-name", "tls-listen", "appservice", "clamd", "janus", "smtp", "mail-folder",
                 "admin-listen", "trust", "turn-secret-file", "plain-matrix", "config"]:
        assert f"--{name}" in text


def test_port_in_use(chappe, tmp_path):
    """A port that is taken is said at once, before the database is touched."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        address = f"127.0.0.1:{other.getsockname()[1]}"
        complaint = chappe("serve", *SITE, tmp_path / "data", "--listen", address).fails(69)
    assert f"{address} is taken by another program" in complaint
    assert not (tmp_path / "data" / "chappe.db").exists()


def test_database_out_of_reach(chappe, tmp_path):
    """A database that does not answer is one sentence too."""
    complaint = chappe(
        "serve", *SITE, tmp_path / "data", "--listen", f"127.0.0.1:{free_port()}", "--database",
        f"postgres://nobody@127.0.0.1:{free_port()}/nothing").fails(69)
    assert "The database cannot be reached" in complaint
