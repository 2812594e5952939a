"""The settings of what is tried out on purpose: the sample that leads judge, and test contacts."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, StringConstraints

from config.setting_parts import Name, Part

Address = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[^@\s<>]+@[^@\s<>]+$")]


class QualitySettings(Part):
    """How many of the week's answers are drawn for a lead to judge; 0: none."""

    sample: int = Field(default=10, ge=0, le=100)


class OutsideMail(Part):
    """An outside mail server and an address there, from which test contacts are sent as any citizen's mail."""

    host: Name
    port: int = Field(default=587, ge=1, le=65535)
    tls: Literal["starttls", "implicit", "none"] = "starttls"
    ca_file: Path | None = None
    from_address: Address
    from_name: str = ""
    username: str = ""
    password: SecretStr = SecretStr("")
    password_file: Path | None = None
    timeout_seconds: float = Field(default=30, gt=0, le=300)


class TestContactSettings(Part):
    """Where test contacts go, when, and how they are sent where no person sends them.

    `to`: the municipality's official address; empty: that of the first unit. `outside_hours`: the share of the mails
    and chats that come when nobody is at work.
    """

    __test__ = False  # pytest would take it for a test

    to: Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^([^@\s<>]+@[^@\s<>]+)?$")] = ""
    outside_hours: float = Field(default=0.2, ge=0, le=1)
    times: int = Field(default=2, ge=1, le=10)
    smtp: OutsideMail | None = None
