"""What is known of a measure by its id, those of the telephone that depend on seconds included."""

from config.texts import Texts
from measurement.measures import Measure
from measurement.phone_measures import name_of, phone_measures
from measurement.registry import REGISTRY

_PHONE = "phone."


def find_measure(measure: str) -> Measure | None:
    """Return a measure by its id, as ``phone.direct.60``; None: nobody declares it, so no report shows it."""
    if measure in REGISTRY or not measure.startswith(_PHONE):
        return REGISTRY.get(measure)
    seconds = measure.rpartition(".")[2]
    limits = [int(seconds)] if seconds.isdecimal() else []
    return next((one for one in phone_measures(limits) if one.id == measure), None)


def known_measure(measure: str) -> Measure:
    """Return a measure by its id.

    Raises:
        KeyError: nobody declares it.
    """
    found = find_measure(measure)
    if found is None:
        raise KeyError(measure)
    return found


def measure_name(measure: str, texts: Texts) -> str:
    """Return what a measure is called in the reader's language.

    Raises:
        KeyError: nobody declares it.
    """
    return texts.t(REGISTRY[measure].name) if measure in REGISTRY else name_of(measure, texts)
