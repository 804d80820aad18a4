"""What the API says of agents, queues and canned replies and takes for them, as pydantic models."""

from __future__ import annotations

from pydantic import BaseModel, Field, SecretStr

from handoff.desk.schemas import PASSWORD_LIMIT, USERNAME_LIMIT, AgentOut, PresenceState, Role, Timestamp

MOST_TOPICS = 100


class ColleagueOut(BaseModel):
    """An agent as colleagues see one."""

    id: str
    display_name: str
    role: str = Field(description="`agent` or `admin`.")
    topics: list[str] = Field(description="Topics the agent looks after; empty means all.")
    online: bool = Field(description="Whether the desk is open at the agent's; who is away may be online too.")
    presence: PresenceState = Field(description="What the agent says of being there.")
    open_handoffs: int


class ColleagueList(BaseModel):
    """Everybody who works at the desk."""

    agents: list[ColleagueOut]


class QueueOut(BaseModel):
    """A queue and how it stands."""

    name: str
    topics: list[str]
    team: str = Field(examples=["our support team"])
    open: bool = Field(description="By its opening hours.")
    opens_at: Timestamp | None = Field(description="While closed: when it opens next.")
    closes_at: Timestamp | None = Field(description="While open: when it closes; null when it never does.")
    closed_because: str | None = Field(description="While closed: the holiday or the team's own reason, where one is.")
    waiting: int = Field(description="Handoffs that wait for an agent right now.")
    agents_online: int = Field(description="Agents who look after it, have the desk open and are not away.")
    connector: str = Field(description="The live chat that serves it; `desk` for this one.", examples=["desk"])


class QueueList(BaseModel):
    """All queues."""

    queues: list[QueueOut]


class AccountOut(AgentOut):
    """An account as administrators see it."""

    active: bool = Field(description="A closed account cannot log in; its history stays.")
    online: bool
    presence: PresenceState
    open_handoffs: int
    last_seen_at: Timestamp | None


class AccountList(BaseModel):
    """All accounts, also closed ones."""

    agents: list[AccountOut]


class AccountStored(BaseModel):
    """The account after a change."""

    agent: AccountOut


class NewAccount(BaseModel):
    """A new agent."""

    username: str = Field(min_length=1, max_length=USERNAME_LIMIT)
    display_name: str = Field(min_length=1, description="The name that visitors see, at most 120 characters.")
    password: SecretStr = Field(min_length=1, max_length=PASSWORD_LIMIT, description="At least 10 characters.")
    role: Role = "agent"
    topics: list[str] = Field([], max_length=MOST_TOPICS)


class AccountChange(BaseModel):
    """What an account is from now on."""

    display_name: str = Field(min_length=1)
    role: Role
    topics: list[str] = Field(max_length=MOST_TOPICS)
    active: bool


class NewPassword(BaseModel):
    """A password that an administrator sets."""

    new: SecretStr = Field(min_length=1, max_length=PASSWORD_LIMIT, description="At least 10 characters.")


class CannedIn(BaseModel):
    """A canned reply as an agent writes it."""

    shortcut: str = Field(description="1 to 32 small letters, digits and hyphens; each is there once.")
    title: str = Field(description="At most 120 characters.")
    text: str = Field(description="At most 4000 characters; may use the variables in braces.")
    queue: str | None = Field(None, description="Only for this queue; null is for all.")


class CannedOut(BaseModel):
    """A canned reply."""

    id: str
    shortcut: str
    title: str
    text: str
    queue: str | None
    updated_by: str | None = Field(description="Display name; null when it came with the product.")
    updated_at: Timestamp


class CannedList(BaseModel):
    """All canned replies, by shortcut."""

    canned: list[CannedOut]
    variables: list[str] = Field(description="What a text may use, for example `visitor_name` as `{visitor_name}`.")


class CannedStored(BaseModel):
    """The canned reply after a change."""

    canned: CannedOut
