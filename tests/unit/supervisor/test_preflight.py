"""What is said before anything starts, and with which commands the children start."""

from __future__ import annotations

from pathlib import Path

from handoff.rasa.server import rasa_arguments
from handoff.settings import Settings
from handoff.supervisor.preflight import model_problems, port_problems
from handoff.supervisor.specs import child_environment, project_children


def settings_in(folder: Path, **environ: str) -> Settings:
    return Settings.load(folder, {"HANDOFF_VAR": str(folder / "var"), **environ})


def test_one_port_for_two_is_said(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, HANDOFF_RASA_PORT="46123", HANDOFF_ACTIONS_PORT="46124", HANDOFF_DESK_PORT="46123")
    assert port_problems(project_children(settings)) == [
        "The Rasa server and the desk both have port 46123. Give one of them another: HANDOFF_DESK_PORT=46124"
    ]


def test_any_model_will_do(tmp_path: Path) -> None:
    assert len(model_problems(tmp_path)) == 1
    (tmp_path / "20261123-100000-some-name.tar.gz").touch()
    assert model_problems(tmp_path) == []


def test_no_secret_is_on_a_command_line(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    secrets = {settings.secret, settings.rasa_auth_token, settings.actions_token}
    for spec in project_children(settings):
        assert not secrets & {spec.module, *spec.arguments}
    environment = child_environment(settings, {})
    assert secrets <= set(environment.values())


def test_children_talk_to_each_other_past_a_proxy(tmp_path: Path) -> None:
    environment = child_environment(settings_in(tmp_path), {"NO_PROXY": "intranet.example"})
    assert environment["NO_PROXY"] == environment["no_proxy"] == "intranet.example,127.0.0.1"


def test_rasa_listens_where_settings_say_and_lets_other_sites_in_only_when_named(tmp_path: Path) -> None:
    arguments = rasa_arguments(settings_in(tmp_path, HANDOFF_RASA_PORT="46123"))
    assert arguments[arguments.index("--port") + 1] == "46123"
    assert arguments[arguments.index("--interface") + 1] == "127.0.0.1"
    assert "--cors" not in arguments
    arguments = rasa_arguments(settings_in(tmp_path, HANDOFF_ORIGINS="https://shop.example"))
    assert arguments[-2:] == ["--cors", "https://shop.example"]
