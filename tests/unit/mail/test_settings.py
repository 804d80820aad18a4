"""The section ``email`` of endpoints.yml: read as Rasa reads it, strict, and silent about secrets."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from yaml.resolver import Resolver

from handoff.domain.errors import ConfigurationError
from handoff.mail.address import Mailbox
from handoff.mail.settings import DEFAULT_TIMEOUT, EmailSettings, Security, _Section, load_email_settings
from tests.conftest import ROOT

SECRET = "hunter2-hunter2"
ENVIRON = {"SMTP_PASSWORD": SECRET, "SMTP_HOST": "mail.fernway.example", "EMPTY": ""}
LEAST = "email:\n  host: mail.fernway.example\n  from: Fernway <help@fernway.example>\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "endpoints.yml"


def load(file: Path, text: str) -> EmailSettings | None:
    file.write_text(text, encoding="utf-8")
    return load_email_settings(file, ENVIRON)


def loaded(file: Path, text: str) -> EmailSettings:
    settings = load(file, text)
    assert settings is not None
    return settings


@pytest.mark.parametrize(
    "text", ["", "# nothing\n", "action_endpoint:\n  url: ${NOT_SET}\n", "email:\n", "email: null\n"]
)
def test_without_the_section_email_is_off(file: Path, text: str) -> None:
    assert load(file, text) is None


def test_the_least_that_works(file: Path) -> None:
    settings = loaded(file, LEAST)
    assert settings == EmailSettings(
        host="mail.fernway.example",
        port=587,
        security=Security.STARTTLS,
        sender=Mailbox("Fernway", "help@fernway.example"),
        timeout=DEFAULT_TIMEOUT,
    )


def test_everything(file: Path) -> None:
    settings = loaded(
        file,
        "email:\n  host: ${SMTP_HOST}\n  port: 2465\n  security: tls\n  username: desk\n"
        '  password: "${SMTP_PASSWORD}"\n'
        '  from: "\\"Fernway, desks\\" <help@M\u00fcller.example>"\n  reply_to: team@fernway.example\n  timeout: 7.5\n'
        "  footer: |\n    Fernway B.V.\n    Utrecht\n",
    )
    assert (settings.host, settings.port, settings.security) == ("mail.fernway.example", 2465, Security.TLS)
    assert (settings.username, settings.password, settings.timeout) == ("desk", SECRET, 7.5)
    assert settings.sender == Mailbox("Fernway, desks", "help@xn--mller-kva.example")
    assert settings.reply_to == Mailbox("", "team@fernway.example")
    assert settings.footer == "Fernway B.V.\nUtrecht"
    assert SECRET not in repr(settings)


@pytest.mark.parametrize(("security", "port"), [("starttls", 587), ("tls", 465), ("none", 25)])
def test_the_usual_port(file: Path, security: str, port: int) -> None:
    text = f"email:\n  host: localhost\n  from: help@fernway.example\n  security: {security}\n"
    assert loaded(file, text).port == port


@pytest.mark.parametrize(
    ("more", "key", "remedy"),
    [
        ("  port: many\n", "email.port", "integer"),
        ("  port: 70000\n", "email.port", "65535"),
        ("  security: ssl\n", "email.security", "'starttls', 'tls' or 'none'"),
        ("  sender: x\n", "email.sender", "not permitted"),
        ("  timeout: 0\n", "email.timeout", "greater than 0"),
        ("  timeout: [1, 2]\n", "email.timeout", "one value"),
        ("  reply_to: help@fernway\n", "email.reply_to", "no ending"),
        ("  reply_to: help\n", "email.reply_to", "not found"),
        ("  reply_to: a <b@c.de> d\n", "email.reply_to", "write it like"),
        ('  reply_to: "a\\nBcc: x@y.de <b@c.de>"\n', "email.reply_to", "line break"),
        ("  reply_to: zo\u00eb@fernway.example\n", "email.reply_to", "outside ASCII"),
        ("  footer: ${NOT_SET}\n", "email.footer", "NOT_SET is not set"),
        ("  footer: see ${EMPTY}\n", "email.footer", "EMPTY is not set"),
        (f"  username: desk\n  password: {SECRET}\n", "email.password", "${SMTP_PASSWORD}"),
        (f"  username: desk\n  password: {SECRET}${{EMPTY}}\n", "email.password", "${SMTP_PASSWORD}"),
        ("  username: desk\n", "email.username", "both or neither"),
        ("  password: ${SMTP_PASSWORD}\n", "email.username", "both or neither"),
        ("  username: b\u00f6b\n  password: ${SMTP_PASSWORD}\n", "email.password", "ASCII"),
        ("  security: none\n", "email.security", "allow_plain: true"),
        (
            "  security: none\n  allow_plain: true\n  username: desk\n  password: ${SMTP_PASSWORD}\n",
            "email.password",
            "unencrypted",
        ),
        ("  ca_file: missing.pem\n", "email.ca_file", "No such file"),
    ],
)
def test_names_file_key_and_remedy_and_no_secret(file: Path, more: str, key: str, remedy: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(file, LEAST + more)
    text = str(caught.value)
    assert str(file) in text
    assert f"{key}: " in text
    assert remedy in text
    assert SECRET not in text
    assert caught.value.__cause__ is None


def test_a_missing_key(file: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"email\.from: Field required"):
        load(file, "email:\n  host: localhost\n")


@pytest.mark.parametrize("section", ["email: yes\n", "email: [a]\n"])
def test_a_section_of_another_form(file: Path, section: str) -> None:
    with pytest.raises(ConfigurationError, match=r"must hold keys: host, from.*docs/email\.md"):
        load(file, section)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.8.8", '"::1"'])
def test_no_encryption_on_this_machine(file: Path, host: str) -> None:
    text = f"email:\n  host: {host}\n  from: help@fernway.example\n  security: none\n"
    assert loaded(file, text).security is Security.NONE


def test_no_encryption_elsewhere_when_it_is_wished(file: Path) -> None:
    assert loaded(file, f"{LEAST}  security: none\n  allow_plain: true\n").security is Security.NONE


def test_a_file_that_is_no_certificate(file: Path) -> None:
    (file.parent / "ca.pem").write_text("hello")
    with pytest.raises(ConfigurationError, match=r"email\.ca_file: .*PEM"):
        load(file, f"{LEAST}  ca_file: ca.pem\n")


def test_a_missing_or_broken_file(file: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        load_email_settings(file, ENVIRON)
    with pytest.raises(ConfigurationError, match="not valid YAML"):
        load(file, "email: [")


@pytest.fixture
def as_rasa_leaves_yaml(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rasa teaches PyYAML's loaders, for the whole process, to expand variables (rasa.shared.utils.io)."""
    monkeypatch.setattr(Resolver, "yaml_implicit_resolvers", dict(Resolver.yaml_implicit_resolvers))
    Resolver.add_implicit_resolver("!env_var", re.compile(r"^(.*)\$\{(.*)\}(.*)$"), None)


@pytest.mark.usefixtures("as_rasa_leaves_yaml")
def test_reads_the_same_in_the_process_of_rasa(file: Path) -> None:
    settings = loaded(file, f"{LEAST}  username: desk\n  password: ${{SMTP_PASSWORD}}\n")
    assert settings.password == SECRET
    with pytest.raises(ConfigurationError, match="NOT_SET is not set"):
        load(file, f"{LEAST}  footer: ${{NOT_SET}}\n")


def test_every_key_is_in_the_docs() -> None:
    page = (ROOT / "docs/email.md").read_text(encoding="utf-8")
    keys = [field.alias or name for name, field in _Section.model_fields.items()]
    missing = [key for key in keys if f"| `{key}` |" not in page]
    assert not missing, f"docs/email.md has no row for {', '.join(missing)}"


def test_the_example_in_the_docs_works(file: Path) -> None:
    page = (ROOT / "docs/email.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    settings = loaded(file, example)
    assert settings.sender.name == "Fernway"
    assert settings.password == SECRET
