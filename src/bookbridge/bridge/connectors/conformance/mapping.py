"""Rules on what becomes of raw records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from bookbridge.bridge.connectors.conformance.setting import Setting, check
from bookbridge.bridge.connectors.contract import MappedRecord, RawRecord
from bookbridge.bridge.connectors.errors import NotSupportedError, SourceShapeError
from bookbridge.bridge.connectors.rehearsal import MemoryRecords, mapped, read_everything
from bookbridge.bridge.datatypes import ORDER, DataType, facts_of


class MappingRules(Setting):
    """Normalised records are exact, repeatable and say what they were made of."""

    def everything(self) -> MemoryRecords:
        return read_everything(self.connector, self.request(self.answer))

    def mapped(self, data_type: DataType, records: MemoryRecords) -> Mapping[str, MappedRecord]:
        return mapped(self.connector, data_type, records)[0]

    def test_every_type_is_mapped_or_not_supported(self) -> None:
        records, offered = self.everything(), self.connector.manifest.data_types
        for data_type in ORDER:
            if data_type not in offered:
                continue
            try:
                found, rejected = mapped(self.connector, data_type, records)
            except NotSupportedError:
                continue
            check(
                not rejected,
                f"{data_type.value}: the healthy source's records were rejected ({rejected[:3]}): "
                "mend the mapping or the fixtures.",
            )
            for record in found.values():
                check(record.id, f"{data_type.value}: a mapped record has no id: give it one.")
                check(
                    record.body.get("id", record.id) == record.id,
                    f"{data_type.value} {record.id}: its body has another id: use one.",
                )
                check(
                    not _floats(record.body),
                    f"{data_type.value} {record.id} has floats ({_floats(record.body)}): amounts "
                    "are Decimal from the first byte on.",
                )

    def test_dated_types_have_their_business_date(self) -> None:
        records = self.everything()
        for data_type in self.connector.manifest.data_types:
            if facts_of(data_type).date_field is None:
                continue
            for record in self._or_nothing(data_type, records).values():
                check(
                    record.order_date is not None,
                    f"{data_type.value} {record.id} has no order_date: set it from "
                    f"{facts_of(data_type).date_field}, by which lists are ordered.",
                )

    def test_mapping_names_raw_records_that_exist(self) -> None:
        records = self.everything()
        for data_type in self.connector.manifest.data_types:
            allowed = set(self.connector.resources_for(data_type))
            for record in self._or_nothing(data_type, records).values():
                for resource, record_id in record.sources:
                    check(
                        resource in allowed,
                        f"{data_type.value} {record.id} is made from {resource}, which "
                        f"resources_for({data_type.value}) does not name: add it there.",
                    )
                    check(
                        records.get(resource, record_id) is not None,
                        f"{data_type.value} {record.id} names {resource} {record_id} as a source, "
                        "which is no raw record: name what it was made from.",
                    )

    def test_mapping_the_same_records_gives_the_same_bodies(self) -> None:
        records = self.everything()
        for data_type in self.connector.manifest.data_types:
            first, second = (self._or_nothing(data_type, records) for _ in range(2))
            check(
                {key: one.body for key, one in first.items()}
                == {key: one.body for key, one in second.items()},
                f"{data_type.value}: mapping twice gave two results: mapping has no clock, no "
                "chance and no memory.",
            )

    def test_a_record_of_unknown_shape_is_rejected_or_named(self) -> None:
        records = self.everything()
        for record in list(records.stored[self.paged].values()):
            body = msgspec.json.encode({"id": record.id, "strange": True})
            records.stored[self.paged][record.id] = RawRecord(record.id, body, record.parent_id)
        for data_type in self.connector.manifest.data_types:
            if self.paged not in self.connector.resources_for(data_type):
                continue
            try:
                found, rejected = mapped(self.connector, data_type, records)
            except (NotSupportedError, SourceShapeError):
                continue
            except Exception as error:
                raise AssertionError(
                    f"{data_type.value}: a record without its fields made mapping raise {error!r}: "
                    "yield RejectedRecord with the reason, or raise SourceShapeError."
                ) from error
            made = {source for one in found.values() for source in one.sources[:1]}
            check(
                rejected or not made & {(self.paged, one) for one in records.stored[self.paged]},
                f"{data_type.value}: records without their fields were mapped as if blank: yield "
                "RejectedRecord, or raise SourceShapeError.",
            )

    def _or_nothing(
        self, data_type: DataType, records: MemoryRecords
    ) -> Mapping[str, MappedRecord]:
        try:
            return self.mapped(data_type, records)
        except NotSupportedError:
            return {}


def _floats(value: Any) -> list[float]:
    if isinstance(value, float):
        return [value]
    if isinstance(value, Mapping):
        return [found for inner in value.values() for found in _floats(inner)]
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [found for inner in value for found in _floats(inner)]
    return []
