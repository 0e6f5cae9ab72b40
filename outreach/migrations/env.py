"""Run by alembic for every command: the connection, and the models when they are compared, are handed in by the caller."""

from collections.abc import Iterable
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from alembic.operations.ops import CreateTableOp, MigrationScript
from alembic.runtime.migration import MigrationContext


def _render(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:  # noqa: ANN401 - any piece of a model
    if kind == "type" and type(item).__name__ == "Instant":
        autogen.imports.add("from outreach.migrations import INSTANT")
        return "INSTANT"
    return False


def _leave_out(_context: MigrationContext, _revision: Any, scripts: Iterable[MigrationScript]) -> None:  # noqa: ANN401 - alembic's
    """How long rows are kept is said by the models alone."""
    for script in scripts:
        for step in script.upgrade_ops.ops if script.upgrade_ops else ():
            if isinstance(step, CreateTableOp):
                step.info = {}


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes.get("metadata"),
    transactional_ddl=True,  # on SQLite too: the engine says BEGIN itself
    render_as_batch=True,  # SQLite alters a table by copying it
    render_item=_render,
    process_revision_directives=_leave_out,
    compare_type=True,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()
