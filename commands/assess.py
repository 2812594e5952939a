"""`run_bot.py assess`: a round of an assessment, from its beginning to its report."""

import typer

from commands.assess_evidence import attach, evidence
from commands.assess_export import export, import_
from commands.assess_init import beside, init
from commands.assess_interviews import interviews
from commands.assess_read import read
from commands.assess_report import report
from commands.assess_review import review
from commands.assess_send import send
from commands.assess_set import set_, settle
from commands.assess_status import status
from commands.assess_step import step

assess = typer.Typer(
    no_args_is_help=True,
    help="Assessments as Kommunkompassen: prepare answers with evidence, review them, write the report.",
)
assess.command("init")(init)
assess.command("beside")(beside)
assess.command("status")(status)
assess.command("set")(set_)
assess.command("send")(send)
assess.command("read")(read)
assess.command("settle")(settle)
assess.command("attach")(attach)
assess.command("evidence")(evidence)
assess.command("review")(review)
assess.add_typer(interviews, name="interviews")
assess.command("step")(step)
assess.command("report")(report)
assess.command("export")(export)
assess.command("import")(import_)
