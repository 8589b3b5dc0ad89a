"""What the ledger of tickets is about stays as long as the ledger.

Foreign keys look each row up, once for each of them: a quarter of the time that a hundred thousand lines
take. These triggers promise the same with a look for each statement.
"""

from typing import Final

import pgtrigger

from backend.promises import looks_at_added

#: The name under which the database refuses both.
REFERENCES: Final = "sales_entry_references"

#: By the column of the ledger: where it must be there, and be held until the entries are committed, as a
#: foreign key does. A batch is never deleted.
_TABLES: Final = {
    "batch_id": ("sales_recordingbatch", ""),
    "agent_id": ("sales_agent", " FOR KEY SHARE"),
    "product_id": ("sales_product", " FOR KEY SHARE"),
    "draw_id": ("sales_draw", " FOR KEY SHARE"),
}
_REFUSED: Final = f"USING ERRCODE = 'foreign_key_violation', CONSTRAINT = '{REFERENCES}'"

_LOOK: Final = """
            PERFORM FROM {table} WHERE id IN (SELECT {column} FROM added){held};
            GET DIAGNOSTICS there = ROW_COUNT;
            IF there < (SELECT count(DISTINCT {column}) FROM added) THEN
                RAISE EXCEPTION 'no {table} of that number' {refused};
            END IF;"""
#: Rows of the ledger are of what is there.
REFERS: Final = looks_at_added(
    "refers_to_what_is_there",
    func="".join(
        _LOOK.format(column=column, table=table, held=held, refused=_REFUSED)
        for column, (table, held) in _TABLES.items()
    )
    + """
            RETURN NULL;
        """,
    declare=[("there", "bigint")],
)


def stays_while_used(column: str) -> pgtrigger.Trigger:
    """Refuses to delete what an entry is of by this column."""
    return pgtrigger.Trigger(
        name="stays_while_used",
        level=pgtrigger.Row,
        when=pgtrigger.Before,
        operation=pgtrigger.Delete,
        func=f"""
            IF EXISTS (SELECT FROM sales_consignmententry entry WHERE entry.{column} = OLD.id) THEN
                RAISE EXCEPTION 'the ledger of tickets has entries of it' {_REFUSED};
            END IF;
            RETURN OLD;
        """,
    )
