"""The only table from our errors to HTTP statuses."""

from engine import errors
from engine.errors import BangfuError

STATUS: dict[type[BangfuError], int] = {
    errors.Refused: 422,
    errors.NotFound: 404,
    errors.NotPermitted: 403,
    errors.SeparationOfDuties: 403,
    errors.NotSignedIn: 401,
    errors.TaskNotOpen: 409,
    errors.TaskHeldByOther: 409,
    errors.CaseNotActive: 409,
    errors.Stale: 412,
    errors.Conflict: 409,
    errors.Invalid: 422,
    errors.IdempotencyKeyReused: 422,
    errors.DeploymentRefused: 422,
    errors.FileTooLarge: 413,
    errors.FileTypeRefused: 415,
    errors.TooManyTries: 429,
    errors.Broken: 500,
    errors.SchemaNewer: 503,
    errors.WrongKey: 503,
    errors.StateUnreadable: 500,
    errors.StepFailed: 500,
    errors.Busy: 503,
    errors.LeaseLost: 500,
}
"""Every leaf of the tree has its row; what the web adds to the tree is found by ``code``."""

_BY_CODE = {
    "header-missing": 400,
    "csrf": 403,
    "body-too-large": 413,
    "unsupported-media-type": 415,
    "precondition-required": 428,
}


def status_of(error: BangfuError) -> int:
    """The status an error is answered with; that of the nearest class in the table."""
    if error.code in _BY_CODE:
        return _BY_CODE[error.code]
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)
