"""`python -m meetbot.sandbox`: the sandbox as a process of its own."""

import argparse
from datetime import datetime, timedelta
from pathlib import Path

from meetbot.sandbox import server, times
from meetbot.sandbox.faults import ScriptError
from meetbot.sandbox.model import ReportDelay


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m meetbot.sandbox", description="A stand-in for Zoom's REST API.")
    parser.add_argument("--port", type=int, default=0, help="loopback port; 0 takes a free one")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--speed", type=float, default=1.0, help="how much faster than life; 0 stands still")
    parser.add_argument("--start", type=_moment, help="ISO time with a zone at which the clock starts; default: now")
    parser.add_argument("--ledger", type=Path, help="file for one JSON line per request and effect")
    parser.add_argument("--faults", type=Path, help="fault script, YAML")
    parser.add_argument("--plan", choices=("free", "pro", "business"), default="pro")
    parser.add_argument("--no-limits", dest="limits", action="store_false", help="never answer 429")
    parser.add_argument("--scopes", type=_scopes, help="scopes of new tokens, parted by spaces; default: all")
    parser.add_argument("--api-url", help="`api_url` of the token answer; `self` for the sandbox")
    parser.add_argument("--report-delay", type=_report_delay, help="minutes until a report appears: 4 or 4,1,2")
    chosen = {name: value for name, value in vars(parser.parse_args()).items() if value is not None}
    try:
        server.run(**chosen)
    except (ScriptError, OSError) as error:
        parser.exit(1, f"sandbox: {error}\n")


def _moment(written: str) -> datetime:
    try:
        return times.from_iso(written)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _scopes(written: str) -> frozenset[str]:
    return frozenset(written.split())


def _report_delay(written: str) -> ReportDelay:
    """Minutes missing; or minutes missing, empty and building."""
    try:
        minutes = [timedelta(minutes=float(part)) for part in written.split(",")]
        return ReportDelay(*minutes)
    except (TypeError, ValueError):
        raise argparse.ArgumentTypeError("expected minutes such as 4 or 4,1,2") from None


if __name__ == "__main__":
    main()
