"""doctor, verify-log, bench, kannel."""

import json
import sys
from pathlib import Path

import click

from bot.cli import fail, settings
from bot.cli.office import office

_MARK = {"ok": "ok      ", "warning": "warning ", "critical": "CRITICAL"}


@click.command("doctor")
@click.option("--brief", is_flag=True, help="One line for a monitor; exit 0 well, 1 warning, 2 critical.")
def doctor_command(*, brief: bool) -> None:
    """Say in words what is missing or wrong, and how to mend it."""
    from bot import doctor

    findings = doctor.examine(settings())
    worst = max((("ok", "warning", "critical").index(finding.level) for finding in findings), default=0)
    if brief:
        troubles = [finding.what for finding in findings if finding.level != "ok"]
        click.echo(f"{('OK', 'WARNING', 'CRITICAL')[worst]} - {'; '.join(troubles) or 'all is well'}")
    else:
        for finding in findings:
            click.echo(f"{_MARK[finding.level]}  {finding.what}" + (f"\n          → {finding.mend}" if finding.mend else ""))
    raise SystemExit(worst if brief else min(worst // 2, 1))


@click.command("verify-log")
def verify_log_command() -> None:
    """Check that no audit line and no record leaf was altered, removed or moved."""
    from outreach import audit

    with office() as (database, _now), database.read() as session:
        verdict = audit.verify(session)
    if not verdict.ok:
        fail(f"the {verdict.chain} chain is broken at place {verdict.broken_at}: {verdict.why}")
    click.echo(f"the chain of {verdict.lines} lines is whole")


@click.command("bench")
@click.argument("name", type=click.Choice(["inbound", "send", "fanout", "pages", "redaction", "triage", "copies"]))
@click.option("--json", "as_json", is_flag=True, help="One line of JSON.")
@click.option("--pairs", default=5, show_default=True, help="How many alternating pairs with the floor.")
@click.option("--data", type=click.Path(path_type=Path), help="Where the real contributions are; ../shared/data beside the project.")
def bench_command(name: str, pairs: int, data: Path | None, *, as_json: bool) -> None:
    """Measure: speed beside a floor in the same run, or how well real contributions are read."""
    from bot import bench
    from bot.bench.corpus import NotThere

    try:
        result = bench.run(name, pairs=pairs, data=data)
    except NotThere as error:
        fail(str(error))
    click.echo(json.dumps(result) if as_json else "\n".join(f"{key:>8}  {value}" for key, value in result.items()))


@click.command("kannel")
@click.option("--smpp", metavar="HOST:PORT", help="The operator's SMPP server; without it a sketch to complete.")
@click.option("--user", default="", help="Its system_id.")
@click.option("--system-type", default="", help="Its system_type, when the contract names one.")
@click.option("--tls", is_flag=True, help="The server speaks TLS.")
@click.option("--password-stdin", is_flag=True, help="Read the operator's password from standard input, else it is asked.")
def kannel_command(smpp: str | None, user: str, system_type: str, *, tls: bool, password_stdin: bool) -> None:
    """Print a kannel.conf for these settings: no text and no number in its logs."""
    from bot.channels import kannel, kannel_conf

    chosen = settings()
    if not chosen.kannel_url:
        fail("ALLERVERS_KANNEL_URL is empty: write it first, with the user, password, sender and secret that go with it")
    if smpp is None:
        click.echo(kannel.configuration(chosen), nl=False)
        return
    host, _, port = smpp.rpartition(":")
    if not (host and port.isascii() and port.isdecimal() and user):
        raise click.UsageError("--smpp wants HOST:PORT, and --user the operator's name for us")
    given = sys.stdin.readline().rstrip("\r\n") if password_stdin else ""
    password = given or click.prompt("Password of the SMPP account", hide_input=True, err=True)
    try:
        link = kannel_conf.smpp(chosen, kannel_conf.Account(host, int(port), user, password, tls, system_type))
    except ValueError as error:
        fail(str(error))
    click.echo(kannel.configuration(chosen, operator=link), nl=False)
