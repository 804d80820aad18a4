"""Makes a git branch with a change on it. The checkout and its index stay as they are: the commit is made of objects,
through an index of its own."""

from __future__ import annotations

import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from handoff.review.errors import NoGit

SECONDS = 20.0  # each git command takes a fraction of one; a repository on a dead network drive must not keep a thread
MOST_TRIES = 100  # names that are taken already on one day


@dataclass(frozen=True)
class Branch:
    """A new branch and its commit."""

    name: str
    commit: str


class Git:
    """The repository that holds a project, if one does."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @property
    def usable(self) -> bool:
        """Whether a branch can be made: the project's own files are in a repository with a commit."""
        try:
            self._run("cat-file", "-e", "HEAD:./handoff.yml")
        except NoGit:
            return False
        return True

    def branch(self, name: str, patch: str, message: str, author: str) -> Branch:
        """Make a branch from the latest commit with ``patch`` (paths within the project) on it.

        Args:
            name: of the branch; a number is put behind it when it is taken.
            patch: unified, as git takes it.
            message: of the commit.
            author: name of who accepted the change.

        Raises:
            NoGit: there is no repository, or the patch does not fit its latest commit.
        """
        top = Path(self._run("rev-parse", "--show-toplevel").strip())
        prefix = self._run("rev-parse", "--show-prefix").strip()
        head = self._run("rev-parse", "HEAD").strip()
        with tempfile.TemporaryDirectory() as folder:
            own = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
            self._run("read-tree", head, extra=own, cwd=top)
            try:
                where = (f"--directory={prefix.rstrip('/')}",) if prefix else ()
                self._run("apply", "--cached", *where, "-", extra=own, cwd=top, given=patch)
            except NoGit as error:
                raise NoGit(
                    f"The change does not fit the latest commit, because the files differ from it. Commit what you "
                    f"have, or write into the files instead. ({error})"
                ) from error
            tree = self._run("write-tree", extra=own, cwd=top).strip()
        commit = self._run("commit-tree", tree, "-p", head, given=message, extra=_names(author)).strip()
        for number in range(1, MOST_TRIES):
            numbered = name if number == 1 else f"{name}-{number}"
            try:
                # the empty old value: only if there is no such branch yet
                self._run("update-ref", f"refs/heads/{numbered}", commit, "")
            except NoGit:
                if not self._has(numbered):
                    raise
                continue
            return Branch(numbered, commit)
        raise NoGit(f"There are {MOST_TRIES} branches {name} already. Delete those that are merged.")

    def _has(self, branch: str) -> bool:
        try:
            self._run("rev-parse", "--verify", "--quiet", f"refs/heads/{branch}")
        except NoGit:
            return False
        return True

    def _run(
        self, *arguments: str, extra: dict[str, str] | None = None, cwd: Path | None = None, given: str = ""
    ) -> str:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        try:
            done = subprocess.run(
                ["git", *arguments],
                cwd=cwd or self._root,
                env={**inherited, "LC_ALL": "C", **(extra or {})},
                input=given.encode("utf-8"),
                capture_output=True,
                timeout=SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise NoGit(f"git could not be run: {error}") from error
        if done.returncode:
            raise NoGit(done.stderr.decode("utf-8", "replace").strip() or f"git {arguments[0]} failed")
        return done.stdout.decode("utf-8")


def _names(author: str) -> dict[str, str]:
    """Who made the commit; without an address of their own, since the desk knows none."""
    address = "desk@localhost"
    return {
        "GIT_AUTHOR_NAME": author,
        "GIT_AUTHOR_EMAIL": address,
        "GIT_COMMITTER_NAME": author,
        "GIT_COMMITTER_EMAIL": address,
    }
