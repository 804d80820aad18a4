"""The trained assistant on messages that were written apart from its training sentences: ``bench/validation``.

Nothing is trained. Every row comes three times: for all topics, and for each half of them in alphabetical order. The
first half is for development; the second is looked at when something is finished.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.csv_table import read_table
from bench.nlu_names import FALLBACK
from bench.nlu_outcomes import outcome, scores
from bench.nlu_process import parse
from bench.nlu_run import Row, rounded
from bench.nlu_scores import auroc, mean, recall_at_false_alarms
from bench.nlu_understood import Understood
from bench.report import emit, progress, table
from handoff.domain.errors import ConfigurationError
from handoff.domain.model import TriggerKind
from handoff.rules_file import FILE_NAME, load_rules
from scripts.train import CODE, DATA, MODEL, ROOT, changed, fingerprints, remembered

VALIDATION = ROOT / "bench" / "validation"

REQUEST_HUMAN = "request_human"
OUT_OF_SCOPE = "out_of_scope"
FAQ = "faq/"
SMALL_TALK = ("greet", "goodbye", "thank", "affirm", "deny", "bot_challenge")
"""Intents that get a fixed answer and ask for nothing."""

HARD_TOPICS = frozenset(
    (
        "rude_staff",
        "good_staff",
        "rep_said",
        "no_agent_wanted",
        "someone_else",
        "people_plan",
        "phone_number",
        "calls_feature",
        "support_hours",
        "bot_or_human",
        "product_words",
        "visits_technicians",
        "hold_story",
    )
)
"""Topics of requests_human.csv whose messages speak of people, agents or calls without asking for one."""

YES = "1"
ALL, DEVELOPMENT, FINAL = "all", "development", "final"
TEXT, TOPIC = "text", "topic"

Part = Sequence["Asked"]


@dataclass(frozen=True)
class Asked:
    """A row of a validation file, and what the assistant understood of it."""

    cells: Mapping[str, str]
    message: Understood


def request_human(part: Part) -> list[Row]:
    """How well the confidence of ``request_human`` tells who asks for a person from who does not.

    ``hard_*`` compares the same positives with the negatives of ``HARD_TOPICS`` only.
    """
    positive = [row.message.confidence(REQUEST_HUMAN) for row in part if row.cells["label"] == YES]
    negatives = [row for row in part if row.cells["label"] != YES]
    negative = [row.message.confidence(REQUEST_HUMAN) for row in negatives]
    hard = [row.message.confidence(REQUEST_HUMAN) for row in negatives if row.cells[TOPIC] in HARD_TOPICS]
    return [
        {
            "positive_rows": len(positive),
            "negative_rows": len(negative),
            "auroc": auroc(positive, negative),
            "recall_at_1_percent": recall_at_false_alarms(positive, negative),
            "hard_rows": len(hard),
            "hard_auroc": auroc(positive, hard),
            "hard_recall_at_1_percent": recall_at_false_alarms(positive, hard),
        }
    ]


def unanswerable(part: Part, handoff_intents: Collection[str]) -> list[Row]:
    """Share of messages without an answer that get one all the same, together and by kind.

    By the final intent, after abstention: ``any_intent`` is every one but the fallback and ``out_of_scope``;
    ``answered`` leaves out those that lead to a person by themselves (``handoff_intents``); ``fixed_answer`` are FAQs
    and small talk.
    """
    kinds = sorted({row.cells["kind"] for row in part})
    rows = []
    for kind in (ALL, *kinds):
        final = [row.message.intent for row in part if kind in (ALL, row.cells["kind"])]
        intents = [intent if intent not in (None, FALLBACK, OUT_OF_SCOPE) else "" for intent in final]
        rows.append(
            {
                "kind": kind,
                "rows": len(intents),
                "any_intent": mean([bool(intent) for intent in intents]),
                "answered": mean([bool(intent) and intent not in handoff_intents for intent in intents]),
                "fixed_answer": mean([_has_fixed_answer(intent or "") for intent in intents]),
            }
        )
    return rows


def _has_fixed_answer(intent: str) -> bool:
    return intent in SMALL_TALK or intent.startswith(FAQ)


def intents(part: Part) -> list[Row]:
    """The scores of :func:`bench.nlu_outcomes.scores`; ``out_of_scope`` is out of scope, an FAQ is one intent each."""
    outcomes = [
        outcome(
            None if row.cells["intent"] == OUT_OF_SCOPE else row.cells["intent"],
            row.message,
            lambda name: None if name == FALLBACK else name,
            OUT_OF_SCOPE,
        )
        for row in part
    ]
    return [{"rows": len(part), **scores(outcomes)}]


def frustration(part: Part) -> list[Row]:
    """How well ``frustration.score`` tells frustrated messages from calm ones; None without such a score."""
    scored = [(row.cells["label"] == YES, row.message.frustration) for row in part]
    positive = [score for yes, score in scored if yes and score is not None]
    negative = [score for yes, score in scored if not yes and score is not None]
    return [
        {
            "positive_rows": sum(yes for yes, _ in scored),
            "negative_rows": sum(not yes for yes, _ in scored),
            "auroc": auroc(positive, negative),
            "recall_at_1_percent": recall_at_false_alarms(positive, negative),
        }
    ]


@dataclass(frozen=True)
class Measurement:
    """What is measured of a file: the column that says what is right, and the rows of numbers of one part."""

    column: str
    measure: Callable[[Part], list[Row]]


def measurements() -> dict[str, Measurement]:
    """The validation files, without ``.csv``, in the order in which they are reported."""
    kinds = load_rules(ROOT / FILE_NAME).trigger_intents
    to_a_person = {name for kind, names in kinds.items() if kind != TriggerKind.LOW_CONFIDENCE for name in names}
    return {
        "requests_human": Measurement("label", request_human),
        "unanswerable": Measurement("kind", lambda part: unanswerable(part, to_a_person)),
        "intents": Measurement("intent", intents),
        "frustration_tweets": Measurement("label", frustration),
        "frustration_chats": Measurement("label", frustration),
    }


def halves(part: Part) -> Iterator[tuple[str, Part]]:
    """Everything, then the rows of each half of the topics; with an odd number the middle topic is in the second."""
    topics = sorted({row.cells[TOPIC] for row in part})
    first = set(topics[: len(topics) // 2])
    yield ALL, part
    yield DEVELOPMENT, [row for row in part if row.cells[TOPIC] in first]
    yield FINAL, [row for row in part if row.cells[TOPIC] not in first]


def measure_project() -> None:
    """Parse all validation files with the trained model; print rows, and a table for each file.

    Raises:
        ConfigurationError: there is no model.
        DataError: a validation file is unusable.
    """
    if not MODEL.is_file():
        raise ConfigurationError(f"{MODEL}: there is no trained model. Train one with `make train`.")
    _say_if_old()
    sets = measurements()
    records = {name: read_table(VALIDATION / f"{name}.csv", (TEXT, one.column, TOPIC)) for name, one in sets.items()}
    texts = [record.cells[TEXT] for some in records.values() for record in some]
    progress(f"parsing {len(texts)} messages")
    with tempfile.TemporaryDirectory(prefix="bench-nlu-") as folder:
        understood = iter(parse(Path(folder), "project", MODEL, texts).understood)
    for name, one in sets.items():
        asked = [Asked(record.cells, next(understood)) for record in records[name]]
        rows = [
            rounded({"set": name, "part": part, **row}) for part, some in halves(asked) for row in one.measure(some)
        ]
        for row in rows:
            emit({"bench": "nlu-project", **row})
        progress(table(rows, {key: key.replace("_", " ") for key in rows[0]}))


def _say_if_old() -> None:
    made_from = remembered()
    now = {"data": fingerprints(ROOT, DATA), "code": fingerprints(ROOT, CODE)}
    if not made_from or any(changed(made_from.get(kind, {}), files) for kind, files in now.items()):
        progress(f"{MODEL.name} is older than what it is made from; `make train` makes a new one.")
