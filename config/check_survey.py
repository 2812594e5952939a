"""What is wrong or risky in the settings of surveys."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from config.settings import Settings
from config.texts import Texts

_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


def survey_warnings(settings: Settings, texts: Texts) -> Iterator[str]:
    """Give every warning about the settings of surveys, each a sentence; none where surveys are off."""
    t, survey = texts.t, settings.survey
    if not survey.enabled:
        return
    if survey.page is None:
        yield t("survey.page är inte satt. Då går enkäten bara att besvara med e-post, inte med en länk.")
        return
    url = urlsplit(survey.page.url)
    if url.scheme != "https" and url.hostname not in _LOOPBACK:
        yield t("survey.page.url börjar med http. Det som någon svarar skickas då så att andra kan läsa det.")
