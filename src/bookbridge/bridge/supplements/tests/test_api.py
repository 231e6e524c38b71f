"""Supplemental and custom data types: kept, told again, and answered as a source without them."""

from bookbridge.bridge.api.tests.books import linked_company
from bookbridge.bridge.api.tests.cast import Api

TYPES = "/integrations/vjms/dataTypes"
SUPPLEMENTAL = {
    "supplementalDataConfig": {
        "extra": {"dataSource": "/invoices", "pullData": {"terms": "payment_terms"}}
    }
}
CUSTOM = {
    "dataSource": "/projects",
    "requiredData": {"name": "$.name"},
    "keyBy": ["$.id"],
    "sourceModifiedDate": ["$.updated_at"],
}


def test_supplemental_data_is_kept_and_taken_away(lender: Api, stranger: Api) -> None:
    path = f"{TYPES}/invoices/supplementalDataConfig"
    assert lender.get(path).body == {"supplementalDataConfig": {}}
    kept = lender.call("PUT", path, SUPPLEMENTAL)
    assert (kept.status, kept.body) == (200, None)
    assert lender.get(path).body == SUPPLEMENTAL
    assert stranger.get(path).body == {"supplementalDataConfig": {}}
    assert lender.get(f"{TYPES}/bills/supplementalDataConfig").body["supplementalDataConfig"] == {}
    lender.call("PUT", path, {})
    assert lender.get(path).body == {"supplementalDataConfig": {}}


def test_what_cannot_be_supplemented_is_refused(lender: Api) -> None:
    path = f"{TYPES}/colours/supplementalDataConfig"
    assert lender.get(path).status == lender.call("PUT", path, SUPPLEMENTAL).status == 404
    assert lender.get("/integrations/zzzz/dataTypes/bills/supplementalDataConfig").status == 404
    bad = {"supplementalDataConfig": {"extra": {"pullData": {"terms": 5}}}}
    assert lender.call("PUT", f"{TYPES}/bills/supplementalDataConfig", bad).status == 400
    long = {"supplementalDataConfig": {"extra": {"dataSource": "x" * 70_000}}}
    assert lender.call("PUT", f"{TYPES}/bills/supplementalDataConfig", long).status == 400


def test_a_custom_data_type_is_kept(lender: Api, stranger: Api) -> None:
    path = f"{TYPES}/custom/Projects"
    assert lender.get(path).status == 404
    assert lender.call("PUT", path, CUSTOM).body == CUSTOM
    assert lender.get(path).body == CUSTOM
    assert stranger.get(path).status == 404
    assert lender.call("PUT", f"{TYPES}/custom/a%20b", CUSTOM).status == 400
    assert lender.get(f"{TYPES}/custom/a%00b").status == 404


def test_custom_data_is_answered_as_by_a_source_without_any(lender: Api) -> None:
    acme = linked_company(lender)
    queue = f"{acme.connection_path}/data/queue/custom/Projects"
    records = f"{acme.connection_path}/data/custom/Projects"
    assert lender.post(queue).status == lender.get(records).status == 404
    lender.call("PUT", f"{TYPES}/custom/Projects", CUSTOM)
    refused = lender.post(queue)
    assert refused.status == 404
    assert refused.error == "Datatype custom/Projects not supported by platform(s) Pandle"
    page = lender.get(f"{records}?page=1&pageSize=10").body
    assert (page["results"], page["totalResults"]) == ([], 0)
