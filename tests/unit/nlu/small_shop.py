"""What visitors of a small shop say: enough to train on, and none of it is a sentence of a test."""

ASKING = """
can I talk to a human
I want to speak with a real person
connect me to an agent please
is there somebody I can talk to
let me speak to your manager
transfer me to customer service
could you put me through to someone
please get me a representative
I need to talk to a person about my order
human please
agent
can somebody call me back
I would rather chat with a human being
my desk arrived broken and I want to speak to someone
is anyone there who can help me with this invoice, a real person
stop this and give me a human
how do I reach your support team
may I talk with a member of staff
I'd like to discuss this with one of your colleagues
let me chat with somebody from the billing team
hand me over to an operator
I prefer to speak to a person rather than type here
can you forward me to an advisor
where can I find a live agent
please let a person look at this
I have asked three times, now let me talk to a human
it does not work, can I speak with a technician
do you have someone I could ring
get me your supervisor now
the courier never came and I would like to talk to someone
""".strip().splitlines()

OTHER = {
    "track_order": """
where is my order
my parcel has not arrived
has my desk been shipped
track my parcel please
the courier left my box in the rain
when will my chair be delivered
the tracking page shows nothing
my parcel seems to be lost
I was told it would come on Monday
the delivery is late again
""",
    "complaint": """
I spoke to an agent last week and nothing happened
the person on the phone was very unfriendly
your support team never answered my mail
your manager promised me a refund
the technician was late and left a mess
I talked to somebody on Tuesday about this
your staff told me something else
the lady at reception was impolite
someone called me and hung up
the service of your team is terrible
""",
    "faq/people": """
how many people can sit at the desk
can one person put the desk together
does the app work for a team of ten people
is the desk strong enough for two people
can my colleagues book rooms too
who can see my bookings
how tall must a person be for this desk
can my assistant manage the room calendar
is there a plan for a small team
do people get a mail when I book a room
""",
    "deny": """
no
no thanks
I do not want to talk to anybody
no need for an agent
not now
I don't need a person, you can answer this
no human needed
I do not want a call
nobody has to ring me
rather not
""",
    "out_of_scope": """
what will the weather be like tomorrow
write me a poem about cats
who won the football match
how do I bake bread
what is the capital of Peru
translate this into Spanish
recommend me a good film
how old is the universe
what is two plus two
sing me a song
""",
}


def examples(*labels: str) -> dict[str, list[str]]:
    """Label -> its sentences: those of ``labels``, or all of them."""
    found = {"request_human": ASKING, **{label: texts.strip().splitlines() for label, texts in OTHER.items()}}
    return {label: texts for label, texts in found.items() if not labels or label in labels}


def as_nlu_yaml(subjects: dict[str, list[str]]) -> str:
    """The same as a Rasa training file."""
    lines = ['version: "3.1"', "nlu:"]
    for label, texts in subjects.items():
        lines += [f"- intent: {label}", "  examples: |", *(f"    - {text}" for text in texts)]
    return "\n".join(lines) + "\n"
