"""chat: the very same conversations in the terminal, without a database, without a token."""

from pathlib import Path

import click

from bot.cli import fail
from conversations.messages import Network


@click.command("chat")
@click.option("--network", type=click.Choice(["sms", "telegram"]), default="sms", show_default=True)
@click.option("--language", default="fr", show_default=True)
@click.option("--save", type=click.Path(dir_okay=False, path_type=Path), help="Write the talk as a transcript, which is a test.")
def chat_command(network: Network, language: str, save: Path | None) -> None:
    """Type what a person would; `… 60 s` is a silence, `[a label]` a button, an empty line ends."""
    from bot.languages import catalogues
    from conversations import play

    stage = play.Stage(network=network, language=language, catalogues=catalogues(("fr", "en")))
    click.echo(f"channel: {network}\nlanguage: {language}\n")
    while line := click.prompt(">", prompt_suffix=" ", default="", show_default=False):
        try:
            answers = stage.hear(line)
        except ValueError as trouble:
            click.echo(f"  ({trouble})")
            continue
        for answer in answers:
            click.echo(answer)
    if save is not None:
        if save.exists():
            fail(f"{save} exists already: choose another name")
        save.write_text(stage.transcript())
        click.echo(f"written to {save}")
