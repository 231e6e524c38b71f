"""What looks like a secret never reaches a log."""

from __future__ import annotations

import io
import json
import logging
import logging.config

import pytest

from bookbridge.kit.logs import logging_settings
from bookbridge.kit.redaction import without_secrets

TOKEN = "q7Zt-0_secret.text~9"


@pytest.mark.parametrize(
    "line",
    [
        f"Authorization: Bearer {TOKEN}",
        f"headers={{'authorization': 'Bearer {TOKEN}'}}",
        f"[(b'Authorization', b'Bearer {TOKEN}')]",
        f"[(b'access-token', b'{TOKEN}'), (b'client', b'x')]",
        f'{{"access_token": "{TOKEN}", "expires_in": 7200}}',
        f"grant_type=refresh_token&refresh_token={TOKEN}&client_id=an-app",
        f"client_id=an-app&client_secret={TOKEN}",
        f"GET /oauth/callback?code={TOKEN}&state={TOKEN} HTTP/1.1",
        f"set-cookie: bridge_session={TOKEN}; HttpOnly",
        f"password1={TOKEN}",
        f"the secret whsec_{TOKEN.replace('~', '').replace('.', '')} signs",
        f"Basic {TOKEN}",
        f"secret_key = '{TOKEN}'",
    ],
)
def test_a_secret_is_blotted_out(line: str) -> None:
    found = without_secrets(line)
    assert "q7Zt" not in found
    assert "[hidden]" in found


@pytest.mark.parametrize(
    "line",
    [
        "The source answered 503 to /companies?page=2&size=100.",
        "https://books.example no longer accepts this grant (invalid_grant).",
        "The company's code is 300, its token was renewed.",
        "Basic and Bearer are schemes.",
        "error_code=7 status: 401",
    ],
)
def test_what_is_no_secret_stays(line: str) -> None:
    assert without_secrets(line) == line


@pytest.mark.parametrize("is_json", [True, False])
def test_lines_and_tracebacks_leave_the_process_without_secrets(is_json: bool) -> None:
    written = io.StringIO()
    configured = logging_settings("DEBUG", is_json=is_json)
    configured["handlers"]["terminal"]["stream"] = written
    configured["loggers"] = {"bookbridge.test_redaction": {"handlers": ["terminal"]}}
    del configured["root"]
    logging.config.dictConfig(configured)
    logger = logging.getLogger("bookbridge.test_redaction")
    try:
        raise ValueError(f'no such thing: {{"refresh_token": "{TOKEN}"}}')
    except ValueError:
        logger.exception("refused Bearer %s", TOKEN)

    text = written.getvalue()
    assert "Traceback" in text and "no such thing" in text
    assert TOKEN not in text and json.dumps(TOKEN) not in text


def test_libraries_that_log_what_they_send_are_never_asked_for_detail() -> None:
    loggers = logging_settings("DEBUG", is_json=False)["loggers"]
    for name in ("httpx", "httpcore", "oauthlib", "oauth2_provider", "django.db.backends"):
        assert loggers[name]["level"] == "WARNING"
