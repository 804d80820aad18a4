"""The whole head: what it says is a distribution, it knows what it does not know, and any data can train it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.nlu.intent_head import (
    IntentHead,
    Trained,
    Understanding,
    best_answers,
    train_head,
    with_probability,
    words_of,
)
from tests.unit.nlu.any_text import any_text
from tests.unit.nlu.word_encoder import WordEncoder

WORDS = WordEncoder()
SUBJECTS = {
    "delivery": "delivery takes days|days until delivery|delivery time|fast delivery|delivery on Monday|slow delivery",
    "warranty": "warranty on motor|motor warranty years|warranty length|extend warranty|warranty claim|no warranty",
    "greet": "hello|hello there|good morning|hello good day|morning there|hello again",
    "out_of_scope": "weather in Rome|pasta recipe|football score|recipe for soup|weather now|score of football",
}


def train(subjects: dict[str, str], *, named: bool = True, anywhere: str = "") -> Trained:
    pairs = [(text, label) for label, texts in subjects.items() for text in texts.split("|")]
    texts, labels = [text for text, _ in pairs], [label for _, label in pairs]
    return train_head(
        texts,
        WORDS.encodings(texts),
        labels,
        names={label: WORDS.encoding(words_of(label)) for label in subjects} if named else {},
        no_answer=["out_of_scope"],
        anywhere=[anywhere],
        regularisation=20.0,
        iterations=40,
        ngram_weight=0.7,
    )


def understood(head: IntentHead, text: str) -> tuple[str, Understanding]:
    found = head.understand(text, WORDS.encoding(text))
    assert found.probabilities.shape == head.labels.shape
    assert found.probabilities.sum() == pytest.approx(1)
    assert 0 <= found.probabilities.min() <= found.probabilities.max() <= 1
    assert 0 <= found.known <= 1
    return str(head.labels[found.probabilities.argmax()]), found


TRAINED = train(SUBJECTS)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("delivery days", "delivery"),
        ("warranty years", "warranty"),
        ("hello morning", "greet"),
        ("soup", "out_of_scope"),
    ],
)
def test_new_texts_are_understood(text: str, label: str) -> None:
    found, understanding = understood(TRAINED.head, text)
    assert found == label
    assert understanding.certain == (label == "out_of_scope"), "that there is no answer is nothing to doubt"


def test_what_it_never_heard_of_is_known_less() -> None:
    known = [understood(TRAINED.head, text)[1].known for text in ("delivery days", "warranty years", "hello morning")]
    assert understood(TRAINED.head, "zeppelin qwertz")[1].known < min(known) / 2


def test_cross_validation_speaks_of_each_text_once_and_of_no_name() -> None:
    held_out = TRAINED.held_out
    assert sorted((one.text, one.label) for one in held_out) == sorted(
        (text, label) for label, texts in SUBJECTS.items() for text in texts.split("|")
    )
    assert np.mean([one.predicted == one.label for one in held_out]) > 0.8
    assert all(0 <= one.confidence <= 1 and 0 <= one.known <= 1 for one in held_out)


@pytest.mark.parametrize("mislabelled", [0.0, 0.3, 0.5])
def test_confidences_are_true_however_good_the_labels_are(mislabelled: float) -> None:
    about = {
        "delivery": "parcel courier",
        "warranty": "guarantee motor",
        "billing": "invoice bill",
        "greet": "hi there",
    }
    generator = np.random.default_rng(0)
    texts: dict[str, list[str]] = {label: [] for label in about}
    for number in range(240):
        right = list(about)[number % 4]
        label = list(about)[generator.integers(4)] if generator.random() < mislabelled else right
        words = [*about[right].split(), f"word{generator.integers(400)}"]
        texts[label].append(" ".join(generator.permutation(words)))
    held_out = train({label: "|".join(found) for label, found in texts.items()}, named=False).held_out
    accuracy = np.mean([one.predicted == one.label for one in held_out])
    assert np.mean([one.confidence for one in held_out]) == pytest.approx(accuracy, abs=0.1)
    assert np.mean([one.known for one in held_out]) == pytest.approx(accuracy, abs=0.1)


def test_the_risk_curve_counts_answers_and_all_messages() -> None:
    risk, held_out = TRAINED.head.risk, TRAINED.held_out
    answered = [one for one in held_out if one.predicted != "out_of_scope"]
    assert risk.total == len(held_out)
    assert len(risk.known) == len(answered)
    assert risk.wrong.sum() == sum(one.predicted != one.label for one in answered)


def test_the_name_of_a_label_is_an_example_of_it_on_request() -> None:
    subjects = {"faq/shipping_insurance": "zorb|blip", "greet": "hello|good day"}
    with_names, without = train(subjects).head, train(subjects, named=False).head
    place = with_names.labels.tolist().index("faq/shipping_insurance")
    probability = [understood(head, "shipping insurance")[1].probabilities[place] for head in (with_names, without)]
    assert probability[0] > 0.7 > probability[1]


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize(
    "subjects",
    [
        {"greet": "hello"},
        {"greet": "hello|hi there|good day"},
        {"greet": "hello|hi there", "bye": "goodbye|see you"},
        {"greet": "hello", "bye": "goodbye"},
        {"greet": "hello", "bye": "goodbye", "thank": "thanks", "deny": "no", "affirm": "yes", "out_of_scope": "soup"},
        {"greet": "hello|hi|hey|good day", "out_of_scope": "soup"},
        {"out_of_scope": "soup|pasta|rain"},
        {"greet": "hello|hello|hello", "bye": "hello|hello"},
        {"greet": "", "bye": " | "},
    ],
    ids=lambda subjects: "+".join(f"{label}x{len(texts.split('|'))}" for label, texts in subjects.items()),
)
def test_any_data_trains_a_head(subjects: dict[str, str], named: bool) -> None:
    trained = train(subjects, named=named, anywhere="bye")
    for text in ("hello", "goodbye", "something else entirely"):
        label, _ = understood(trained.head, text)
        assert label in subjects
    for one in trained.held_out:
        assert np.isfinite([one.confidence, one.known]).all()


def test_the_order_of_examples_does_not_matter_to_the_labels() -> None:
    turned = train(dict(reversed(SUBJECTS.items()))).head
    assert turned.labels.tolist() == TRAINED.head.labels.tolist() == sorted(SUBJECTS)
    assert understood(turned, "delivery days")[0] == "delivery"


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("faq/delivery_time", "delivery time"),
        ("track_order", "track order"),
        ("CardArrival", "card arrival"),
        ("getPINCode2", "get pin code 2"),
        ("Übergabe-Ort", "übergabe ort"),
        ("FAQ", "faq"),
        ("42", "42"),
        ("a/b/", ""),
        ("__", ""),
    ],
)
def test_words_of_a_name(label: str, words: str) -> None:
    assert words_of(label) == words


@given(any_text(40))
def test_any_name_has_words_or_none(label: str) -> None:
    words = words_of(label)
    assert words == words.lower() == " ".join(words.split())
    assert "_" not in words


LOGS = st.lists(st.floats(-700, 0), min_size=1, max_size=8)


@given(LOGS, st.integers(0, 7), st.floats(0, 1))
def test_setting_one_probability_keeps_a_distribution(logs: list[float], place: int, probability: float) -> None:
    before = np.exp(logs) / np.exp(logs).sum()
    place %= len(before)
    kept = before.copy()
    after = with_probability(before, place, probability)
    np.testing.assert_array_equal(before, kept)
    assert after.min() >= 0
    assert after.sum() == pytest.approx(1)
    others = np.delete(before, place)
    if others.sum() > 0:
        assert after[place] == probability
        np.testing.assert_allclose(np.delete(after, place), others / others.sum() * (1 - probability), atol=1e-12)


def test_the_best_answer_is_none_of_those_that_say_there_is_none() -> None:
    logs = np.array([[-0.1, -3.0, -4.0], [-5.0, -0.5, -1.0]])
    assert best_answers(logs, np.array([False, True, True])).tolist() == [1, 1]
    assert best_answers(logs, np.array([False, False, False])).tolist() == [0, 1], "then the likeliest of all"
