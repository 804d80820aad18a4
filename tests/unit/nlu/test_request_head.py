"""A request for a person is found beside whatever else a message says, and talk about people is not one."""

from __future__ import annotations

import numpy as np
import pytest

from handoff.nlu.encoder import SentenceEncoder
from handoff.nlu.intent_head import ASKED_FROM, IntentHead, train_head
from handoff.nlu.request_head import RequestHead, fit_request_head
from tests.unit.nlu.small_shop import ASKING, examples
from tests.unit.nlu.word_encoder import WordEncoder

STORY = (
    "I ordered a white desk and two chairs from you at the end of October. The desk came after ten days and one of the "
    "legs has a deep scratch. The chairs are still at the depot because the courier lost the address, {}, and the "
    "depot is closed this week. The order number is on the invoice that I got by mail. I took photos of the box before "
    "I opened it."
)
CLAUSE = "so could I please speak with somebody about all this"
NO_CLAUSE = "so all of this costs me a lot of time"

REQUESTS = [
    "my parcel is lost, can I talk to somebody about it",
    "the motor hums all day long so please connect me with a person",
    STORY.format(CLAUSE),
    "I want a human!!",
]
OTHERS = [
    "your agent was rude yesterday",
    "I do not need an agent",
    STORY.format(NO_CLAUSE),
    "how many people fit around the big table",
    "my parcel is lost",
]


@pytest.fixture(scope="module")
def whole(encoder: SentenceEncoder) -> IntentHead:
    """Trained as the classifier trains it, with the other subjects around."""
    pairs = [(text, label) for label, texts in examples().items() for text in texts]
    texts, labels = [text for text, _ in pairs], [label for _, label in pairs]
    return train_head(
        texts,
        encoder.encodings(texts),
        labels,
        names={},
        no_answer=["out_of_scope"],
        anywhere=["request_human"],
        regularisation=20.0,
        iterations=40,
        ngram_weight=0.7,
    ).head


@pytest.fixture(scope="module")
def alone(encoder: SentenceEncoder) -> RequestHead:
    """Without any help of the subject: that says one half for all."""
    others = [text for label, texts in examples().items() if label != "request_human" for text in texts]
    texts = [*ASKING, *others]
    asks = np.arange(len(texts)) < len(ASKING)
    return fit_request_head(texts, encoder.encodings(texts), asks, np.full(len(texts), 0.5))


@pytest.mark.parametrize("text", REQUESTS)
def test_a_request_is_found_wherever_it_stands(whole: IntentHead, encoder: SentenceEncoder, text: str) -> None:
    found = whole.understand(text, encoder.encoding(text))
    assert whole.labels[found.probabilities.argmax()] == "request_human"
    assert found.certain, "to miss a request annoys more than to hear one too many"
    assert found.known > ASKED_FROM


@pytest.mark.parametrize("text", OTHERS)
def test_talk_about_people_is_no_request(whole: IntentHead, encoder: SentenceEncoder, text: str) -> None:
    found = whole.understand(text, encoder.encoding(text))
    place = whole.labels.tolist().index("request_human")
    assert found.probabilities[place] < ASKED_FROM
    assert not found.certain


def test_requests_stand_above_all_others_without_knowing_the_subject(
    alone: RequestHead, encoder: SentenceEncoder
) -> None:
    asked, other = (
        [alone.probability(text, encoder.encoding(text), 0.5) for text in texts] for texts in (REQUESTS, OTHERS)
    )
    assert min(asked) > 0.5 > max(other)


def test_a_clause_makes_the_difference(alone: RequestHead, encoder: SentenceEncoder) -> None:
    with_clause, without = (
        alone.probability(text, encoder.encoding(text), 0.5) for text in (STORY.format(CLAUSE), STORY.format(NO_CLAUSE))
    )
    assert with_clause > without + 0.5


def test_a_passage_is_enough_where_no_wording_and_no_subject_helps() -> None:
    """Any wish can be taught: here to be sung to, in words of which the wordings of contact know nothing."""
    words = WordEncoder()
    story = " ".join(f"filler{number}" for number in range(40))
    asking = [f"sing a song {number}" for number in range(12)] + [f"filler{number} sing song" for number in range(12)]
    other = [f"filler{number} filler{number + 7} filler{number + 3}" for number in range(24)]
    texts = [*asking, *other]
    head = fit_request_head(texts, words.encodings(texts), np.arange(48) < 24, np.full(48, 0.5))
    asks, does_not = (
        head.probability(text, words.encoding(text), 0.5)
        for text in (f"{story} sing a song please {story}", f"{story} open the window please {story}")
    )
    assert asks > 0.7 > 0.3 > does_not


def test_the_subject_counts_too(encoder: SentenceEncoder) -> None:
    """Sentences that no passage and no wording tell apart: only the intent classifier's word is left."""
    texts = ["hello", "hello"] * 15
    asks = np.arange(30) % 2 == 0
    head = fit_request_head(texts, encoder.encodings(texts), asks, np.where(asks, 0.8, 0.1))
    low, high = (head.probability("hello", encoder.encoding("hello"), subject) for subject in (0.1, 0.8))
    assert low < 0.2 < 0.8 < high


@pytest.mark.parametrize(
    ("texts", "asks"),
    [
        (["agent", "hello"], [True, False]),
        (["agent", "hello", "hi"], [True, False, False]),
        (["agent", "human", "hi"], [True, True, False]),
        (["", "", "agent"], [True, False, True]),
    ],
)
def test_few_examples_are_no_error(encoder: SentenceEncoder, texts: list[str], asks: list[bool]) -> None:
    head = fit_request_head(texts, encoder.encodings(texts), np.array(asks), np.linspace(0, 1, len(texts)))
    for text in ("agent", "", STORY):
        for by_subject in (0.0, 0.5, 1.0):
            assert 0 <= head.probability(text, encoder.encoding(text), by_subject) <= 1
