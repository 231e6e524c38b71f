"""What lists are filtered and ordered by gets columns, and one index that holds them all.

The columns are made from the body by Postgres, so that they can never differ from it. Their types
are chosen for row security: below it an index may be searched only by operators that leak nothing,
which those of dates, times and text are, and those of `numeric` and of jsonb are not.

`records_in_order` begins with the client, for row security then searches it instead of testing each
entry. Any filter and order over its columns, and the exact total, are read from it alone.
"""

from django.db import migrations

_DUE = "body->>'dueDate'"
_IS_DAY = "'^[1-9][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])'"


def _number(*names: str) -> str:
    """What a body calls by one of these names, if it is a number at all."""
    cases = " ".join(
        f"WHEN jsonb_typeof(body->'{name}') = 'number' THEN (body->>'{name}')::numeric"
        for name in names
    )
    return f"CASE {cases} END"


# A day is its month's first and so many more: no text makes that fail.
COLUMNS = f"""
ALTER TABLE records_record
    ADD COLUMN due_date date GENERATED ALWAYS AS (CASE WHEN {_DUE} ~ {_IS_DAY} THEN
        make_date(substr({_DUE}, 1, 4)::int, substr({_DUE}, 6, 2)::int, 1)
        + (substr({_DUE}, 9, 2)::int - 1) END) STORED,
    ADD COLUMN total_amount numeric GENERATED ALWAYS AS ({_number("totalAmount", "amount")}) STORED,
    ADD COLUMN amount_due numeric GENERATED ALWAYS AS (
        {_number("amountDue", "remainingCredit")}) STORED,
    ADD COLUMN status varchar(40) COLLATE "C" GENERATED ALWAYS AS (
        left(lower(body->>'status'), 40)) STORED,
    ADD COLUMN contact_id varchar(200) COLLATE "C" GENERATED ALWAYS AS (
        left(COALESCE(body#>>'{{customerRef,id}}', body#>>'{{supplierRef,id}}',
            body#>>'{{contactRef,id}}'), 200)) STORED,
    ADD COLUMN document_number varchar(100) COLLATE "C" GENERATED ALWAYS AS (
        left(COALESCE(body->>'invoiceNumber', body->>'creditNoteNumber',
            body->>'billCreditNoteNumber', body->>'reference'), 100)) STORED,
    ADD COLUMN currency varchar(10) COLLATE "C" GENERATED ALWAYS AS (
        left(body->>'currency', 10)) STORED
"""
NO_COLUMNS = """
ALTER TABLE records_record DROP COLUMN due_date, DROP COLUMN total_amount, DROP COLUMN amount_due,
    DROP COLUMN status, DROP COLUMN contact_id, DROP COLUMN document_number, DROP COLUMN currency
"""
_LIST = "client_id, connection_id, data_type"
INDEXES = {
    "records_in_order": f"""({_LIST}, order_date, id_length, record_id)
        INCLUDE (parent_id, is_deleted, modified_at, source_modified_at, due_date, total_amount,
            amount_due, status, contact_id, document_number, currency)""",
    # For conditions that few records meet; these two have few values and are small.
    "records_by_contact": f"({_LIST}, contact_id) WHERE contact_id IS NOT NULL",
    "records_by_modified": f"({_LIST}, modified_at)",
    "records_by_number": f"({_LIST}, document_number) WHERE document_number IS NOT NULL",
}


class Migration(migrations.Migration):
    dependencies = [("records", "0003_versions")]

    operations = [
        migrations.RemoveIndex("record", "records_in_order"),
        migrations.RunSQL(COLUMNS, NO_COLUMNS),
        *(
            migrations.RunSQL(f"CREATE INDEX {name} ON records_record {on}", f"DROP INDEX {name}")
            for name, on in INDEXES.items()
        ),
    ]
