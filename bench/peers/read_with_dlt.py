"""Reads the source's transactions with dlt's REST source into Postgres, replacing rows by id.

Runs in an environment of its own: nothing of ours may be imported here.
"""

import os

import dlt
from dlt.sources.rest_api import rest_api_source

source = rest_api_source(
    {
        "client": {
            "base_url": os.environ["PEER_SOURCE_URL"] + "/api/",
            "auth": {"type": "bearer", "token": os.environ["PEER_TOKEN"]},
            "paginator": {"type": "json_link", "next_url_path": "links.next"},
        },
        "resource_defaults": {
            "primary_key": "id",
            "write_disposition": {"disposition": "merge", "strategy": "upsert"},
        },
        "resources": [
            {
                "name": "transactions",
                "columns": {"attributes": {"data_type": "json"}},
                "max_table_nesting": 0,
                "endpoint": {
                    "path": "transactions",
                    "data_selector": "data",
                    "params": {"page[size]": 100, "page[number]": 1},
                },
            }
        ],
    }
)
pipeline = dlt.pipeline(
    "peer",
    pipelines_dir=os.environ["PEER_FOLDER"],
    dataset_name="raw",
    destination=dlt.destinations.postgres(os.environ["PEER_DATABASE_URL"]),
)
pipeline.run(source)
