"""What can keep a change from being accepted; see :mod:`handoff.domain.errors`."""

from __future__ import annotations

from handoff.domain.errors import Conflict


class NotADraft(Conflict):
    """The change was accepted or dropped already."""

    code = "not_a_draft"


class FilesChanged(Conflict):
    """The files are not those that the change was shown with."""

    code = "files_changed"


class NotValid(Conflict):
    """The project would not work with the change."""

    code = "not_valid"


class NothingToDo(Conflict):
    """The change makes no difference."""

    code = "nothing_to_do"


class ReadOnly(Conflict):
    """The project's files cannot be written."""

    code = "read_only"


class NoGit(Conflict):
    """There is no git repository, or git refuses."""

    code = "no_git"
