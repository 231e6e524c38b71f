"""Log lines name what they are about."""

from __future__ import annotations

import json
import logging

from bookbridge.kit.logs import DATASET_ID, REQUEST_ID, ContextFilter, JsonFormatter, about


def record_of(message: str) -> logging.LogRecord:
    record = logging.LogRecord("a.logger", logging.INFO, __file__, 1, message, (), None)
    assert ContextFilter().filter(record)
    return record


def test_a_line_inside_a_request_names_it_and_one_outside_does_not() -> None:
    with about(REQUEST_ID, "r-1"), about(DATASET_ID, "d-1"):
        inside = record_of("inside")
    outside = record_of("outside")
    assert inside.__dict__["about"] == " [request=r-1 dataset=d-1]"
    assert outside.__dict__["about"] == ""


def test_a_json_line_is_one_object_with_its_ids() -> None:
    with about(DATASET_ID, "d-2"):
        text = JsonFormatter().format(record_of("two\nlines"))
    assert "\n" not in text
    found = json.loads(text)
    assert (found["message"], found["datasetId"]) == ("two\nlines", "d-2")
    assert "requestId" not in found
