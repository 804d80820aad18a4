"""How a trained intent head is stored: plain arrays in one ``.npz`` file, nothing pickled."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy import sparse

from handoff.nlu.example_memory import ExampleMemory
from handoff.nlu.halfway_space import HalfwaySpace
from handoff.nlu.intent_head import IntentHead
from handoff.nlu.known_score import KnownScore
from handoff.nlu.linear_head import LinearHead
from handoff.nlu.pair_judge import PairJudge
from handoff.nlu.request_head import RequestHead
from handoff.nlu.risk_curve import RiskCurve
from handoff.nlu.text_ngrams import TextNgrams
from handoff.nlu.token_space import TokenSpace

REQUEST_ARRAYS = ("passage_weights", "means", "spreads", "weights")
_BETWEEN = "\n"  # of n-grams: white space separates words, so that none holds a line break
_HALF = np.float16
"""The examples' vectors are stored in half precision: likeness moves in the fourth digit, the file halves."""


def save_head(head: IntentHead, path: Path) -> None:
    """Write ``head``."""
    memory, space = head.memory, head.memory.space
    np.savez(
        path,
        labels=head.labels,
        answers=head.answers,
        blend=head.blend,
        judge_factors=head.judge_factors,
        vector_weights=head.linear.vector_weights,
        ngram_weights=head.linear.ngram_weights,
        bias=head.linear.bias,
        ngrams=_one_text(head.ngrams.ngrams),
        idf=head.ngrams.idf,
        known_means=head.known.means,
        known_spreads=head.known.spreads,
        known_line=np.array([head.known.slope, head.known.offset]),
        risk_known=head.risk.known,
        risk_wrong=head.risk.wrong,
        risk_total=np.array(head.risk.total),
        starts=memory.starts,
        vectors=memory.vectors.astype(_HALF),
        tokens=memory.tokens.astype(_HALF),
        token_starts=memory.token_starts,
        halfway=memory.halfway.astype(_HALF),
        halfway_mean=memory.halfway_space.mean,
        halfway_projection=memory.halfway_space.projection,
        example_ngrams=memory.ngrams.data,
        example_ngram_places=memory.ngrams.indices,
        example_ngram_ends=memory.ngrams.indptr,
        projection=space.projection,
        piece_ids=space.piece_ids,
        piece_weights=space.piece_weights,
        unseen_weight=np.array(space.unseen_weight),
        request_labels=np.array(list(head.requests), dtype=str),
        **{
            f"request_{index}_{name}": getattr(request, name)
            for index, request in enumerate(head.requests.values())
            for name in REQUEST_ARRAYS
        },
    )


def read_head(path: Path) -> IntentHead:
    """Read what :func:`save_head` wrote; pickled content is refused."""
    with np.load(path, allow_pickle=False) as file:
        array = {name: file[name] for name in file.files}
    starts = array["starts"]
    example_ngrams = sparse.csr_matrix(
        (array["example_ngrams"], array["example_ngram_places"], array["example_ngram_ends"]),
        shape=(int(starts[-1]), len(array["idf"])),
    )
    space = TokenSpace(array["projection"], array["piece_ids"], array["piece_weights"], float(array["unseen_weight"]))
    memory = ExampleMemory(
        starts=starts,
        vectors=array["vectors"].astype(np.float32),
        ngrams=example_ngrams,
        tokens=array["tokens"].astype(np.float32),
        token_starts=array["token_starts"],
        space=space,
        halfway=array["halfway"].astype(np.float32),
        halfway_space=HalfwaySpace(array["halfway_mean"], array["halfway_projection"]),
    )
    slope, offset = array["known_line"].tolist()
    return IntentHead(
        labels=array["labels"],
        answers=array["answers"],
        linear=LinearHead(array["vector_weights"], array["ngram_weights"], array["bias"]),
        ngrams=TextNgrams(_separate(array["ngrams"]), array["idf"]),
        memory=memory,
        blend=array["blend"],
        judge=PairJudge(memory),
        judge_factors=array["judge_factors"],
        known=KnownScore(array["known_means"], array["known_spreads"], slope, offset),
        risk=RiskCurve(array["risk_known"], array["risk_wrong"], int(array["risk_total"])),
        requests={
            label: RequestHead(**{name: array[f"request_{index}_{name}"] for name in REQUEST_ARRAYS})
            for index, label in enumerate(array["request_labels"].tolist())
        },
    )


def _one_text(ngrams: Sequence[str]) -> np.ndarray:
    """As bytes, uint8: an array of strings would give each the room of the longest."""
    return np.frombuffer(_BETWEEN.join(ngrams).encode("utf-8", "surrogatepass"), dtype=np.uint8)


def _separate(text: np.ndarray) -> tuple[str, ...]:
    spelled = text.tobytes().decode("utf-8", "surrogatepass")
    return tuple(spelled.split(_BETWEEN)) if spelled else ()
