"""PyPI's qrs-api-client: creates, changes and deletes a data connection, with a certificate
check."""

import json
import logging
import os

from qrs_api_client import models
from qrs_api_client.auth import AuthManager
from qrs_api_client.client import QRSClient

CERTS = os.environ["CERTS"]

# The client logs the refusals that this test expects, and the empty reply to a DELETE.
logging.disable(logging.CRITICAL)

manager = AuthManager(
    cert_path=os.path.join(CERTS, "client.pem"),
    key_path=os.path.join(CERTS, "client_key.pem"),
    root_cert_path=os.path.join(CERTS, "root.pem"),
)
client = QRSClient("127.0.0.1", int(os.environ["PORT"]), "certificate", manager, verify_ssl=True)

assert client.get("/qrs/about")["schemaPath"] == "About"
assert "0: LOG_ON_SERVICE_USER" in client.get_enum("DataConnection.logOn")

tag = client.create_tag("api client")
assert client.create_tag("API Client") is None, "the client looks up the name first"
tags = client.create_tags(["second", "third"])
assert [one["name"] for one in tags] == ["second", "third"]
definition = client.create_custom_property(
    "ApiClient", choice_values=["a", "b"], object_types=["DataConnection"]
)

body = {
    "name": "api client connection",
    "connectionstring": "OLEDB CONNECT TO [Provider=SQLNCLI11.1;Data Source=db.example.com]",
    "type": "OLEDB",
    "username": "reader",
    "password": "secret",
    "tags": [tag],
    "customProperties": [models.custom_property_value(value="a", definition=definition)],
}
made = client.post("/qrs/dataconnection", data=json.dumps(body))
path = "/qrs/dataconnection/" + made["id"]
assert "secret" not in json.dumps(made)

for text in ["name eq 'API client connection'", "tags.id eq " + tag["id"], "@ApiClient eq 'a'"]:
    found = client.get("/qrs/dataconnection/full", params={"filter": text})
    assert [one["id"] for one in found] == [made["id"]], text
    assert client.get("/qrs/dataconnection/count", params={"filter": text}) == {"value": 1}, text

wrong = {
    **made,
    "customProperties": [models.custom_property_value(value="none of them", definition=definition)],
}
assert client.put(path, data=json.dumps(wrong)) is None, "a value that is no choice must be refused"
changed = client.put(path, data=json.dumps({**made, "username": "writer"}))
assert (changed["username"], changed["customProperties"][0]["value"]) == ("writer", "a")
assert (
    client.put(path, data=json.dumps({**made, "username": "too late"})) is None
), "an outdated version must be refused"
assert client.get(path)["username"] == "writer"

assert client.delete(path) is None
assert client.get(path) is None
for entity, ids in [
    ("tag", [one["id"] for one in [tag, *tags]]),
    ("custompropertydefinition", [definition["id"]]),
]:
    for entity_id in ids:
        client.delete(f"/qrs/{entity}/{entity_id}")
    assert client.get(f"/qrs/{entity}/count") == {"value": 0}
print("qrs-api-client: ok")
