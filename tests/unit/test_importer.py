"""The importer that remembers: what it returns, raises and warns of is Rasa's, and only what is new is parsed."""

from __future__ import annotations

import json
import logging
import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import rasa.shared.utils.io
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rasa.shared.exceptions import RasaException
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.importers.rasa import RasaFileImporter

from handoff.nlu import cache_files
from handoff.nlu.cache_files import CACHE_VARIABLE
from handoff.rasa import known_yaml
from handoff.rasa.importer import RememberingImporter
from handoff.rasa.known_yaml import KnownYaml
from tests.conftest import ROOT
from tests.unit.nlu.any_text import any_text

ONE_FOLDER = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)

DOMAIN = """
intents: [greet, order, faq]
entities: [city]
responses:
  utter_greet:
  - text: Hello
"""
GREET = """
nlu:
- intent: greet
  metadata: {tone: warm}
  examples:
  - text: hello
    metadata: [1, 2.5, null, true]
  - text: hi, I am [Zoë](name)
"""
ORDER = """
nlu:
- intent: order
  examples: |
    - a desk to [Berlin](city:BER) 👍
    - from [Rome]{"entity": "city", "role": "from", "group": "1"} to [Nice][{"entity": "city"}, {"entity": "place"}]
    - a desk to [Berlin](city:BER) 👍
- synonym: BER
  examples: |
    - capital
- regex: number
  examples: |
    - \\d{6}
    - \\w+
- lookup: city
  examples: |
    - Rome
    - Nice
"""
FAQ = """
version: "3.1"
responses:
  utter_faq/ship:
  - text: We do.
    buttons: &more
    - {title: More, payload: /greet}
  - text: Yes.
    buttons: *more
nlu:
- intent: faq/ship
  examples: |
    - do you ship
"""
STORIES = """
stories:
- story: greeting
  steps:
  - intent: greet
  - action: utter_greet
rules:
- rule: in a city
  steps:
  - intent: order
    entities: [city]
  - or:
    - intent: greet
    - intent: faq
  - action: utter_greet
"""
PROJECT = {"faq.yml": FAQ, "greet.yml": GREET, "order.yml": ORDER, "stories.yml": STORIES}
NLU_FILES = 3


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    (tmp_path / "domain.yml").write_text(DOMAIN, encoding="utf-8")
    for name, text in PROJECT.items():
        (tmp_path / "data" / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def parsed(project: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], set[str]]:
    """Which files were parsed since it was called last."""
    texts: list[str] = []
    original = rasa.shared.utils.io.read_yaml

    def spy(content: str, *arguments: Any, **options: Any) -> Any:
        texts.append(content)
        return original(content, *arguments, **options)

    def names() -> set[str]:
        found = {file.name for file in (project / "data").iterdir() if file.read_text(encoding="utf-8") in texts}
        texts.clear()
        return found

    monkeypatch.setattr(rasa.shared.utils.io, "read_yaml", spy)
    return names


def reading(importer: type[RasaFileImporter], folder: Path) -> RasaFileImporter:
    return importer(str(folder / "config.yml"), str(folder / "domain.yml"), [str(folder / "data")])


def all_of(importer: TrainingDataImporter) -> dict[str, Any]:
    """Everything that can be read, as plain values."""
    data, graph, domain = importer.get_nlu_data(), importer.get_stories(), importer.get_domain()
    return {
        "examples": [(message.data, message.output_properties) for message in data.training_examples],
        "rest": [data.entity_synonyms, data.regex_features, data.lookup_tables, data.responses],
        "steps": [
            (step.block_name, step.source_name, step.events, [point.name for point in step.start_checkpoints])
            for step in graph.story_steps
        ],
        "fingerprints": [data.fingerprint(), data.label_fingerprint(), graph.fingerprint(), domain.fingerprint()],
    }


def outcome(importer: type[RasaFileImporter], folder: Path) -> tuple[Any, list[str]]:
    """What comes of reading everything, or the error, and all warnings about the data."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            found: Any = all_of(reading(importer, folder))
        except Exception as error:  # noqa: BLE001 - whatever Rasa raises, ours must raise
            found = (type(error), str(error))
    about_data = [one for one in said if not issubclass(one.category, DeprecationWarning)]
    return found, [text for one in about_data if not (text := str(one.message)).startswith("pkg_resources")]


def same_as_rasa(folder: Path) -> tuple[Any, list[str]]:
    """Read twice; what came of it, which was the same as with Rasa's own importer."""
    expected = outcome(RasaFileImporter, folder)
    assert outcome(RememberingImporter, folder) == expected, "the first time"
    assert outcome(RememberingImporter, folder) == expected, "the second time"
    return expected


def kept(cache: Path) -> int:
    """How many NLU files are remembered."""
    return len((cache / "yaml" / "nlu.txt").read_text(encoding="ascii").splitlines()) - 1


def test_the_projects_own_data_is_the_same_and_all_of_it_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    found, _ = same_as_rasa(ROOT)
    assert len(found["examples"]) > 1000

    def never(text: str, validate: object) -> None:
        raise AssertionError(f"parsed again: {text[:100]}")

    monkeypatch.setattr(known_yaml, "_parsed", never)
    assert all_of(reading(RememberingImporter, ROOT)) == found


def test_the_projects_config_names_it() -> None:
    importer: Any = TrainingDataImporter.load_from_config(str(ROOT / "config.yml"), training_data_paths=[])
    [read_by] = importer.importer._importer._importers
    assert type(read_by) is RememberingImporter


def test_everything_that_rasa_reads_comes_back(project: Path) -> None:
    found, said = same_as_rasa(project)
    assert said == []
    assert {key for data, _ in found["examples"] for key in data} == {
        "text", "intent", "entities", "metadata", "intent_response_key", "response",
    }  # fmt: skip
    assert all(found["rest"]), "synonyms, regular expressions, lookup tables and responses"
    assert len(found["examples"]) == 5, "without the repeated one"


def test_rasas_wrappers_get_the_same(project: Path) -> None:
    """They read more than once, and merge what they read."""
    config: dict[str, Any] = {"importers": [{"name": f"{RememberingImporter.__module__}.RememberingImporter"}]}
    arguments = (None, str(project / "domain.yml"), [str(project / "data")])
    expected = all_of(TrainingDataImporter.load_from_dict({}, *arguments))
    assert all_of(TrainingDataImporter.load_from_dict(config, *arguments)) == expected


def test_only_what_was_edited_is_parsed_again(project: Path, parsed: Callable[[], set[str]]) -> None:
    all_of(reading(RememberingImporter, project))
    assert parsed() == set(PROJECT)
    all_of(reading(RememberingImporter, project))
    assert parsed() == set()
    (project / "data" / "greet.yml").write_text(GREET.replace("hello", "good day"), encoding="utf-8")
    found = all_of(reading(RememberingImporter, project))
    assert "good day" in [data["text"] for data, _ in found["examples"]]
    assert "hello" not in [data["text"] for data, _ in found["examples"]]
    assert parsed() == {"greet.yml"}
    same_as_rasa(project)
    parsed()
    (project / "data" / "greet.yml").write_text(GREET, encoding="utf-8")
    (project / "data" / "order.yml").rename(project / "data" / "again.yml")
    os.utime(project / "data" / "faq.yml", (1, 1))
    all_of(reading(RememberingImporter, project))
    assert parsed() == set(), "taken back, renamed, touched: nothing that was not read before"
    same_as_rasa(project)


def test_stories_follow_a_domain_that_was_edited(project: Path) -> None:
    assert same_as_rasa(project)[1] == []
    (project / "domain.yml").write_text(DOMAIN.replace("order", "buy"), encoding="utf-8")
    _, said = same_as_rasa(project)
    assert "order" in " ".join(said)


@pytest.mark.parametrize(
    "bad",
    [
        "nlu:\n- intent: greet\n  example: |\n    - hello\n",  # not in the schema
        "nlu:\n- intent: greet\n  examples: [",  # not YAML
        "nlu:\n- intent: a\n  intent: b\n  examples: |\n    - hello\n",  # twice the same key
        "nlu:\n- intent: a/b/c\n  examples: |\n    - hello\n",  # passes the schema
        'nlu:\n- intent: a\n  examples: |\n    - to [Rome]{"entity": 5}\n',
        "nlu: text\n",
    ],
)
def test_what_rasa_refuses_is_refused_with_the_same_words_each_time(project: Path, bad: str) -> None:
    (project / "data" / "bad.yml").write_text(bad, encoding="utf-8")
    found, _ = same_as_rasa(project)
    assert isinstance(found, tuple), "an error"


@pytest.mark.parametrize(
    "strange",
    [
        "nlu:\n- intent: greet\n  examples: |\n    hello\n",  # no hyphen
        'version: "1.0"\nnlu:\n- intent: greet\n  examples: |\n    - hello\n',
        'version: "99.0"\nnlu:\n- intent: greet\n  examples: |\n    - hello\n',  # skipped as a whole
        "%YAML 1.1\n---\nnlu:\n- intent: greet\n  metadata: 1e5\n  examples: |\n    - hello\n",  # while it is parsed
        "nlu:\n- synonym: BER\n  examples: |\n    - capital\n- synonym: ROM\n  examples: |\n    - capital\n",
    ],
)
def test_what_rasa_warns_of_is_warned_of_with_the_same_words_each_time(project: Path, strange: str) -> None:
    (project / "data" / "strange.yml").write_text(strange, encoding="utf-8")
    found, said = same_as_rasa(project)
    assert isinstance(found, dict)
    assert said


def test_an_error_does_not_cost_what_was_read_before_it(project: Path, parsed: Callable[[], set[str]]) -> None:
    (project / "data" / "lost.yml").write_text("nlu: text\n", encoding="utf-8")
    outcome(RememberingImporter, project)
    parsed()
    (project / "data" / "lost.yml").unlink()
    all_of(reading(RememberingImporter, project))
    assert parsed() == {"order.yml", "stories.yml"}, "what comes behind it"


@pytest.mark.parametrize("value", ["${SHOP} or é", "${SHOP}", "\\u0024{SHOP}", "!env_var $SHOP"])
def test_the_environment_is_followed(project: Path, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    text = f"nlu:\n- intent: greet\n  metadata: {value}\n  examples: |\n    - hello there\n"
    (project / "data" / "own.yml").write_text(text, encoding="utf-8")
    for name in ("Fernway", "Another"):
        monkeypatch.setenv("SHOP", name)
        found, _ = same_as_rasa(project)
        [metadata] = [data["metadata"] for data, _ in found["examples"] if data["text"] == "hello there"]
        assert metadata["intent"].split()[0] == name
    monkeypatch.delenv("SHOP")
    found, _ = same_as_rasa(project)
    assert found[0] is RasaException, "the variable is missing"


@pytest.mark.parametrize("value", ["2026-11-27", "{1: one}", ".nan", "!!set {a}", "!!binary aGk="])
def test_what_json_would_change_is_not_kept(
    project: Path, cache: Path, parsed: Callable[[], set[str]], value: str
) -> None:
    text = f"nlu:\n- intent: greet\n  examples:\n  - text: hello there\n    metadata: {value}\n"
    (project / "data" / "odd.yml").write_text(text, encoding="utf-8")
    for _ in range(2):
        expected = reading(RasaFileImporter, project).get_nlu_data()
        parsed()
        found = reading(RememberingImporter, project).get_nlu_data()
        assert found.fingerprint() == expected.fingerprint()
        assert parsed() >= {"odd.yml"}
    assert kept(cache) == NLU_FILES


def test_other_formats_are_left_to_rasa(project: Path, cache: Path) -> None:
    lookup = project / "places.txt"
    lookup.write_text("Rome\nNice\n", encoding="utf-8")
    example = {"text": "by bus", "intent": "order", "entities": []}
    content = {"common_examples": [example], "lookup_tables": [{"name": "place", "elements": str(lookup)}]}
    (project / "data" / "old.json").write_text(json.dumps({"rasa_nlu_data": content}), encoding="utf-8")
    before, _ = same_as_rasa(project)
    assert "by bus" in str(before)
    assert kept(cache) == NLU_FILES
    lookup.write_text("Oslo\n", encoding="utf-8")
    after, _ = same_as_rasa(project)
    assert after["fingerprints"] != before["fingerprints"]


def test_stories_left_out_by_chance_are_left_to_rasa(project: Path) -> None:
    steps = reading(RememberingImporter, project).get_stories().story_steps
    assert len(reading(RememberingImporter, project).get_stories(50).story_steps) < len(steps)


def test_what_is_read_may_be_changed(project: Path) -> None:
    """Rasa does so, and neither the next reading nor the file may know."""
    same = all_of(reading(RememberingImporter, project))
    for _ in range(2):
        importer = reading(RememberingImporter, project)
        importer.get_nlu_data().responses["utter_faq/ship"][0]["text"] = "changed"
        assert all_of(importer) == same
    with KnownYaml("changing") as known:
        known.content("a: [1]", lambda text: None)["a"].append(2)
    with KnownYaml("changing") as known:
        assert [known.content("a: [1]", pytest.fail) for _ in range(2)] == [{"a": [1]}] * 2


@st.composite
def nlu_file(draw: st.DrawFn) -> str:
    """A file with wild examples, annotated or not, written as people and as programs write YAML."""
    text = st.one_of(
        any_text(8), st.sampled_from(["hi", "${HOME}", "\\u0041", "[Rome](city:ROM)", '[a]{"entity": "b"}'])
    )
    examples = draw(st.lists(text, min_size=1, max_size=4))
    intent = draw(st.sampled_from(["greet", "faq/ship", "yes", "5", "a/b/c"]))
    if draw(st.booleans()):
        block = "\n".join(f"    - {example}" for example in examples)
        written = f"nlu:\n- intent: {intent}\n  examples: |\n{block}\n"
    else:
        listed = [{"text": example, "metadata": draw(st.one_of(st.none(), any_text(4)))} for example in examples]
        ascii_only = draw(st.booleans())
        written = "nlu: " + json.dumps([{"intent": intent, "examples": listed}], ensure_ascii=ascii_only)
    return written


@ONE_FOLDER
@given(st.lists(nlu_file(), min_size=1, max_size=2))
def test_whatever_the_files_hold_it_is_the_same(tmp_path: Path, files: list[str]) -> None:
    data = tmp_path / "data"
    data.mkdir(exist_ok=True)
    (tmp_path / "domain.yml").write_text(DOMAIN, encoding="utf-8")
    for number in range(2):
        text = files[number] if number < len(files) else ""
        (data / f"{number}.yml").write_bytes(text.encode("utf-8", "surrogatepass"))
    same_as_rasa(tmp_path)


@settings(ONE_FOLDER, max_examples=25)
@given(st.data())
def test_a_damaged_file_is_written_anew(cache: Path, project: Path, data: st.DataObject) -> None:
    expected = reading(RememberingImporter, project).get_nlu_data().fingerprint()
    file = cache / "yaml" / "nlu.txt"
    whole = bytearray(file.read_bytes())
    place = data.draw(st.integers(0, len(whole) - 1), "place")
    if data.draw(st.booleans(), "cut"):
        file.write_bytes(whole[:place])
    else:
        whole[place] ^= data.draw(st.integers(1, 255), "flipped bits")
        file.write_bytes(whole)
    assert reading(RememberingImporter, project).get_nlu_data().fingerprint() == expected
    assert kept(cache) == NLU_FILES


def test_a_damaged_file_is_told(project: Path, cache: Path, caplog: pytest.LogCaptureFixture) -> None:
    all_of(reading(RememberingImporter, project))
    assert not caplog.messages
    file = cache / "yaml" / "nlu.txt"
    file.write_bytes(file.read_bytes()[:-1])
    all_of(reading(RememberingImporter, project))
    [warning] = caplog.records
    assert warning.levelno == logging.WARNING
    assert str(file) in warning.getMessage()


def test_other_code_does_not_use_what_older_code_kept(
    project: Path, parsed: Callable[[], set[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    all_of(reading(RememberingImporter, project))
    parsed()
    monkeypatch.setattr(known_yaml, "source_fingerprint", lambda *_: "edited")
    all_of(reading(RememberingImporter, project))
    assert parsed() == set(PROJECT)


def test_what_is_not_used_goes_first_and_what_is_used_stays(
    project: Path, cache: Path, parsed: Callable[[], set[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known_yaml, "MOST_UNUSED", 1)
    for text in ("first", "second", "third"):
        (project / "data" / "greet.yml").write_text(GREET.replace("hello", text), encoding="utf-8")
        all_of(reading(RememberingImporter, project))
    assert kept(cache) == NLU_FILES + 1
    parsed()
    for text, expected in (("second", set()), ("first", {"greet.yml"})):
        (project / "data" / "greet.yml").write_text(GREET.replace("hello", text), encoding="utf-8")
        all_of(reading(RememberingImporter, project))
        assert parsed() == expected


def test_a_folder_that_cannot_be_written_costs_the_next_training_only(
    project: Path, cache: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cache.write_text("a file where the folder should be", encoding="utf-8")
    same_as_rasa(project)
    assert "could not be written" in caplog.text


@pytest.mark.parametrize("failure", [OSError("no space left on device"), KeyboardInterrupt()])
def test_an_interrupted_write_keeps_the_old_file(
    project: Path, cache: Path, monkeypatch: pytest.MonkeyPatch, failure: BaseException
) -> None:
    reading(RememberingImporter, project).get_nlu_data()
    before = (cache / "yaml" / "nlu.txt").read_bytes()
    (project / "data" / "greet.yml").write_text(GREET.replace("hello", "good day"), encoding="utf-8")
    original = cache_files.tempfile.NamedTemporaryFile

    def failing(**options: Any) -> Any:
        file = original(**options)

        def write(_: bytes) -> None:
            raise failure

        file.write = write
        return file

    monkeypatch.setattr(cache_files.tempfile, "NamedTemporaryFile", failing)
    if isinstance(failure, OSError):
        reading(RememberingImporter, project).get_nlu_data()
    else:
        with pytest.raises(KeyboardInterrupt):
            reading(RememberingImporter, project).get_nlu_data()
    [file] = (cache / "yaml").iterdir()
    assert file.read_bytes() == before
