"""The one tree of errors.

::

    BangfuError
    ├── Refused                      the request cannot be done; nothing was changed
    │   ├── NotFound                 no such thing, or not for this person's eyes
    │   ├── NotPermitted             the person lacks the role here
    │   │   └── SeparationOfDuties   the person did an earlier step of the case
    │   ├── NotSignedIn              no valid session or token
    │   ├── TaskNotOpen              somebody finished or cancelled the step before
    │   ├── TaskHeldByOther          somebody else has claimed the step
    │   ├── CaseNotActive            the case has ended
    │   ├── Stale                    the caller saw an older revision
    │   ├── Conflict                 the thing is in a state that does not allow it
    │   ├── Invalid                  the data break the form or the request's shape
    │   ├── IdempotencyKeyReused     same key, other request
    │   ├── DeploymentRefused        the process files have errors
    │   ├── FileTooLarge
    │   ├── FileTypeRefused
    │   └── TooManyTries             slowed down; carries seconds to wait
    └── Broken                       our own fault or the machine's
        ├── SchemaNewer              the database was written by a later release
        ├── WrongKey                 the database was sealed with another master key
        ├── StateUnreadable          a stored state cannot be decoded
        ├── StepFailed               an element of a process failed while running
        ├── Busy                     the database did not let us write in time
        └── LeaseLost                another worker took the job over

Beside the tree stands ``Overtaken``, which nobody is told of.

The message of every ``Refused`` is a Chinese sentence for the person who asked: what happened,
what was kept, what to do (product.md §4). ``code`` is stable and machine-readable.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


class BangfuError(Exception):
    """The root: everything the product raises on purpose."""

    code: ClassVar[str] = "error"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Overtaken(Exception):
    """Somebody else was faster: the whole command is undone and done again from its start."""


class Refused(BangfuError):
    """The request cannot be done as asked; nothing was changed."""

    code = "refused"


class NotFound(Refused):
    """There is no such thing, or the person may not know of it: the same words for both."""

    code = "not-found"

    def __init__(
        self,
        message: str = "没有找到这一件,或者您没有查看这一件的权限。如需办理,请联系县总工会管理员。",
    ) -> None:
        super().__init__(message)


class NotPermitted(Refused):
    """The person has no role that allows it at this organisation."""

    code = "forbidden"

    def __init__(
        self,
        message: str = "您没有办理这一件的权限。如需办理,请联系县总工会管理员。",
    ) -> None:
        super().__init__(message)


class SeparationOfDuties(NotPermitted):
    """The person finished an earlier step that must be another person's (domain.md §1.1)."""

    code = "separation-of-duties"


class NotSignedIn(Refused):
    """No valid session or token."""

    code = "unauthorized"

    def __init__(self, message: str = "请先登录。") -> None:
        super().__init__(message)


class TaskNotOpen(Refused):
    """The step was finished or cancelled before."""

    code = "task-not-open"


class TaskHeldByOther(Refused):
    """Someone else has claimed the step."""

    code = "task-held"

    def __init__(self, message: str, holder: str) -> None:
        super().__init__(message)
        self.holder = holder


class CaseNotActive(Refused):
    """The case has ended."""

    code = "case-not-active"


class Stale(Refused):
    """The caller's revision is older than the stored one."""

    code = "stale"

    def __init__(
        self, message: str = "这一件刚刚有变化,请刷新后再提交。您填写的内容仍在页面上。"
    ) -> None:
        super().__init__(message)


class Conflict(Refused):
    """The thing is in a state that does not allow the act."""

    code = "conflict"


@dataclass(frozen=True)
class FieldError:
    """One thing wrong with one field.

    ``pointer`` is an RFC 6901 JSON pointer into the submitted data, ``code`` stable
    (``required``, ``type``, ``format`` …), ``message`` a Chinese sentence, ``label`` the field's.
    """

    pointer: str
    code: str
    message: str
    label: str = ""


class Invalid(Refused):
    """The data break the form, or the request its shape."""

    code = "validation"

    def __init__(self, message: str, errors: Sequence[FieldError] = ()) -> None:
        super().__init__(message)
        self.errors = tuple(errors)


class IdempotencyKeyReused(Refused):
    """The same idempotency key came with another request."""

    code = "idempotency-key-reused"

    def __init__(self) -> None:
        super().__init__("同一个幂等键(Idempotency-Key)已用于内容不同的请求,请换一个新键。")


@dataclass(frozen=True)
class Finding:
    """What a check says of a process file.

    ``severity`` is ``error`` or ``warning``; ``message`` says in Chinese what is wrong and ``hint``
    what to do, ``message_en`` and ``hint_en`` the same in English. ``line`` counts from 1, None
    where unknown. ``trace`` are the ids of the elements on the shortest way to what is wrong.
    """

    severity: str
    code: str
    message: str
    file: str
    element_id: str | None = None
    line: int | None = None
    trace: tuple[str, ...] = ()
    hint: str = ""
    message_en: str = ""
    hint_en: str = ""

    def told(self, language: str = "zh") -> str:
        """What is wrong and what to do, in one of the two languages."""
        if language == "en":
            return f"{self.message_en} {self.hint_en}".strip()
        return f"{self.message}{self.hint}"


class DeploymentRefused(Refused):
    """The files have errors; nothing was deployed."""

    code = "deployment-refused"

    def __init__(self, message: str, findings: Sequence[Finding]) -> None:
        super().__init__(message)
        self.findings = tuple(findings)


class FileTooLarge(Refused):
    """The file is over the limit."""

    code = "file-too-large"


class FileTypeRefused(Refused):
    """The content is not of an allowed type, whatever its name says."""

    code = "file-type-refused"


class TooManyTries(Refused):
    """Guessing is slowed down."""

    code = "rate-limited"

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Broken(BangfuError):
    """Not the caller's fault."""

    code = "internal"


class SchemaNewer(Broken):
    """The database was migrated by a later release than this one."""

    code = "schema-newer"


class WrongKey(Broken):
    """The database was sealed with another master key than the one given."""

    code = "wrong-key"


class StateUnreadable(Broken):
    """A stored state, form or event cannot be decoded."""

    code = "state-unreadable"


class StepFailed(Broken):
    """An element failed while the process ran; becomes an incident, never a lost completion."""

    code = "step-failed"

    def __init__(self, message: str, element_id: str) -> None:
        super().__init__(message)
        self.element_id = element_id


class Busy(Broken):
    """The database did not let us write in time; nothing was changed, try again."""

    code = "busy"


class LeaseLost(Broken):
    """Another worker has taken the job over; this one's work is thrown away."""

    code = "lease-lost"
