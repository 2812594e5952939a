"""What every section of the settings is made of."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Part(BaseModel):
    """A section of the file: frozen, and an unknown key in it is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid")
