"""The five gates of an improvement (DMAIC) and the eight supporting questions, as municipalities use them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from config.texts import mark

QuestionId = NewType("QuestionId", str)
"""As ``define.problem``: the gate, a dot, a word."""


class Gate(StrEnum):
    """A phase and the gate at its end, in order."""

    DEFINE = "define"
    MEASURE = "measure"
    ANALYZE = "analyze"
    IMPROVE = "improve"
    CONTROL = "control"


GATE_NAMES = {
    Gate.DEFINE: mark("Definiera"),
    Gate.MEASURE: mark("Mät"),
    Gate.ANALYZE: mark("Analysera"),
    Gate.IMPROVE: mark("Förbättra"),
    Gate.CONTROL: mark("Styr och följ upp"),
}
"""What the gates are called."""


@dataclass(frozen=True, slots=True)
class SupportingQuestion:
    """A question that a gate's work is to answer; `text` is Swedish, to be translated where it is shown."""

    id: QuestionId
    gate: Gate
    text: str


QUESTIONS = (
    SupportingQuestion(QuestionId("define.problem"), Gate.DEFINE, mark("Vad är problemet?")),
    SupportingQuestion(QuestionId("measure.size"), Gate.MEASURE, mark("Hur stort är problemet?")),
    SupportingQuestion(QuestionId("analyze.cause"), Gate.ANALYZE, mark("Vad orsakar problemet?")),
    SupportingQuestion(QuestionId("improve.solution"), Gate.IMPROVE, mark("Hur löses problemet?")),
    SupportingQuestion(QuestionId("improve.carried_out"), Gate.IMPROVE, mark("Hur genomförs lösningen?")),
    SupportingQuestion(QuestionId("control.result"), Gate.CONTROL, mark("Vad blev resultatet?")),
    SupportingQuestion(QuestionId("control.secured"), Gate.CONTROL, mark("Hur säkerställs effekten?")),
    SupportingQuestion(
        QuestionId("control.spread"), Gate.CONTROL, mark("Bör lösningen bli standard och spridas till andra?")
    ),
)
"""All eight, in order."""


def questions_of(gate: Gate) -> tuple[SupportingQuestion, ...]:
    """Return the questions of a gate, one to three."""
    return tuple(one for one in QUESTIONS if one.gate is gate)


def question_named(written: str) -> SupportingQuestion | None:
    """Return the question that was written: its id, or its gate if that has one question only; None: there is none."""
    wanted = written.strip().casefold()
    found = next((one for one in QUESTIONS if one.id == wanted), None)
    if found is None and wanted in set(Gate):
        alone = questions_of(Gate(wanted))
        return alone[0] if len(alone) == 1 else None
    return found
