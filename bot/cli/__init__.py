"""The commands and their help. Exit codes: 0 done, 1 failed with one clear sentence, 2 usage."""

import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

import click

_COMMANDS = {
    "setup": ("bot.cli.setup", "Ask what going live needs; write .env, the key file and the first account."),
    "demo": ("bot.cli.demo", "An invented city on this machine, with phones to play with."),
    "serve": ("bot.cli.serve", "Run the service."),
    "doctor": ("bot.cli.checks", "Say in words what is missing or wrong."),
    "chat": ("bot.cli.chat", "Talk to the conversations in the terminal."),
    "migrate": ("bot.cli.serve", "Bring the database up to date."),
    "import": ("bot.cli.data", "Read a process from a YAML file."),
    "export": ("bot.cli.records", "Write all open data to a folder, and the public pages if you like."),
    "staff": ("bot.cli.people", "Accounts of the people who work."),
    "token": ("bot.cli.people", "Tokens for programs."),
    "target": ("bot.cli.platforms", "Other platforms that hold copies of the record."),
    "verify-log": ("bot.cli.checks", "Check that no audit line was altered or removed."),
    "verify-record": ("bot.cli.records", "Prove from a downloaded record that nothing was removed or rewritten."),
    "forget": ("bot.cli.data", "Erase a person whose address comes on standard input."),
    "backup": ("bot.cli.data", "Copy the database, consistently, while it runs."),
    "restore": ("bot.cli.data", "Put a backup back; erasures since then are replayed."),
    "bench": ("bot.cli.checks", "Measure, beside a floor in the same run."),
    "kannel": ("bot.cli.checks", "Print the configuration of the SMS gateway."),
}


class _Lazy(click.Group):
    """Loads a command's module only when it is called: `--help` answers at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The order of the journeys, not of the alphabet."""
        del ctx
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, from its module."""
        del ctx
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = getattr(import_module(_COMMANDS[cmd_name][0]), cmd_name.replace("-", "_") + "_command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Each with its sentence, without loading it."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, sentence) for name, (_module, sentence) in _COMMANDS.items()])


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
def allervers() -> None:
    """Aller-vers: a city meets its citizens on the messaging channels they already use."""


def settings() -> Any:  # noqa: ANN401 - bot.settings is loaded only by the commands that need it
    """The settings of the environment and `.env`; a wrong value ends the command with one line."""
    from bot.settings import SettingTrouble, read

    try:
        return read(os.environ, Path(".env"))
    except SettingTrouble as trouble:
        fail(str(trouble))


def fail(sentence: str, code: int = 1) -> NoReturn:
    """End with one clear sentence."""
    click.echo(f"allervers: {sentence}", err=True)
    sys.exit(code)


def main() -> None:
    """The command line."""
    from outreach.crypto import KeyTrouble

    try:
        allervers(prog_name="allervers")
    except KeyTrouble as trouble:
        fail(str(trouble))
    except OSError as error:
        fail(f"{error.filename or 'a file'}: {error.strerror or type(error).__name__}")
    except Exception as error:
        from outreach.db import NewerDatabase

        if isinstance(error, NewerDatabase):
            fail(str(error))
        from outreach.trouble import kind

        if kind(error) not in {"again", "down"}:
            raise
        fail("the database can't be reached, or is full or busy: `allervers doctor` says more")
