"""``python -m bench [NAME …] [--quick]``: measure, and print every figure beside the baseline of the same run."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from bench import baseline, chat, chat_presses, desk, figures, path, report, stored
from bench.table import Row, print_table, write_json

BENCHES: dict[str, Callable[[bool], Sequence[Row]]] = {
    "accept": path.accept,
    "intake": path.intake,
    "clock": path.clock,
    "start": path.start,
    "stored": stored.stored,
    "desk": desk.desk,
    "chat": chat.chat,
    "presses": chat_presses.presses,
    "figures": figures.figures,
    "report": report.report,
    "baseline": baseline.measure_only,
}


def main() -> None:
    """Run the benches named, or all of them."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", help=", ".join(BENCHES))
    parser.add_argument("--quick", action="store_true", help="tiny sizes, only to see that it works")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the table there as JSON too")
    arguments = parser.parse_args()
    unknown = [name for name in arguments.names if name not in BENCHES]
    if unknown:
        parser.error(f"no such bench: {', '.join(unknown)}; there are {', '.join(BENCHES)}")
    rows: list[Row] = []
    for name in arguments.names or BENCHES:
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        rows += BENCHES[name](arguments.quick)
    print_table(rows)
    if arguments.json:
        write_json(rows, arguments.json)


if __name__ == "__main__":
    main()
