"""Changes of the training data: drafted, tried out, accepted or dropped."""

from __future__ import annotations

import queue
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from fastapi.testclient import TestClient

from handoff.bootstrap import Services
from handoff.check import check_project
from handoff.clock import utc_now
from handoff.desk.app import create_app
from handoff.review import previews
from tests.conftest import Clock
from tests.integration.desk_api.client import error, log_in
from tests.integration.review.conftest import Visitors

GIFTS = ["Do you sell gift cards?", "can I buy a gift card", "is there a gift voucher I could give my dad"]
ANSWER = "Yes: gift cards from \u20ac25 to \u20ac500, by e-mail within the hour. They never run out."
FAQ = {"kind": "new_faq", "name": "gift_cards", "examples": GIFTS, "answer": ANSWER, "beside": "faq/payment_methods"}
MORE = {"kind": "add_to_intent", "intent": "faq/delivery_time", "examples": ["how many days until my desk comes"]}
WAIT_SECONDS = 60.0  # for a process of its own on a busy machine
NLU, RESPONSES = "data/nlu/faq_payment.yml", "data/responses/faq_payment.yml"


def post(boss: TestClient, path: str, body: dict[str, Any] | None = None, status: int = 200) -> Any:
    answer = boss.post(f"/api/review/{path}", json=body if body is not None else {})
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None


def draft(boss: TestClient, *operations: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = post(boss, "changes", {"operations": list(operations)}, 201)
    return made


def refused(boss: TestClient, *operations: dict[str, Any]) -> str:
    answer = boss.post("/api/review/changes", json={"operations": list(operations)})
    assert error(answer) == (400, "invalid_input")
    message: str = answer.json()["error"]["message"]
    return message


def shown(boss: TestClient, change: dict[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = boss.get(f"/api/review/changes/{change['id']}").json()
    return body


def accept(boss: TestClient, change: dict[str, Any], how: str = "files") -> Any:
    return boss.post(f"/api/review/changes/{change['id']}/accept", json={"how": how})


def files(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and ".git" not in path.parts
    }


def changed(root: Path, before: dict[str, bytes]) -> set[str]:
    return {path for path, content in files(root).items() if before.get(path) != content}


def git(root: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, text=True, check=True)
    return done.stdout


@pytest.fixture
def repository(project: Path) -> Path:
    """The project in a folder of a git repository, committed."""
    top = project.parent
    git(top, "init", "--quiet", "--initial-branch=main")
    git(top, "add", "project")
    git(top, "-c", "user.name=Test", "-c", "user.email=test@example.org", "commit", "--quiet", "-m", "Begin")
    return top


# --- what a change does


def test_a_new_faq_is_everything_that_an_faq_is(as_boss: TestClient, services: Services, project: Path) -> None:
    before = files(project)
    change = draft(as_boss, FAQ)
    assert (change["status"], change["title"], change["created_by"]) == ("draft", "New FAQ: gift cards", "Mila Novak")
    assert {one["path"]: (one["added"], one["removed"]) for one in change["files"]} == {
        NLU: (6, 0),
        RESPONSES: (3, 0),
        "handoff.yml": (3, 1),  # the list of the topic goes on in a new line
    }
    assert changed(project, before) == set(), "nothing is written yet"
    assert change["problems"] == []
    assert any("20 are a good number" in warning for warning in change["warnings"])

    done = accept(as_boss, change).json()
    assert (done["status"], done["decided_by"]) == ("accepted", "Mila Novak")
    assert done["accepted"]["how"] == "files"
    assert "make" in done["accepted"]["next_step"]
    assert done["diff"] == change["diff"]
    assert changed(project, before) == {NLU, RESPONSES, "handoff.yml"}
    nlu = yaml.safe_load((project / NLU).read_text())["nlu"][-1]
    assert nlu == {"intent": "faq/gift_cards", "examples": "".join(f"- {line}\n" for line in GIFTS)}
    responses = yaml.safe_load((project / RESPONSES).read_text())["responses"]
    assert responses["utter_faq/gift_cards"] == [{"text": ANSWER}]
    rules = yaml.safe_load((project / "handoff.yml").read_text())
    assert rules["topics"]["billing"]["intents"][-1] == "faq/gift_cards"
    assert rules["readable"]["faq/gift_cards"] == "gift cards"
    assert check_project(services.settings) == []


def test_an_example_more_is_one_line_more(as_boss: TestClient, project: Path) -> None:
    before = (project / "data/nlu/faq_delivery.yml").read_text()
    accept(as_boss, draft(as_boss, MORE))
    after = (project / "data/nlu/faq_delivery.yml").read_text()
    assert after.replace("    - how many days until my desk comes\n", "") == before


def test_what_is_out_of_scope(as_boss: TestClient, project: Path) -> None:
    before = files(project)
    accept(as_boss, draft(as_boss, {"kind": "out_of_scope", "examples": ["do you repair zyx bicycles"]}))
    assert changed(project, before) == {"data/nlu/out_of_scope.yml"}


def test_the_patch_is_what_git_applies(as_boss: TestClient, project: Path, repository: Path) -> None:
    change = draft(as_boss, FAQ, MORE)
    answer = as_boss.get(f"/api/review/changes/{change['id']}/patch")
    assert answer.text == change["diff"]
    assert ".patch" in answer.headers["content-disposition"]
    subprocess.run(["git", "apply", "-"], cwd=project, input=answer.text.encode(), check=True)
    applied = files(project)
    git(repository, "checkout", "--quiet", ".")
    accept(as_boss, change)
    assert files(project) == applied


def test_without_a_neighbour_the_nearest_faq_says_where(as_boss: TestClient) -> None:
    change = draft(
        as_boss,
        {
            "kind": "new_faq",
            "name": "delivery_saturday",
            "examples": ["is saturday delivery more expensive", "what does delivery cost at the weekend"],
            "answer": "Nothing more.",
        },
    )
    assert {one["path"] for one in change["files"]} == {
        "data/nlu/faq_delivery.yml",
        "data/responses/faq_delivery.yml",
        "handoff.yml",
    }


def test_examples_are_clean_and_new(as_boss: TestClient) -> None:
    change = draft(
        as_boss,
        MORE
        | {
            "examples": [
                "[when](x) comes {my} order FW-104233\nto lea@moreau.fr",
                "How long does delivery take",  # is there already
                "when is zyx",
                "When is  zyx?",  # the same again
                "desk prices",  # of another intent
            ]
        },
    )
    (operation,) = change["operations"]
    assert len(operation["examples"]) == 4
    added = [line for line in change["diff"].splitlines() if line.startswith("+ ")]
    assert len(added) == 2
    assert added[0].startswith("+    - (when)(x) comes (my) order FW-1")
    assert not any(secret in change["diff"] for secret in ("104233", "moreau"))
    assert any("delivery_time already" in warning for warning in change["warnings"])
    assert any("one sentence cannot mean two things" in warning for warning in change["warnings"])


def test_what_is_nearly_said_elsewhere_is_told(as_boss: TestClient) -> None:
    change = draft(as_boss, MORE | {"examples": ["how much does delivery cost please"]})
    assert any("says nearly the same as" in warning and "delivery_cost" in warning for warning in change["warnings"])


REFUSED = [
    (FAQ | {"name": "Gift cards"}, "small letters"),
    (FAQ | {"name": "delivery_time"}, "already"),
    (FAQ | {"examples": ["one only"]}, "at least 2"),
    (FAQ | {"examples": ["Gift card", "gift card."]}, "at least 2"),
    (FAQ | {"answer": " \n "}, "answer"),
    (FAQ | {"topic": "nonsense"}, "no topic"),
    (FAQ | {"beside": "track_order"}, "no FAQ"),
    (MORE | {"intent": "nonsense"}, "no intent"),
    (MORE | {"examples": []}, "no examples"),
    (MORE | {"examples": ["??", "\U0001f600"]}, "no examples"),
    ({"kind": "nonsense"}, "kind"),
    (MORE | {"more": 1}, "more"),
]


def test_what_cannot_be_used_is_refused(as_boss: TestClient) -> None:
    for operation, words in REFUSED:
        assert words in refused(as_boss, operation), operation


def test_two_of_one_name_are_refused(as_boss: TestClient) -> None:
    assert "Two operations" in refused(as_boss, FAQ, FAQ)


def test_values_that_nobody_fills_in_cannot_get_into_an_answer(as_boss: TestClient, project: Path) -> None:
    accept(as_boss, draft(as_boss, FAQ | {"answer": "Dear {name}, ${HOME} is [here](x)."}))
    responses = yaml.safe_load((project / RESPONSES).read_text())["responses"]
    assert responses["utter_faq/gift_cards"] == [{"text": "Dear (name), $(HOME) is (here)(x)."}]


# --- accepting and dropping


def test_what_is_dropped_changes_nothing(as_boss: TestClient, visitors: Visitors, project: Path) -> None:
    message, before = visitors.ask(GIFTS[0]), files(project)
    change = draft(as_boss, FAQ | {"message_ids": [message]})
    post(as_boss, f"changes/{change['id']}/drop", status=204)
    assert shown(as_boss, change)["status"] == "dropped"
    assert changed(project, before) == set()
    assert as_boss.get("/api/review").json()["total_messages"] == 1
    for again in (accept(as_boss, change), as_boss.post(f"/api/review/changes/{change['id']}/drop")):
        assert error(again) == (409, "not_a_draft")


def test_files_that_changed_are_looked_at_again(as_boss: TestClient, project: Path) -> None:
    change = draft(as_boss, MORE)
    path = project / "data/nlu/faq_delivery.yml"
    path.write_text(path.read_text().replace("    - delivery time\n", "", 1))
    before = files(project)
    assert error(accept(as_boss, change)) == (409, "files_changed")
    assert changed(project, before) == set()
    assert accept(as_boss, change).status_code == 200, "it has been shown as it is now"
    assert "    - delivery time\n" not in path.read_text()


def test_a_change_that_the_project_has_overtaken(as_boss: TestClient, project: Path) -> None:
    late, first = draft(as_boss, FAQ), draft(as_boss, FAQ)
    accept(as_boss, first)
    before = files(project)
    assert any("by now" in problem for problem in shown(as_boss, late)["problems"])
    for _ in range(2):
        assert accept(as_boss, late).status_code == 409
    assert changed(project, before) == set()
    post(as_boss, f"changes/{late['id']}/drop", status=204)


def test_what_would_break_the_project_is_not_written(as_boss: TestClient, project: Path) -> None:
    rules = project / "handoff.yml"
    rules.write_text(rules.read_text().replace("readable:\n", "readable:\n  nonsense: nothing\n"))
    change, before = draft(as_boss, FAQ), files(project)
    assert any("nonsense" in problem for problem in change["problems"])
    assert error(accept(as_boss, change)) == (409, "not_valid")
    assert changed(project, before) == set()


def test_a_file_that_cannot_be_written_leaves_all_as_it_was(
    as_boss: TestClient, project: Path, monkeypatch: pytest.MonkeyPatch, visitors: Visitors
) -> None:
    change, before = draft(as_boss, FAQ | {"message_ids": [visitors.ask(GIFTS[0])]}), files(project)
    real = previews.os.replace

    def full(source: Any, target: Any) -> None:
        if Path(target).name == "faq_payment.yml" and "responses" in str(target):
            raise OSError(28, "No space left on device", str(target))
        real(source, target)

    monkeypatch.setattr("handoff.review.writing.os.replace", full)
    answer = accept(as_boss, change)
    assert error(answer) == (409, "read_only")
    assert "patch" in answer.json()["error"]["message"]
    monkeypatch.undo()
    assert files(project) == before
    assert shown(as_boss, change)["status"] == "draft"
    assert as_boss.get("/api/review").json()["total_messages"] == 1


def test_a_branch_leaves_the_checkout_alone(as_boss: TestClient, project: Path, repository: Path) -> None:
    change, before = draft(as_boss, FAQ), files(project)
    assert change["git"] is True
    done = accept(as_boss, change, "branch").json()["accepted"]
    assert done["branch"] == "review/2026-11-23-new-faq-gift-cards"
    assert files(project) == before
    assert git(repository, "status", "--porcelain") == ""
    assert git(repository, "branch", "--show-current") == "main\n"
    assert git(repository, "rev-parse", done["branch"]).strip() == done["commit"]
    assert git(repository, "log", "-1", "--format=%an|%s", done["branch"]) == "Mila Novak|New FAQ: gift cards\n"
    names = git(repository, "diff", "--name-only", "main", done["branch"]).split()
    assert names == [f"project/{path}" for path in (NLU, RESPONSES, "handoff.yml")]
    assert f"    - {GIFTS[0]}" in git(repository, "show", f"{done['branch']}:project/{NLU}")
    again = accept(as_boss, draft(as_boss, FAQ), "branch").json()["accepted"]
    assert again["branch"] == "review/2026-11-23-new-faq-gift-cards-2"


def test_a_branch_takes_nothing_else_along(as_boss: TestClient, project: Path, repository: Path) -> None:
    path = project / "data/nlu/faq_delivery.yml"
    path.write_text(path.read_text().replace("    - delivery time\n", "    - my own work\n", 1))
    done = accept(as_boss, draft(as_boss, MORE), "branch").json()["accepted"]
    on_branch = git(repository, "show", f"{done['branch']}:project/data/nlu/faq_delivery.yml")
    assert "how many days until my desk comes" in on_branch
    assert "my own work" not in on_branch
    lines = draft(as_boss, MORE)["diff"].splitlines()
    (added,) = [number for number, line in enumerate(lines) if line.startswith("+ ")]
    path.write_text(path.read_text().replace(lines[added - 1][1:], "    - written since"))
    refusal = accept(as_boss, draft(as_boss, MORE), "branch")
    assert error(refusal) == (409, "no_git")
    assert "Commit what you have" in refusal.json()["error"]["message"]


def test_without_git_there_is_no_branch(as_boss: TestClient) -> None:
    change = draft(as_boss, MORE)
    assert change["git"] is False
    assert error(accept(as_boss, change, "branch")) == (409, "no_git")
    assert shown(as_boss, change)["status"] == "draft"


def test_a_patch_file(as_boss: TestClient, project: Path) -> None:
    change, before = draft(as_boss, MORE), files(project)
    done = accept(as_boss, change, "patch").json()["accepted"]
    assert changed(project, before) == {done["patch"]}
    assert done["patch"].startswith("results/review/2026-11-23-")
    assert (project / done["patch"]).read_text() == change["diff"]
    assert as_boss.get(f"/api/review/changes/{change['id']}/patch").text == change["diff"]


def test_a_change_that_makes_no_difference(as_boss: TestClient, visitors: Visitors, project: Path) -> None:
    message, before = visitors.ask("how long does delivery take"), files(project)
    change = draft(as_boss, MORE | {"examples": ["how long does delivery take"], "message_ids": [message]})
    assert (change["files"], change["diff"]) == ([], "")
    assert error(accept(as_boss, change, "patch")) == (409, "nothing_to_do")
    assert error(as_boss.get(f"/api/review/changes/{change['id']}/patch")) == (409, "nothing_to_do")
    assert accept(as_boss, change).json()["status"] == "accepted"
    assert changed(project, before) == set()
    assert as_boss.get("/api/review").json()["total_messages"] == 0


def test_what_is_not_there(as_boss: TestClient) -> None:
    nowhere = "0" * 36
    assert error(as_boss.get(f"/api/review/changes/{nowhere}")) == (404, "not_found")
    for what in ("preview", "drop"):
        assert error(as_boss.post(f"/api/review/changes/{nowhere}/{what}")) == (404, "not_found")
    assert error(accept(as_boss, {"id": nowhere})) == (404, "not_found")
    assert error(as_boss.get("/api/review/changes/short")) == (400, "invalid_input")
    assert error(accept(as_boss, draft(as_boss, MORE), "nonsense")) == (400, "invalid_input")


def test_changes_are_listed_the_latest_first(as_boss: TestClient, clock: Clock) -> None:
    first = draft(as_boss, MORE)
    clock.advance(60)
    second = post(as_boss, "changes", {"title": " My own title ", "operations": [MORE]}, 201)
    listed = as_boss.get("/api/review/changes").json()["changes"]
    assert [(one["id"], one["title"]) for one in listed] == [
        (second["id"], "My own title"),
        (first["id"], "More examples of faq/delivery_time"),
    ]


def test_the_intents_that_one_can_choose_from(as_boss: TestClient) -> None:
    body = as_boss.get("/api/review/intents").json()
    found = {intent["name"]: intent for intent in body["intents"]}
    assert found["faq/delivery_time"]["label"] == "how long delivery takes"
    assert found["faq/delivery_time"]["examples"] > 50
    assert (found["faq/delivery_time"]["topic"], found["faq/delivery_time"]["faq"]) == ("support", True)
    assert (found["greet"]["topic"], found["greet"]["faq"]) == (None, False)
    assert "billing" in body["topics"]


# --- previews


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A small program in the place of the one that loads Rasa; it waits until there is a file ``go``."""
    package = tmp_path / "stand_in"
    package.mkdir()
    (package / "trial.py").write_text(
        "import json, pathlib, sys, time\n"
        "before, after, _, keep = sys.argv[1:]\n"
        "print('a library that prints', flush=True)\n"
        "print(json.dumps({'stage': 'thinking'}), flush=True)\n"
        f"go = pathlib.Path({str(tmp_path / 'go')!r})\n"
        "while not go.exists(): time.sleep(0.01)\n"
        "if go.read_text() == 'fail': sys.exit(1)\n"
        "new = (pathlib.Path(after) / 'data/nlu/faq_delivery.yml').read_text()\n"
        "old = (pathlib.Path(before) / 'data/nlu/faq_delivery.yml').read_text()\n"
        "numbers = {'examples_before': 1, 'examples_after': 1 + len(new) - len(old), 'right_before': 1,\n"
        "  'right_after': 1, 'intents': [{'intent': 'faq/delivery_time', 'examples_before': 1,\n"
        "  'examples_after': 2, 'right_before': 1, 'right_after': 1, 'new': False}], 'sentences': [],\n"
        "  'sentences_changed': 0, 'new_examples': [], 'confusions': []}\n"
        "print(json.dumps({'result': {'problems': [], 'numbers': numbers}}), flush=True)\n"
    )
    monkeypatch.setattr(previews, "MODULE", "trial")
    monkeypatch.setenv("PYTHONPATH", str(package))
    return tmp_path / "go"


def until(boss: TestClient, change: dict[str, Any], *states: str, stage: str | None = None) -> dict[str, Any]:
    """The preview when it is in one of these states; asks as the page does."""
    for _ in range(3000):
        found: dict[str, Any] = shown(boss, change)["preview"]
        if found["state"] in states and stage in (None, found["stage"]):
            return found
    raise AssertionError(f"the preview never came to {states}: {found}")


def test_a_preview_says_how_far_it_is_and_what_it_found(as_boss: TestClient, tried: Path, project: Path) -> None:
    change = draft(as_boss, MORE)
    assert change["preview"]["state"] == "none"
    begun = post(as_boss, f"changes/{change['id']}/preview", status=202)
    assert begun["preview"]["state"] == "running"
    until(as_boss, change, "running", stage="thinking")
    post(as_boss, f"changes/{change['id']}/preview", status=202)  # runs already
    tried.write_text("go")
    found = until(as_boss, change, "ready", "failed")
    assert (found["state"], found["error"], found["problems"], found["outdated"]) == ("ready", None, [], False)
    assert found["numbers"]["examples_after"] == 1 + len("    - how many days until my desk comes\n")
    (intent,) = found["numbers"]["intents"]
    assert intent["label"] == "how long delivery takes"
    again = post(as_boss, f"changes/{change['id']}/preview", status=202)
    assert again["preview"]["state"] == "ready", "it is up to date"
    path = project / "data/nlu/faq_delivery.yml"
    path.write_text(path.read_text() + "# more\n")
    assert shown(as_boss, change)["preview"]["outdated"] is True


def test_a_preview_that_fails_can_be_tried_again(as_boss: TestClient, tried: Path) -> None:
    change = draft(as_boss, MORE)
    tried.write_text("fail")
    post(as_boss, f"changes/{change['id']}/preview", status=202)
    assert "Try it again" in until(as_boss, change, "failed", "ready")["error"]
    tried.write_text("go")
    post(as_boss, f"changes/{change['id']}/preview", status=202)
    assert until(as_boss, change, "ready", "failed")["state"] == "ready"


def test_a_stopped_desk_ends_its_preview(as_boss: TestClient, app: Any, tried: Path) -> None:
    change = draft(as_boss, MORE)
    post(as_boss, f"changes/{change['id']}/preview", status=202)
    until(as_boss, change, "running", stage="thinking")
    app.state.review.changes.close()
    assert until(as_boss, change, "failed")["error"]


def test_a_killed_desk_leaves_a_preview_that_can_be_tried_again(
    as_boss: TestClient, services: Services, tried: Path, clock: Clock
) -> None:
    change = draft(as_boss, MORE)
    post(as_boss, f"changes/{change['id']}/preview", status=202)
    until(as_boss, change, "running", stage="thinking")
    clock.advance(1)
    with log_in(create_app(services, services.settings), "mila") as next_desk:
        assert "interrupted" in shown(next_desk, change)["preview"]["error"]
        tried.write_text("go")
        post(next_desk, f"changes/{change['id']}/preview", status=202)
        assert until(next_desk, change, "ready", "failed")["state"] == "ready"


def test_accepting_does_not_wait_for_a_preview(as_boss: TestClient, tried: Path) -> None:
    change = draft(as_boss, MORE)
    post(as_boss, f"changes/{change['id']}/preview", status=202)
    assert accept(as_boss, change).status_code == 200
    tried.write_text("go")
    assert shown(as_boss, change)["accepted"]["how"] == "files"


def test_what_was_decided_about_is_not_tried_out_any_longer(project: Path, tmp_path: Path, tried: Path) -> None:
    kept: queue.Queue[dict[str, Any]] = queue.Queue()
    trying = previews.Previews(project, tmp_path, utc_now, lambda _, run: kept.put(run))
    trying.start("c1", "base", {})
    while kept.get(timeout=WAIT_SECONDS)["stage"] != "thinking":
        pass
    trying.start("c2", "base", {})
    trying.end("c2")  # it waits for its turn
    trying.end("c1")
    ended = [run for run in (kept.get(timeout=WAIT_SECONDS) for _ in range(3)) if run["state"] == "failed"]
    assert [run["error"] for run in ended] == ["It was ended, since the change was decided about."] * 2
