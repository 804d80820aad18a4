"""What can go wrong, as a small tree. Every message is ready for people: what, where, and the remedy.

HandoffError
├── ConfigurationError      a file or setting of ours is wrong
├── NotFound                no such handoff, conversation or agent
├── Conflict                the state does not allow it
│   ├── AlreadyClaimed
│   ├── NotAssignedToYou
│   ├── IllegalTransition
│   ├── ChannelCannotShow
│   ├── NobodyThere
│   ├── LostRace
│   └── AlreadyRated
├── InvalidInput            something a visitor or agent sent is not acceptable
│   ├── Empty
│   ├── TooLong
│   ├── PayloadNotOffered
│   └── TooOften
├── NotAllowed              no or wrong identity
├── StorageUnavailable      the database did not answer; nothing was stored
└── DeliveriesStuck         the worker that delivers agents' replies makes no progress
"""


class HandoffError(Exception):
    """Root of all errors of this project.

    Attributes:
        code: stable snake_case name for programs.
        http_status: status that the HTTP faces answer with.
    """

    code = "handoff_error"
    http_status = 500


class ConfigurationError(HandoffError):
    """A file or a setting is wrong; the message names file, key and remedy."""

    code = "configuration_error"


class NotFound(HandoffError):
    """The thing asked for does not exist."""

    code = "not_found"
    http_status = 404


class Conflict(HandoffError):
    """The state of a handoff does not allow what was asked."""

    code = "conflict"
    http_status = 409


class AlreadyClaimed(Conflict):
    """Another agent was faster."""

    code = "already_claimed"


class NotAssignedToYou(Conflict):
    """Only the agent who claimed a handoff can write in it or end it."""

    code = "not_assigned_to_you"


class IllegalTransition(Conflict):
    """The lifecycle has no such step."""

    code = "illegal_transition"


class ChannelCannotShow(Conflict):
    """The visitor's channel cannot show what is written later."""

    code = "channel_cannot_show"


class NobodyThere(Conflict):
    """The agent or queue that something was to go to is not there."""

    code = "nobody_there"


class LostRace(Conflict):
    """A handoff changed between reading and writing it. Nothing was stored; load it again."""

    code = "lost_race"


class AlreadyRated(Conflict):
    """A handoff is rated once."""

    code = "already_rated"


class InvalidInput(HandoffError):
    """What was sent cannot be accepted."""

    code = "invalid_input"
    http_status = 400


class Empty(InvalidInput):
    """There is no text in the message."""

    code = "empty"


class TooLong(InvalidInput):
    """The message is longer than the limit."""

    code = "too_long"
    http_status = 413


class PayloadNotOffered(InvalidInput):
    """A button payload that this conversation was never offered."""

    code = "payload_not_offered"
    http_status = 403


class TooOften(InvalidInput):
    """More often than is good for anybody."""

    code = "too_often"
    http_status = 429


class NotAllowed(HandoffError):
    """No identity, or not the right one."""

    code = "unauthorized"
    http_status = 401


class WrongConversation(NotAllowed):
    """A valid token, but for another conversation."""

    code = "wrong_conversation"
    http_status = 403


class StorageUnavailable(HandoffError):
    """The database did not answer. Nothing was stored; the same request can be sent again."""

    code = "storage_unavailable"
    http_status = 503


class DeliveriesStuck(HandoffError):
    """The worker that delivers agents' replies makes no progress."""

    code = "deliveries_stuck"
    http_status = 503
