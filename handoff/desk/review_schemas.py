"""What the API says of the review and takes for it, as pydantic models: what went wrong, and changes of the training
data that mend it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from handoff.desk.schemas import Timestamp
from handoff.review.limits import (
    ANSWER_LIMIT,
    EXAMPLE_LIMIT,
    MOST_EXAMPLES,
    MOST_MESSAGES,
    MOST_OPERATIONS,
    NAME_LIMIT,
    TITLE_LIMIT,
)

ReviewKind = Literal["not_understood", "out_of_scope", "rephrased", "annoyed", "frustrated"]
"""Why a message is in the review."""

KINDS = (
    "`not_understood`: the assistant asked what was meant; `out_of_scope`: it said that it has no answer; `rephrased`: "
    "it answered, and the visitor asked the same again; `annoyed`: it answered, and the next message sounded "
    "frustrated; `frustrated`: the message itself does."
)

OperationKind = Literal["add_to_intent", "new_faq", "out_of_scope", "ignore"]
ChangeStatus = Literal["draft", "accepted", "dropped"]
PreviewState = Literal["none", "running", "ready", "failed"]
Way = Literal["files", "branch", "patch"]

MessageId = Annotated[str, Field(min_length=1, max_length=255)]
Example = Annotated[str, Field(min_length=1, max_length=EXAMPLE_LIMIT)]


class ReviewMessageOut(BaseModel):
    """A visitor's message that went wrong; the same words of others count for it."""

    id: str
    text: str = Field(description="What the visitor wrote.")
    example: str = Field(
        description="The same as a training example: one line, with stand-ins for names, addresses and numbers."
    )
    times: int = Field(description="How often these words were written in the period.")
    at: Timestamp
    page: str | None = Field(description="Address of the page that the visitor was on, without its query.")
    kind: ReviewKind = Field(description=KINDS)
    visit_id: int | None
    answer: str | None = Field(description="What the assistant said to it; null when it said nothing.")
    response: str | None = Field(description="Name of that response in the domain.", examples=["utter_faq/warranty"])
    next: str | None = Field(
        description="What happened next, in words.", examples=["handed over: asked for a person", "asked again: …"]
    )


class HumanAnswerOut(BaseModel):
    """What a person said to it afterwards, in the same visit."""

    text: str = Field(description="Without the greeting, with stand-ins for names, addresses and numbers.")
    agent: str = Field(description="The name that visitors see.")
    handoff_id: str


class NearIntentOut(BaseModel):
    """An intent whose examples are like the messages of a group."""

    intent: str = Field(examples=["faq/delivery_time"])
    label: str = Field(description="In words.", examples=["how long delivery takes"])
    share: float = Field(description="Of the votes of the nearest examples, 0 to 1.")
    example: str = Field(description="Its example that is nearest.")


class GroupOut(BaseModel):
    """Messages that mean much the same."""

    id: str = Field(description="The same as long as the group has the same first message.")
    name: str = Field(description="What it is about: the words of its most typical message.")
    faq_name: str = Field(description="A name for an FAQ about it that is not taken.", examples=["gift_cards"])
    kinds: dict[ReviewKind, int] = Field(description=f"How many messages of each kind. {KINDS}")
    visits: int = Field(description="Visits in which it happened.")
    count: int = Field(description="All messages of the group.")
    message_ids: list[str] = Field(
        description="All of them: give these with an operation, so that the group counts as done."
    )
    messages: list[ReviewMessageOut] = Field(description="The most typical 20, in different words each.")
    human_answers: list[HumanAnswerOut] = Field(description="The best one for an FAQ first; at most 5.")
    nearest: list[NearIntentOut] = Field(description="The likeliest first; at most 5.")


class PeriodOut(BaseModel):
    """Days, both included, in the team's time zone."""

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    from_: str = Field(alias="from", examples=["2026-11-01"])
    to: str = Field(examples=["2026-11-30"])
    timezone: str = Field(examples=["Europe/Amsterdam"])


class ReviewOut(BaseModel):
    """What went wrong, the most valuable to mend first."""

    period: PeriodOut
    groups: list[GroupOut] = Field(description="At most 100.")
    total_groups: int
    total_messages: int = Field(description="Messages in the period that nobody has decided about, of the kinds asked.")
    left_out: int = Field(description="Older ones that were not looked at, because there are too many.")
    encoder_ready: bool = Field(
        description="False: there is no sentence encoder, so only equal words are in one group, and `nearest` is empty."
    )
    encoder_missing: str | None = Field(description="For people: why, and what to do about it.")


class OperationIn(BaseModel):
    """One edit of the training data."""

    model_config = ConfigDict(extra="forbid")

    kind: OperationKind
    intent: str | None = Field(
        None, max_length=120, description="Of `add_to_intent`: where the examples go.", examples=["faq/delivery_time"]
    )
    name: str | None = Field(
        None,
        max_length=NAME_LIMIT,
        description="Of `new_faq`: small letters, digits and underscores.",
        examples=["gift_cards"],
    )
    examples: list[Example] = Field(
        default=[], max_length=MOST_EXAMPLES, description="Visitors' words; a new FAQ needs two or more."
    )
    answer: str | None = Field(None, max_length=ANSWER_LIMIT, description="Of `new_faq`: what the assistant says.")
    label: str | None = Field(
        None, max_length=NAME_LIMIT, description="Of `new_faq`: how people say it; by default the words of its name."
    )
    topic: str | None = Field(
        None, max_length=64, description="Of `new_faq`: a topic of handoff.yml; by default that of `beside`."
    )
    beside: str | None = Field(
        None,
        max_length=120,
        description="Of `new_faq`: it goes into the files of this FAQ; by default of the one that is nearest.",
        examples=["faq/delivery_time"],
    )
    message_ids: list[MessageId] = Field(
        default=[], max_length=MOST_MESSAGES, description="Messages that are done with when the change is accepted."
    )


class ChangeIn(BaseModel):
    """A change of the training data."""

    model_config = ConfigDict(extra="forbid")

    title: str | None = Field(None, max_length=TITLE_LIMIT, description="By default made of the operations.")
    operations: list[OperationIn] = Field(min_length=1, max_length=MOST_OPERATIONS)


class OperationOut(OperationIn):
    """One edit as it is kept: its examples are what is written into the files."""

    model_config = ConfigDict(extra="ignore")


class IntentShiftOut(BaseModel):
    """How one intent fares in cross-validation."""

    intent: str
    label: str = Field(description="In words.")
    examples_before: int
    examples_after: int
    right_before: int = Field(description="Of the examples before, those that were recognised.")
    right_after: int = Field(description="Of the examples after, those that are recognised.")
    new: bool = Field(description="Whether the change makes this intent.")


class SentenceShiftOut(BaseModel):
    """A sentence of the training data that is now taken for another intent than before."""

    text: str
    intent: str = Field(description="The one that it stands under.")
    before: str = Field(description="What it was taken for.")
    after: str = Field(description="What it is taken for now.")
    better: bool | None = Field(description="True: now right; false: no longer right; null: wrong before and now.")


class NewExampleOut(BaseModel):
    """What an example of this change is taken for by a classifier that has not seen it."""

    text: str
    intent: str
    predicted: str
    right: bool


class ConfusionOut(BaseModel):
    """An intent that is now taken for another one more often."""

    intent: str
    taken_for: str
    before: int
    after: int


class NumbersOut(BaseModel):
    """What would change in cross-validation, on the same parts of the data before and after."""

    examples_before: int
    examples_after: int
    right_before: int = Field(description="Of the sentences that were there before, those recognised before.")
    right_after: int = Field(description="Of the same sentences, those recognised after.")
    intents: list[IntentShiftOut] = Field(description="Those that the change adds to, and those that it touches.")
    sentences: list[SentenceShiftOut] = Field(description="The first 50; those that got worse first.")
    sentences_changed: int
    new_examples: list[NewExampleOut]
    confusions: list[ConfusionOut] = Field(description="New or more frequent ones; at most 20.")


class PreviewOut(BaseModel):
    """How far the preview is."""

    state: PreviewState
    stage: str | None = Field(description="While it runs: what it does now, in words.")
    started_at: Timestamp | None
    seconds: int | None = Field(description="How long it took, or takes so far.")
    error: str | None = Field(description="For people: why it failed.")
    problems: list[str] = Field(description="What validation says of the data with this change; empty: nothing.")
    numbers: NumbersOut | None
    outdated: bool = Field(description="The files have changed since; ask for the preview again.")


class FileDiffOut(BaseModel):
    """What changes in one file."""

    path: str = Field(examples=["data/nlu/faq_delivery.yml"])
    added: int = Field(description="Lines.")
    removed: int
    diff: str = Field(description="Unified, with its header.")


class ChangeOut(BaseModel):
    """A change of the training data."""

    id: str
    title: str
    status: ChangeStatus
    created_at: Timestamp
    created_by: str | None = Field(description="Name of who made it.")
    decided_at: Timestamp | None
    decided_by: str | None = Field(description="Name of who accepted or dropped it.")
    operations: list[OperationOut]
    messages: int = Field(description="Messages of visitors that it settles.")


class ChangeDetailOut(ChangeOut):
    """A change with what it does to the files."""

    files: list[FileDiffOut]
    diff: str = Field(description="All of it as one patch, for `git apply`.")
    warnings: list[str] = Field(description="For people: examples that were left out or look like others, and so on.")
    problems: list[str] = Field(description="Why it cannot be accepted; empty: it can.")
    preview: PreviewOut
    writable: bool = Field(description="Whether the project's files can be written; if not, take the patch.")
    git: bool = Field(description="Whether the project is a git repository, so that a branch can be made.")
    accepted: AcceptedOut | None = Field(description="Of an accepted one: what was done.")


class AcceptedOut(BaseModel):
    """What accepting did."""

    how: Way
    files: list[str] = Field(description="Files that were written, or that the branch or patch changes.")
    branch: str | None = Field(examples=["review/2026-11-26-gift-cards"])
    commit: str | None
    patch: str | None = Field(description="Path of the patch file within the project; null when it is not kept there.")
    next_step: str = Field(description="For people: what to do now.", examples=["Run `make train` and restart."])


class ChangeListOut(BaseModel):
    """Changes, the latest first."""

    changes: list[ChangeOut]


class AcceptIn(BaseModel):
    """How a change is accepted."""

    model_config = ConfigDict(extra="forbid")

    how: Way = Field(
        description="`files`: write the project's files; `branch`: a git branch, the checkout stays as it is; `patch`: "
        "a file under `results/review/`, or where that cannot be written the download only."
    )


class IgnoreIn(BaseModel):
    """Messages that need nothing."""

    model_config = ConfigDict(extra="forbid")

    message_ids: list[MessageId] = Field(min_length=1, max_length=MOST_MESSAGES)


class IgnoredOut(BaseModel):
    """How many messages were taken out of the review."""

    ignored: int


class IntentOut(BaseModel):
    """An intent that examples can be added to."""

    name: str = Field(examples=["faq/delivery_time"])
    label: str = Field(description="In words.")
    examples: int
    topic: str | None = Field(description="Of handoff.yml, where it is listed in one.")
    faq: bool


class IntentListOut(BaseModel):
    """All intents, and the topics that a new FAQ can belong to."""

    intents: list[IntentOut]
    topics: list[str]


ChangeDetailOut.model_rebuild()
