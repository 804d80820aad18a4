"""Marks that the channel and the way back put on Rasa's events, and that the event broker reads."""

RECORDED = "handoff"
"""Key in a bot event's metadata: the handoff service recorded this message itself; holds the message and the state."""

CHANNEL_NAME = "web"
DISPLAY_TEXT = "display_text"
"""Key in a user event's metadata: the title of the button whose payload was sent; what people read."""

CLIENT_MESSAGE_ID = "client_message_id"
PAGE = "page"

# slots that copy the handoff into Rasa; the database is the truth
OPEN_SLOT = "handoff_open"
ID_SLOT = "handoff_id"
ESCALATION_SLOT = "escalation"
"""The latest graded decision with its evidence, as :func:`handoff.domain.escalation_record.as_record` writes it."""

VARIANT_SLOT = "experiment_variant"
"""The variant of the experiment that the conversation is in; conditions of responses read it."""

HANDOFF_ACTION = "action_handoff"

SLOTS_AFTERWARDS: dict[str, bool | None] = {
    "requested_slot": None,
    OPEN_SLOT: False,
    ID_SLOT: None,
    ESCALATION_SLOT: None,
}
"""How these slots stand when a handoff is over and the assistant takes over again."""

CONTACT_FORM = "contact_form"

ASKING_FOR_EMAIL: dict[str, str] = {"requested_slot": "email", "contact_purpose": "follow_up", "email_problem": "none"}
"""How these slots stand while the contact form waits for an address to which the answer goes."""
