"""Why a file is refused as a returned form. Pure."""

from enum import StrEnum


class FormWhy(StrEnum):
    """Why a file is refused."""

    TOO_LARGE = "too_large"
    """Above 10 MB, or much more when it is unpacked."""
    NOT_OFFICE = "not_office"
    """Neither Word nor Excel."""
    OLD = "old"
    """Word or Excel before 2007, or locked with a password: both look the same from outside."""
    MACROS = "macros"
    DAMAGED = "damaged"
    NOT_A_FORM = "not_a_form"
    """A sound document, but none of our forms."""
    NO_TOKEN = "no_token"  # noqa: S105 -- no password
    """A form without what says which round it is of."""
    UNRECOGNISABLE = "unrecognisable"
    """One of our forms, in which no field can be found any more."""
    OTHER_ROUND = "other_round"
    OTHER_EDITION = "other_edition"
    """The round has another framework than the form was made from."""


class FormFault(ValueError):
    """A file that is refused as a whole.

    Attributes:
        why: the reason.
        found, wanted: of another round or edition: what the form says, and what was to be read.
    """

    def __init__(self, why: FormWhy, found: str = "", wanted: str = "") -> None:
        """Keep why."""
        super().__init__(why.value)
        self.why = why
        self.found = found
        self.wanted = wanted
