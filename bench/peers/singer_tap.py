"""A Singer tap for the source's transactions, by the Meltano SDK.

Runs in an environment of its own: nothing of ours may be imported here.
"""

import os
from urllib.parse import parse_qsl

from singer_sdk import RESTStream, Tap
from singer_sdk import typing as th
from singer_sdk.authenticators import BearerTokenAuthenticator
from singer_sdk.pagination import BaseHATEOASPaginator


class NextLink(BaseHATEOASPaginator):
    def get_next_url(self, response):
        return response.json()["links"].get("next")


class Transactions(RESTStream):
    name = "transactions"
    path = "/transactions"
    primary_keys = ("id",)
    url_base = os.environ["PEER_SOURCE_URL"] + "/api"
    records_jsonpath = "$.data[*]"
    schema = th.PropertiesList(
        th.Property("id", th.StringType, required=True),
        th.Property("type", th.StringType),
        th.Property("attributes", th.ObjectType(additional_properties=True)),
        th.Property("relationships", th.ObjectType(additional_properties=True)),
    ).to_dict()

    @property
    def authenticator(self):
        return BearerTokenAuthenticator(token=os.environ["PEER_TOKEN"])

    def get_new_paginator(self):
        return NextLink()

    def get_url_params(self, context, next_page_token):
        if next_page_token:
            return dict(parse_qsl(next_page_token.query))
        return {"page[size]": 100, "page[number]": 1}


class PeerTap(Tap):
    name = "tap-peer"
    config_jsonschema = th.PropertiesList().to_dict()

    def discover_streams(self):
        return [Transactions(self)]


if __name__ == "__main__":
    PeerTap.cli()
