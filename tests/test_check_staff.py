"""What the check of the settings says of where notices go."""

from typing import Any

import pytest

from config.check_staff import notice_faults
from tests.register_example import SV, make_settings, officer

KC = {"id": "kc", "name": "Kontaktcenter", "address": "kontakt@kommun.example"}
FULL = {"staff_address": "alla@kommun.example", "on_call": "jour@kommun.example", "notify": "address",
        "rota": {"monday": ["anna"], "friday": ["anna", "bo"]}}  # fmt: skip


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({}, []),
        (FULL, []),
        ({"notify": "address"}, ["Enheten kc: notify är address, men staff_address saknas."]),
        ({"staff_address": "Kontakt+x@kommun.example"}, ["är en enhets adress"]),
        ({"on_call": "a,b@kommun.example"}, ["ska vara en enda adress"]),
        ({"rota": {"monday": ["cia", "anna"], "friday": ["cia"]}}, ["Enheten kc: cia står i rota men hör inte till"]),
    ],
)
def test_where_notices_go(more: dict[str, Any], words: list[str]) -> None:
    staff = [officer("anna", "kc"), officer("bo", "kc")]
    found = list(notice_faults(make_settings(units=[{**KC, **more}], officers=staff), SV))
    assert len(found) == len(words)
    assert all(said in text for said, text in zip(words, found, strict=True))


def test_the_municipalitys_own_address_of_alarm_is_no_units() -> None:
    town = {"name": "Exempel kommun", "on_call": "kontakt@kommun.example"}
    (fault,) = notice_faults(make_settings(municipality=town), SV)
    assert "är en enhets adress" in fault
