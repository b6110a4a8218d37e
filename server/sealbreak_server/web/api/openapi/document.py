"""The OpenAPI document of the API. A test checks it against the routes."""

from sealbreak_server.web.api.openapi.operations import PATHS
from sealbreak_server.web.api.openapi.schemas import SCHEMAS, Schema
from sealbreak_server.web.requests import API_PREFIX


def document(public_url: str) -> Schema:
    return {
        "openapi": "3.1.0",
        "info": {"title": "Sealbreak", "version": "1"},
        "servers": [{"url": f"{public_url}{API_PREFIX}"}],
        "security": [{"device": []}],
        "paths": PATHS,
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": {"device": {"type": "http", "scheme": "bearer"}},
        },
    }
