"""Reads the source's transactions with PyAirbyte's declarative source into Postgres.

Runs in an environment of its own: nothing of ours may be imported here.
"""

import os
from urllib.parse import urlsplit

import airbyte
from airbyte.caches import PostgresCache

JSON_OBJECT = {"type": ["object", "null"], "additionalProperties": True}
PROPERTIES = {
    "id": {"type": "string"},
    "type": {"type": "string"},
    "attributes": JSON_OBJECT,
    "relationships": JSON_OBJECT,
}


def in_query(name):
    return {"type": "RequestOption", "inject_into": "request_parameter", "field_name": name}


paginator = {
    "type": "DefaultPaginator",
    "page_token_option": in_query("page[number]"),
    "page_size_option": in_query("page[size]"),
    "pagination_strategy": {
        "type": "PageIncrement",
        "page_size": 100,
        "start_from_page": 1,
        "inject_on_first_request": True,
    },
}
retriever = {
    "type": "SimpleRetriever",
    "requester": {
        "type": "HttpRequester",
        "url_base": os.environ["PEER_SOURCE_URL"] + "/api/",
        "path": "transactions",
        "http_method": "GET",
        "authenticator": {"type": "BearerAuthenticator", "api_token": os.environ["PEER_TOKEN"]},
    },
    "record_selector": {
        "type": "RecordSelector",
        "extractor": {"type": "DpathExtractor", "field_path": ["data"]},
    },
    "paginator": paginator,
}
manifest = {
    "version": "7.0.0",
    "type": "DeclarativeSource",
    "check": {"type": "CheckStream", "stream_names": ["transactions"]},
    "definitions": {},
    "streams": [
        {
            "type": "DeclarativeStream",
            "name": "transactions",
            "primary_key": ["id"],
            "retriever": retriever,
            "schema_loader": {
                "type": "InlineSchemaLoader",
                "schema": {"type": "object", "properties": PROPERTIES},
            },
        }
    ],
    "spec": {
        "type": "Spec",
        "connection_specification": {"type": "object", "properties": {}},
    },
}
database = urlsplit(os.environ["PEER_DATABASE_URL"])
source = airbyte.get_source(
    "source-peer", source_manifest=manifest, config={}, streams=["transactions"]
)
cache = PostgresCache(
    host=database.hostname,
    port=database.port,
    username=database.username,
    password=database.password,
    database=database.path.strip("/"),
    schema_name="raw",
)
source.read(cache=cache, force_full_refresh=True, write_strategy="merge")
