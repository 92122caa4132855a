"""Codes as the operator types them: known, or refused with their name and the command that lists what there is."""

from intake.reference import Reference
from models.faults import Refusal


def insist_on_locality(reference: Reference, code: str) -> None:
    """Raises Refusal."""
    if reference.spot(code) is None:
        raise Refusal(f"There is no locality {code!r}; `kibaro localities list` shows them.")


def insist_on_category(reference: Reference, code: str) -> None:
    """Raises Refusal."""
    if code not in reference.categories:
        raise Refusal(f"There is no category {code!r}; `kibaro categories list` shows them.")
