"""An entry balances at commit or does not exist, and a posted row never changes.

The functions are SECURITY DEFINER: deferred checks run at commit, when no organisation is set and
row-level security would hide the very rows to be summed.

The check of new postings is planned anew for each statement. A plan kept from when the tables were
small reads all of an organisation's entries for each posting, and only ANALYZE would unmake it,
which a long import cannot wait for (measured on a year of 28,816 documents: 93 s, now 0.5 s). For
the same reason the foreign keys of postings are checked at commit.
"""

from django.db import migrations

from bookbridge.kit.tenancy import RevokeFromApp

# Every entry knows the transaction that made it, so that postings cannot join it later. The
# column has no place in the model: the application neither writes nor reads it.
MADE_IN_TRANSACTION = """
ALTER TABLE ledger_journalentry
    ADD COLUMN transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id();

CREATE FUNCTION ledger_entries_made() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM made WHERE transaction_id <> pg_current_xact_id()) THEN
        RAISE EXCEPTION 'a journal entry belongs to the transaction that makes it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entry_transaction';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER ledger_entries_made AFTER INSERT ON ledger_journalentry
    REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION ledger_entries_made();

CREATE FUNCTION ledger_postings_made() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    strangers bigint;
    misdated bigint;
BEGIN
    EXECUTE 'SELECT
            count(*) FILTER (WHERE entry.transaction_id IS DISTINCT FROM pg_current_xact_id()),
            count(*) FILTER (WHERE entry.date <> made.date)
        FROM made LEFT JOIN ledger_journalentry entry
            ON entry.organisation_id = made.organisation_id AND entry.id = made.entry_id'
        INTO strangers, misdated;
    IF strangers > 0 THEN
        RAISE EXCEPTION 'postings cannot join a journal entry of an earlier transaction'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_posting_transaction';
    END IF;
    IF misdated > 0 THEN
        RAISE EXCEPTION 'a posting has the date of its journal entry'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_posting_date';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER ledger_postings_made AFTER INSERT ON ledger_posting
    REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION ledger_postings_made();
"""
MADE_IN_TRANSACTION_REVERSE = """
DROP TRIGGER ledger_postings_made ON ledger_posting;
DROP FUNCTION ledger_postings_made();
DROP TRIGGER ledger_entries_made ON ledger_journalentry;
DROP FUNCTION ledger_entries_made();
ALTER TABLE ledger_journalentry DROP COLUMN transaction_id;
"""

BALANCE = """
CREATE FUNCTION ledger_entry_balances() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    total numeric;
    lines bigint;
BEGIN
    SELECT sum(amount), count(*) INTO total, lines FROM ledger_posting
        WHERE organisation_id = NEW.organisation_id AND entry_id = NEW.id;
    IF lines < 2 OR total <> 0 THEN
        RAISE EXCEPTION 'journal entry % has % postings that sum to %',
            NEW.id, lines, coalesce(total, 0)
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entry_balances';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER ledger_entry_balances AFTER INSERT ON ledger_journalentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_entry_balances();
"""
BALANCE_REVERSE = """
DROP TRIGGER ledger_entry_balances ON ledger_journalentry;
DROP FUNCTION ledger_entry_balances();
"""

IMMUTABLE = """
CREATE FUNCTION ledger_posted_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'posted rows are never changed: reverse the journal entry instead'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'ledger_posted_is_final';
END $$;

CREATE TRIGGER ledger_posted_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_journalentry
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_posted_is_final();
CREATE TRIGGER ledger_posted_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_posting
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_posted_is_final();
"""
IMMUTABLE_REVERSE = """
DROP TRIGGER ledger_posted_is_final ON ledger_posting;
DROP TRIGGER ledger_posted_is_final ON ledger_journalentry;
DROP FUNCTION ledger_posted_is_final();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_tenant_isolation")]

    operations = [
        migrations.RunSQL(MADE_IN_TRANSACTION, MADE_IN_TRANSACTION_REVERSE),
        migrations.RunSQL(BALANCE, BALANCE_REVERSE),
        migrations.RunSQL(IMMUTABLE, IMMUTABLE_REVERSE),
        RevokeFromApp("ledger_journalentry", ("UPDATE", "DELETE")),
        RevokeFromApp("ledger_posting", ("UPDATE", "DELETE")),
    ]
