"""django-helpdesk's own e-mail intake over the same mails; runs in a throw-away environment, not in ours.

``python helpdesk_side.py FOLDER MAILS``: SQLite as Django ships it, one queue that acknowledges, mail to Django's
memory backend. Takes the files of MAILS in order; asked ``{"take": n}`` it takes the next n and tells the seconds.
"""

import json
import logging
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any

import django  # type: ignore[import-not-found,unused-ignore]
from django.conf import settings  # type: ignore[import-not-found,unused-ignore]

APPS = ["auth", "contenttypes", "sessions", "sites", "humanize", "messages", "staticfiles", "admin"]


def configure(folder: Path) -> None:
    """Set up Django as helpdesk's own instructions do, the database in `folder`."""
    settings.configure(
        SECRET_KEY="bench",
        INSTALLED_APPS=[f"django.contrib.{name}" for name in APPS] + ["rest_framework", "helpdesk"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(folder / "helpdesk.db")}},
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
        EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend",
        ROOT_URLCONF="bench_urls",
        SITE_ID=1,
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        MEDIA_ROOT=str(folder / "media"),
        STATIC_URL="/static/",
        HELPDESK_TEAMS_MODEL="auth.Group",  # instead of a further package
        HELPDESK_TEAMS_MIGRATION_DEPENDENCIES=[],
    )
    django.setup()
    from django.urls import include, path  # type: ignore[import-not-found,unused-ignore]

    urls = ModuleType("bench_urls")
    sys.modules["bench_urls"] = urls
    urls.urlpatterns = [path("", include("helpdesk.urls", namespace="helpdesk"))]  # type: ignore[attr-defined]


def make_queue() -> Any:  # noqa: ANN401 -- a model of a package that mypy does not see
    """Create the tables and a queue that takes mail and acknowledges it."""
    from django.core.management import call_command  # type: ignore[import-not-found,unused-ignore]
    from helpdesk.models import Queue  # type: ignore[import-not-found,unused-ignore]

    call_command("migrate", verbosity=0)
    return Queue.objects.create(
        title="Kontaktcenter", slug="kc", email_address="kontakt@kommun.example", allow_public_submission=True,
        allow_email_submission=True, email_box_type="local", enable_notifications_on_email_events=True,
    )  # fmt: skip


def main() -> None:
    """Answer questions until the input ends."""
    folder, mails = Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text())
    logging.disable(logging.CRITICAL)
    configure(folder)
    queue = make_queue()
    from django.core import mail  # type: ignore[import-not-found,unused-ignore]
    from helpdesk.email import extract_email_metadata  # type: ignore[import-not-found,unused-ignore]
    from helpdesk.models import FollowUp, Ticket  # type: ignore[import-not-found,unused-ignore]

    mail.outbox = []
    print(json.dumps({"ready": True}), flush=True)
    waiting = iter(mails)
    for line in sys.stdin:
        chosen = [next(waiting) for _ in range(json.loads(line)["take"])]
        mail.outbox.clear()
        start = time.perf_counter()
        for text in chosen:
            extract_email_metadata(text, queue, logging.getLogger("bench"))
        seconds = time.perf_counter() - start
        told = {"seconds": seconds, "acknowledged": len(mail.outbox), "tickets": Ticket.objects.count()}
        print(json.dumps(told | {"messages": FollowUp.objects.count()}), flush=True)


if __name__ == "__main__":
    main()
