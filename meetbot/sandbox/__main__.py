"""`python -m meetbot.sandbox`: the sandbox as a process of its own."""

import argparse
from datetime import datetime, timedelta
from pathlib import Path

from meetbot.sandbox import server, times
from meetbot.sandbox.faults import ScriptError
from meetbot.sandbox.setup import SWITCHES, ReportDelay
from meetbot.sandbox.smtp.profiles import NAMES
from meetbot.sandbox.webhooks.subscription import SubscriptionError


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m meetbot.sandbox", description="A stand-in for Zoom's REST API.")
    parser.add_argument("--port", type=int, default=0, help="loopback port; 0 takes a free one")
    parser.add_argument("--seed", type=int, help="one seed is one run; default: what the fault script says, or 1")
    parser.add_argument("--speed", type=float, help="how much faster than life; 0 stands still; default: 1")
    parser.add_argument("--start", type=_moment, help="ISO time with a zone at which the clock starts; default: now")
    parser.add_argument("--ledger", type=Path, help="file for one JSON line per request and effect")
    parser.add_argument("--faults", metavar="FILE", help="fault script, YAML; `storm` takes the one with every fault")
    parser.add_argument("--tls", choices=server.TLS, help="serve https, with a certificate made on the fly")
    parser.add_argument("--plan", choices=("free", "pro", "business"), default="pro")
    parser.add_argument("--no-limits", dest="limits", action="store_false", help="never answer 429")
    parser.add_argument("--scopes", type=_scopes, help="scopes of new tokens, parted by spaces; default: all")
    parser.add_argument("--api-url", help="`api_url` of the token answer; `self` for the sandbox")
    parser.add_argument(
        "--report-delay", type=_report_delay, help="minutes until a report appears: 4, 4,1,2 or 4,1,2,30"
    )
    parser.add_argument("--create-label", choices=("Light", "Medium"), help="what creating a meeting counts as")
    parser.add_argument("--capacity", type=int, help="how many people fit into a meeting; default: what the plan has")
    for name, what in SWITCHES.items():
        parser.add_argument(f"--{name.replace('_', '-')}", action=argparse.BooleanOptionalAction, help=what)
    parser.add_argument("--smtp", type=int, metavar="PORT", help="loopback port of a mail server; 0 takes a free one")
    parser.add_argument("--smtp-profile", choices=NAMES, help="the mail server to be like")
    parser.add_argument("--smtp-bounces", type=Path, metavar="DIR", help="Maildir that bounces go to")
    parser.add_argument("--webhook", dest="webhooks", action="append", metavar="URL", help="tell everything to it")
    parser.add_argument("--webhook-secret", metavar="TEXT", help="what webhooks are signed with; default: sandbox")
    parser.add_argument("--webhook-ca", type=Path, metavar="FILE", help="certificates to trust at https addresses")
    chosen = {name: value for name, value in vars(parser.parse_args()).items() if value is not None}
    try:
        server.run(**chosen)
    except (ScriptError, SubscriptionError, OSError) as error:
        parser.exit(1, f"sandbox: {error}\n")


def _moment(written: str) -> datetime:
    try:
        return times.from_iso(written)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _scopes(written: str) -> frozenset[str]:
    return frozenset(written.split())


def _report_delay(written: str) -> ReportDelay:
    """Minutes missing; or minutes missing, empty and building; then minutes until it is revised."""
    try:
        minutes = [timedelta(minutes=float(part)) for part in written.split(",")]
        return ReportDelay(*minutes)
    except (TypeError, ValueError):
        raise argparse.ArgumentTypeError("expected minutes such as 4 or 4,1,2 or 4,1,2,30") from None


if __name__ == "__main__":
    main()
