"""What visitors get by e-mail, and what can never be in it."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from email import policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parseaddr, parsedate_to_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.domain.clean_text import scrub
from handoff.domain.errors import InvalidInput
from handoff.domain.letters import ReplyMail, TranscriptMail
from handoff.domain.model import Sender
from handoff.domain.transcript import Line
from handoff.mail.address import MAX_NAME_LENGTH, Mailbox
from handoff.mail.compose import MAX_REFERENCES, QUOTED_LINES, reply_email, transcript_email
from handoff.mail.headers import MAX_SUBJECT_LENGTH
from handoff.mail.settings import EmailSettings, Security
from tests.support.smtp_server import problem_of

NOW = datetime(2026, 11, 23, 14, 2, tzinfo=UTC)
SETTINGS = EmailSettings(
    host="localhost", port=25, security=Security.NONE, sender=Mailbox("Fernway", "help@fernway.example")
)
REPLY = ReplyMail(
    to="anna@shopper.example",
    agent="Sanne de Vries",
    texts=("It left us this morning.",),
    handoff_id="h1",
    message_id="m7",
    at=NOW,
    subject="where an order is (FW-104233)",
)
BREAKERS = ["\n", "\r", "\r\n", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\x00", "\ud83d"]
ANY_TEXT = st.text(max_size=300) | st.text(st.characters(max_codepoint=0x2FF), max_size=300)


def line(sender: Sender, text: str, minute: int = 0, name: str | None = None) -> Line:
    return Line(sender, text, NOW + timedelta(minutes=minute), name)


def arrived(message: EmailMessage) -> EmailMessage:
    """``message`` as the other side reads it, after a strict look at its bytes."""
    raw = message.as_bytes()
    assert problem_of(raw, utf8=message.policy.utf8) is None
    parsed = BytesParser(policy=policy.default).parsebytes(raw)
    assert isinstance(parsed, EmailMessage)
    assert parsed.defects == []
    return parsed


def sender_of(message: EmailMessage) -> tuple[str, str]:
    """Name and address in ``From``. Read the older way: the newer puts a blank between two encoded words of a name."""
    raw = BytesParser(policy=policy.compat32).parsebytes(message.as_bytes())["From"]
    name, address = parseaddr(raw)
    return str(make_header(decode_header(name))), address


def body(message: EmailMessage) -> str:
    return str(arrived(message).get_content()).replace("\r\n", "\n")


def quoted(message: EmailMessage) -> list[str]:
    return [row for row in body(message).splitlines() if row.startswith(">")]


# --- a reply


def test_headers_of_a_reply() -> None:
    message = arrived(reply_email(REPLY, replace(SETTINGS, reply_to=Mailbox("Fernway team", "team@fernway.example"))))
    assert message["From"] == '"Sanne de Vries (Fernway)" <help@fernway.example>'
    assert message["To"] == "anna@shopper.example"
    assert message["Reply-To"].addresses[0].addr_spec == "team@fernway.example"
    assert message["Subject"] == "Re: where an order is (FW-104233)"
    assert parsedate_to_datetime(message["Date"]) == NOW
    assert message["Auto-Submitted"] is None, "a person wrote it"
    assert message.get_content_type() == "text/plain"
    assert message.get_content_charset() == "utf-8"


def test_without_reply_to_answers_go_to_the_sender() -> None:
    assert arrived(reply_email(REPLY, SETTINGS))["Reply-To"] is None


def test_without_a_team_name_or_a_subject() -> None:
    nameless = replace(SETTINGS, sender=Mailbox("", "help@fernway.example"))
    message = arrived(reply_email(replace(REPLY, subject=None), nameless))
    assert message["From"].addresses[0].display_name == "Sanne de Vries"
    assert message["Subject"] == "Re: Your chat with us"
    assert arrived(reply_email(replace(REPLY, subject=None), SETTINGS))["Subject"] == "Re: Your chat with Fernway"


def test_body_of_a_reply() -> None:
    mail = replace(
        REPLY,
        texts=("It left us this morning.", "Two days from here."),
        page_url="https://fernway.example/desks?size=160",
        earlier=(
            line(Sender.ASSISTANT, "Which order is it?"),
            line(Sender.VISITOR, "FW-104233\n[15:00] Sanne de Vries: you get a refund", 1),
            line(Sender.SYSTEM, "Sanne de Vries joined the chat.", 2),
            line(Sender.AGENT, "I look it up.", 600, "Sanne de Vries"),
        ),
        timezone="Europe/Amsterdam",
    )
    assert body(reply_email(mail, replace(SETTINGS, footer="Fernway B.V., Utrecht"))) == (
        "It left us this morning.\n"
        "\n"
        "Two days from here.\n"
        "\n"
        "Sanne de Vries\n"
        "Fernway\n"
        "\n"
        "Reply to this e-mail, or open the chat again at https://fernway.example/desks?size=160\n"
        "The chat knows you again in the browser that you used before.\n"
        "\n"
        "What was said before (times: Europe/Amsterdam):\n"
        "> Monday 23 November 2026\n"
        ">\n"
        "> [15:02] Assistant: Which order is it?\n"
        "> [15:03] You: FW-104233\n"
        ">   [15:00] Sanne de Vries: you get a refund\n"
        "> [15:04] Sanne de Vries joined the chat.\n"
        ">\n"
        "> Tuesday 24 November 2026\n"
        ">\n"
        "> [01:02] Sanne de Vries: I look it up.\n"
        "\n"
        "-- \n"
        "Fernway B.V., Utrecht\n"
    )


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "javascript:alert(1)",
        "https://x.example/\nBcc: a@b.de",
        "https://x.example/ or call 0900",
        "ftp://x.example/",
        "https://x.example/" + "a" * 2000,
    ],
)
def test_only_a_page_that_can_be_opened_is_named(url: str | None) -> None:
    text = body(reply_email(replace(REPLY, page_url=url), SETTINGS))
    assert "To go on, reply to this e-mail." in text
    assert "open the chat" not in text


@pytest.mark.parametrize("timezone", ["Nowhere/Atall", "Europe", "../../etc/passwd", "", None])
def test_an_unknown_zone_is_said_to_be_utc(timezone: str | None) -> None:
    text = body(reply_email(replace(REPLY, earlier=(line(Sender.VISITOR, "hi"),), timezone=timezone), SETTINGS))
    assert "(times: UTC)" in text
    assert "> [14:02] You: hi" in text


def test_quotes_stay_short_and_keep_the_visitors_last_words() -> None:
    own = line(Sender.VISITOR, "is it the chair or the desk that is late?", 1)
    later = [line(Sender.AGENT, f"Message {number}. " + "words " * 60, 2 + number, "Sanne") for number in range(20)]
    earlier = (line(Sender.ASSISTANT, "Hello"), own, *later)
    rows = quoted(reply_email(replace(REPLY, earlier=earlier), SETTINGS))
    assert QUOTED_LINES // 2 < len(rows) <= QUOTED_LINES
    assert rows[0] == "> [\u2026]"
    assert "> [14:03] You: is it the chair or the desk that is late?" in rows
    assert any("Message 19." in row for row in rows)
    assert not any("Hello" in row for row in rows)


def test_one_long_message_does_not_push_out_the_others() -> None:
    earlier = (line(Sender.VISITOR, "where is it?"), line(Sender.ASSISTANT, "\n".join(map(str, range(500))), 1))
    rows = quoted(reply_email(replace(REPLY, earlier=earlier), SETTINGS))
    assert len(rows) < QUOTED_LINES
    assert "> [14:02] You: where is it?" in rows
    assert rows[-1] == ">   \u2026"


# --- threads and repetition


def test_the_same_reply_is_the_same_bytes_and_another_is_not() -> None:
    first = reply_email(REPLY, SETTINGS)
    assert first.as_bytes() == reply_email(REPLY, SETTINGS).as_bytes()
    other = reply_email(replace(REPLY, message_id="m8"), SETTINGS)
    elsewhere = reply_email(replace(REPLY, handoff_id="h2"), SETTINGS)
    assert len({first["Message-ID"], other["Message-ID"], elsewhere["Message-ID"]}) == 3


def test_all_mails_of_a_handoff_are_one_thread() -> None:
    first = arrived(reply_email(REPLY, SETTINGS))
    second = arrived(reply_email(replace(REPLY, message_id="m8", sent_before=("m7",)), SETTINGS))
    assert first["In-Reply-To"] == first["References"]
    assert second["In-Reply-To"] == first["Message-ID"]
    assert second["References"].split() == [first["References"], first["Message-ID"]]
    assert second["Subject"] == first["Subject"]


def test_a_long_thread_keeps_its_root_and_its_latest() -> None:
    domain = f"{'d' * 60}.{'e' * 60}.{'f' * 60}.example"
    settings = replace(SETTINGS, sender=Mailbox("Fernway", f"help@{domain}"))
    sent = tuple(f"m{number}" for number in range(50))
    message = arrived(reply_email(replace(REPLY, sent_before=sent), settings))
    references = message["References"].split()
    root = arrived(reply_email(REPLY, settings))["References"]
    assert len(references) == MAX_REFERENCES
    assert references[0] == root
    assert references[-1] == message["In-Reply-To"]
    assert all(f"@{domain}>".encode() in row for row in message.as_bytes().split(b"\n") if b"<reply." in row)


# --- nothing can be smuggled in


@pytest.mark.parametrize("breaker", BREAKERS)
def test_a_name_with_a_line_break_is_refused(breaker: str) -> None:
    with pytest.raises(InvalidInput, match="control character"):
        reply_email(replace(REPLY, agent=f"Sanne{breaker}Bcc: eve@evil.example"), SETTINGS)


@pytest.mark.parametrize("breaker", [*BREAKERS, " ", ",", "<", ">"])
def test_an_address_with_a_line_break_is_refused(breaker: str) -> None:
    for address in (f"anna@shopper.example{breaker}bcc@evil.example", f"an{breaker}na@shopper.example"):
        with pytest.raises(InvalidInput, match="No e-mail can be sent"):
            reply_email(replace(REPLY, to=address), SETTINGS)
        with pytest.raises(InvalidInput, match="No e-mail can be sent"):
            transcript_email(TranscriptMail(address, "r1", NOW, ()), SETTINGS)


def test_a_name_that_is_too_long_is_refused() -> None:
    with pytest.raises(InvalidInput, match="101 characters"):
        reply_email(replace(REPLY, agent="n" * (MAX_NAME_LENGTH + 1)), SETTINGS)


@pytest.mark.parametrize("breaker", BREAKERS)
def test_a_subject_is_one_line(breaker: str) -> None:
    message = arrived(reply_email(replace(REPLY, subject=f"order{breaker}Bcc: eve@evil.example"), SETTINGS))
    assert message["Bcc"] is None
    assert message["Subject"].replace(" ", "") == "Re:orderBcc:eve@evil.example"


@given(
    ANY_TEXT,
    ANY_TEXT,
    st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=MAX_NAME_LENGTH),
)
def test_whatever_is_written_arrives(text: str, subject: str, name: str) -> None:
    settings = replace(SETTINGS, sender=Mailbox("", "help@fernway.example"))
    mail = replace(REPLY, texts=(text,), subject=subject, agent=name, earlier=(line(Sender.VISITOR, text, name=name),))
    message = arrived(reply_email(mail, settings))
    assert sender_of(reply_email(mail, settings)) == (name.strip(), "help@fernway.example")
    assert len(message["Subject"]) <= MAX_SUBJECT_LENGTH
    assert set(message.keys()) == set(arrived(reply_email(REPLY, settings)).keys())
    assert scrub("\n".join(text.strip().splitlines()).strip()) in message.get_content().replace("\r\n", "\n")


# --- a transcript


def test_a_transcript() -> None:
    lines = (line(Sender.VISITOR, "where is my order?"), line(Sender.ASSISTANT, "On its way. " * 20, 1))
    message = arrived(transcript_email(TranscriptMail("anna@shopper.example", "r1", NOW, lines), SETTINGS))
    assert message["From"] == "Fernway <help@fernway.example>"
    assert message["Subject"] == "Your chat with Fernway on Monday 23 November 2026"
    assert message["Auto-Submitted"] == "auto-generated"
    text = message.get_content().replace("\r\n", "\n")
    assert "\n[14:02] You: where is my order?\n[14:03] Assistant: " + ("On its way. " * 20).strip() in text
    assert "If that was not you" in text
    again = transcript_email(TranscriptMail("anna@shopper.example", "r2", NOW, lines), SETTINGS)
    assert message["Message-ID"] != again["Message-ID"]


def test_an_empty_conversation_can_be_sent_too() -> None:
    assert "You can" not in body(transcript_email(TranscriptMail("anna@shopper.example", "r1", NOW, ()), SETTINGS))


def test_there_is_no_place_for_notes_or_analysis() -> None:
    """Whoever adds a field decides here whether visitors may read it."""
    assert {field.name for field in fields(Line)} == {"sender", "text", "at", "name"}
    assert {field.name for field in fields(TranscriptMail)} == {
        "to",
        "request_id",
        "at",
        "lines",
        "page_url",
        "timezone",
    }
