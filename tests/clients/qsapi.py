"""PyPI's qsAPI: creates, changes and deletes a data connection."""

import json
import os

import qsAPI

CERTS = os.environ["CERTS"]

qrs = qsAPI.QRS(
    proxy="127.0.0.1",
    port=int(os.environ["PORT"]),
    certificate=os.path.join(CERTS, "client.pem"),
    verbosity="WARNING",
)


def answer(reply, status):
    assert reply.status_code == status, (reply.status_code, reply.text)
    return reply.json() if reply.text else None


def post(path, body):
    return answer(qrs.driver.post(path, data=json.dumps(body)), 201)


assert qrs.getAbout()["schemaPath"] == "About"
assert "DataConnection.logOn" in str(qrs.getEnum())
assert any("/qrs/dataconnection" in line for line in qrs.getDescription())

tag = post("/qrs/tag", {"name": "qsapi"})
assert qrs.TagsDictAttributes(pTagID="full")["qsapi"] == tag["id"]
definition = post(
    "/qrs/custompropertydefinition",
    {"name": "QsApi", "valueType": "Text", "objectTypes": ["DataConnection"]},
)
assert "QsApi" in [one["name"] for one in qrs.PropertiesGet("name eq 'qsapi'")]

made = post(
    "/qrs/dataconnection",
    {
        "name": "qsapi connection",
        "connectionstring": "lib://files",
        "type": "folder",
        "password": "secret",
        "tags": [tag],
        "customProperties": [{"definition": definition, "value": "x"}],
    },
)
path = "/qrs/dataconnection/" + made["id"]
assert "secret" not in json.dumps(made)

for text in [
    "name sw 'QSAPI'",
    "tags.name eq 'qsapi'",
    "@QsApi eq 'X'",
    "owner.userId eq 'sa_repository' and type eq 'folder'",
]:
    found = answer(qrs.driver.get("/qrs/dataconnection/full", {"filter": text}), 200)
    assert [one["id"] for one in found] == [made["id"]], text
    assert qrs.count("dataconnection", text) == 1, text

changed = answer(
    qrs.driver.put(path, data=json.dumps({**made, "username": "writer", "tags": []})), 200
)
assert (changed["username"], changed["tags"], len(changed["customProperties"])) == ("writer", [], 1)
answer(qrs.driver.put(path, data=json.dumps({**made, "username": "too late"})), 409)

rules = qrs.SystemRulesGet("type eq 'ReadOnly'")
assert {rule["name"] for rule in rules} == {"Owner", "RootAdmin", "ServiceAccount"}
users = qrs.UserDictAttributes(pFilter="userDirectory eq 'INTERNAL'", key="userId", attr="id")
assert "sa_repository" in users

answer(qrs.driver.delete(path), 204)
answer(qrs.driver.get(path), 404)
answer(qrs.driver.delete("/qrs/tag/" + tag["id"]), 204)
answer(qrs.driver.delete("/qrs/custompropertydefinition/" + definition["id"]), 204)
print("qsAPI: ok")
