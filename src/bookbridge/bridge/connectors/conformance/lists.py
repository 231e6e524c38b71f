"""Rules on reading lists and single records."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import httpx
import msgspec

from bookbridge.bridge.connectors.conformance.setting import Setting, check
from bookbridge.bridge.connectors.errors import RetryLaterError
from bookbridge.bridge.connectors.rehearsal import PAGES_MAX, EndlessListError, read_list

STRANGE = {"kept": "żółw &amp; £"}


class ListRules(Setting):
    """Every record once, whatever the pages look like."""

    def test_the_source_company_is_found(self) -> None:
        found = self.connector.source_companies(self.request(self.answer))
        check(
            self.company_id in {one.id for one in found},
            f"source_companies does not give {self.company_id!r}: list what the grant opens.",
        )
        check(
            all(one.name.strip() for one in found),
            "source_companies gives a company without a name: owners choose by it.",
        )

    def test_a_list_has_records_and_repeats_nothing(self) -> None:
        ids = self.healthy_ids()
        check(
            len(ids) == len(set(ids)),
            "The list came with a record twice: see how the last page is told from the others.",
        )
        check(all(ids), "A record has an empty id: raise SourceShapeError instead.")

    def test_a_source_that_repeats_a_page_for_ever_ends(self) -> None:
        first: list[httpx.Request] = []

        def answer(request: httpx.Request) -> httpx.Response:
            if not self.is_paged_list(request):
                return self.answer(request)
            first.append(request)
            return self.paged_answer(first[0], pages)

        try:
            pages = [self.healthy_records(), []]
            found = read_list(self.connector, self.request(answer), self.paged)
        except RetryLaterError:
            return
        except EndlessListError as endless:
            raise AssertionError(
                "A source that answers every page with the same one is read for ever: end, or "
                "raise RetryLaterError, when a page or a cursor comes again."
            ) from endless
        check(
            {one.id for one in found} == set(self.healthy_ids()),
            "Of a repeated page, records were lost: keep what it brought.",
        )

    def test_a_short_page_is_not_the_end(self) -> None:
        records = self.healthy_records()
        answer = self.cut_into([[one] for one in records])
        found = read_list(self.connector, self.request(answer), self.paged)
        check(
            [one.id for one in found] == self.healthy_ids(),
            "Reading stopped at a short page: a source may cap its pages. Read until it says that "
            "there is no more.",
        )

    def test_reading_resumes_from_a_cursor(self) -> None:
        answer = self.cut_into([[one] for one in self.healthy_records()])
        first = self.first_page(answer)
        ids = [one.id for one in first.records]
        cursor = first.next_cursor
        for _ in range(PAGES_MAX):
            if cursor is None:
                break
            # A request of its own each time, as after a restart: nothing may live in the connector.
            page = self.connector.fetch_page(
                self.request(answer), self.paged, parent_id="", cursor=cursor, etag=None
            )
            ids += [one.id for one in page.records]
            cursor = page.next_cursor
        check(
            ids == self.healthy_ids(),
            "Reading on from next_cursor lost or repeated records: the cursor alone must say where "
            "to go on, since another worker may do it.",
        )

    def test_a_record_given_twice_does_no_harm(self) -> None:
        def answer(request: httpx.Request) -> httpx.Response:
            response = self.answer(request)
            if not self.is_paged_list(request):
                return response
            return self.with_records(response, lambda records: records[:1] + records)

        found = read_list(self.connector, self.request(answer), self.paged)
        check(
            {one.id for one in found} == set(self.healthy_ids()),
            "A record that came twice made others go missing: hand every record on as it came.",
        )

    def test_unknown_fields_are_kept_in_the_raw_record(self) -> None:
        def answer(request: httpx.Request) -> httpx.Response:
            return self.with_records(
                self.answer(request),
                lambda records: [{**one, "brand-new": STRANGE} for one in records],
            )

        for record in self.first_page(answer).records:
            check(
                msgspec.json.decode(record.body).get("brand-new") == STRANGE,
                "A field that the connector does not know was lost: RawRecord.body is the record's "
                "JSON exactly as it came (msgspec.Raw).",
            )

    def test_numbers_keep_every_digit_in_the_raw_record(self) -> None:
        digits = b"90071992547409.930"

        def answer(request: httpx.Request) -> httpx.Response:
            response = self.with_records(
                self.answer(request),
                lambda records: [{**one, "exact": "DIGITS"} for one in records],
            )
            content = response.content.replace(b'"DIGITS"', digits)
            return httpx.Response(200, content=content, headers={"Content-Type": JSON})

        for record in self.first_page(answer).records:
            check(
                digits in record.body,
                "A number lost digits on its way into RawRecord.body: keep the record's own text, "
                "do not parse and write it again.",
            )

    def test_a_list_that_offers_it_is_asked_for_what_changed(self) -> None:
        since = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
        for resource in self.connector.resources.values():
            if not resource.offers_modified_since or resource.parent is not None:
                continue
            asked: list[tuple[str, str]] = []

            def answer(
                request: httpx.Request, asked: list[tuple[str, str]] = asked
            ) -> httpx.Response:
                asked.append((str(request.url), str(sorted(request.headers.items()))))
                return self.answer(request)

            whole = self.request(answer)
            for one in (whole, replace(whole, modified_since=since)):
                self.connector.fetch_page(one, resource.name, parent_id="", cursor=None, etag=None)
            check(
                asked[0] != asked[-1],
                f"{resource.name} offers modified-since and asks for everything: put "
                "request.modified_since into the request, or take offers_modified_since away.",
            )

    def test_a_record_is_read_by_id_and_a_404_is_none(self) -> None:
        record_id = self.healthy_ids()[0]
        found = self.connector.fetch_one(
            self.request(self.answer), self.paged, parent_id="", record_id=record_id
        )
        check(
            found is not None and found.id == record_id,
            f"fetch_one did not find {record_id}, which the list has: see its address.",
        )
        gone = self.connector.fetch_one(
            self.request(self.status(404, json={"errors": ["gone"]})),
            self.paged,
            parent_id="",
            record_id=record_id,
        )
        check(gone is None, "fetch_one met a 404: return None; that proves a deletion.")


JSON = "application/json"
