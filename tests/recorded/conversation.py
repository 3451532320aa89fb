"""A recorded conversation: what it asks, what a real server answered, and how to hold a server against it.

A conversation is JSON. ``given`` names projects and clients that exist beforehand: ``projects`` is a list of labels,
``clients`` maps labels to ``scopes``, ``roles``, ``secret`` and ``member`` (a role by the label of a project). Their
ids, names and keys are then known as ``{label.id}`` and so on. Each of its ``steps`` has

* who asks, in ``as``: admin, anonymous, a label, or ``token:`` and a string;
* ``at`` (compute or identity), ``method``, ``path``, ``query``, ``headers`` (null leaves one out);
* a body: ``json``, ``text``, ``hex``, ``fill`` (a long string) or ``form``, with ``assertion`` or ``basic``;
* ``save``, ``pick`` and ``save_assertion``: names under which later steps find parts of the answer;
* ``wait``: the operation in the answer is followed to its end, which is compared too;
* ``sort`` and ``mine``: lists whose order the server leaves open, and those that have other entries as well;
* ``ignore``: parts that differ from one run to the next on the real server;
* ``answer``, as a real server gave it, with placeholders instead of ids, times, tokens and sentences.
"""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode

import jwt

from tests.recorded.asking import ASSERTION_TYPE, FORM, Answer, Server
from tests.recorded.placeholders import GUID, Names, filled, in_any_order, without_prose

Json = dict[str, Any]

ROLES = {
    "owner": "918d2c23-8e9a-41ae-8f0e-adaca3becbc4",
    "contributor": "6c526814-2466-4bc1-92fd-1728c1152f3d",
    "reader": "47982531-a6d2-41e4-ad6c-d5023deb7710",
}
HEADERS = (
    *("content-type", "location", "www-authenticate", "allow", "retry-after", "vary", "connection"),
    *("api-supported-versions", "api-deprecated-versions", "x-ms-client-request-id", "x-ms-request-id"),
    *("x-ms-return-client-request-id", "request-id", "traceparent", "cache-control", "pragma", "expires", "etag"),
    *("last-modified", "content-encoding", "access-control-allow-origin", "strict-transport-security"),
    "x-content-type-options",
)
"""The headers that are compared."""

_SAFE = "%/:?#[]@!$&'()*+,;=~-._|^{}`\\<>\""
_UNKNOWN_CLAIMS = ("kid", "x5t", "exp", "iat", "nbf", "jti", "oi_tkn_id")
_ENDED = ("Completed", "Failed", "Cancelled")


class Conversation:
    """Plays a conversation with ``server``; ``pass_time`` is called while an operation has not ended."""

    def __init__(self, server: Server, given: Json, pass_time: Callable[[], object]) -> None:
        self._server = server
        self._given = given.get("given", {})
        self._steps: list[Json] = given["steps"]
        self._pass_time = pass_time
        unique = "c" + uuid.uuid4().hex[:7]  # with a letter, so that it has two cases
        self._known: Json = {
            "unique": unique,
            "role": ROLES,
            "admin": {"id": server.client_id},
            "issuer": server.issuer,
        }
        self._known |= server.urls
        urls = {url: f"<{name}>" for name, url in server.urls.items()}
        literal = {each.lower() for each in GUID.findall(json.dumps([self._steps, self._given]))}
        self._names = Names(urls | {unique: "<unique>", unique.upper(): "<UNIQUE>"}, literal)
        self._literal = literal
        self._mine = {unique}

    def differences(self) -> Iterator[str]:
        """Play it to the end, and name each difference in a line."""
        self._prepare()
        try:
            for number, step in enumerate(self._steps, 1):
                place = f"step {number} {step['method']} {step['path']} as {step.get('as', 'admin')}"
                for line in differences(step["answer"], self._play(step)):
                    yield f"{place}: {line}"
        finally:
            self._tidy_up()

    # -- before and after

    def _prepare(self) -> None:
        for label in self._given.get("projects", ()):
            name = f"p-{label}-{self._known['unique']}"
            self._change("POST", "/v1/projects", {"name": name})
            projects = self._do("GET", "compute", "/v1/projects")["value"]
            self._known[label] = next(each for each in projects if each["name"] == name)
            self._mine.add(self._known[label]["id"])
        for label, client in self._given.get("clients", {}).items():
            body = {"name": f"{label}-{self._known['unique']}", "allowed_scopes": client["scopes"]}
            made = self._do("POST", "identity", "/v1/clients", body | {"roles": client.get("roles")})
            self._known[label] = made
            self._mine.add(made["id"])
            if client.get("secret"):
                path = f"/v1/clients/{made['id']}/key"
                made["secret"] = self._do("POST", "identity", path, {"shared_secret": True})["key"]
                self._names.replaced[made["secret"]] = "<secret>"
            for project, role in client.get("member", {}).items():
                body = {"member_id": made["id"], "role_id": ROLES[role]}
                self._change("POST", f"/v1/projects/{self._known[project]['id']}/members", body)

    def _tidy_up(self) -> None:
        for label in self._given.get("clients", {}):
            if label in self._known:
                self._as_admin("DELETE", "identity", f"/v1/clients/{self._known[label]['id']}")
        for project in self._do("GET", "compute", "/v1/projects")["value"]:
            if self._known["unique"] in project["name"]:
                self._as_admin("DELETE", "compute", f"/v1/projects/{project['id']}")

    def _change(self, method: str, path: str, body: Json) -> None:
        ended = self._ended(self._do(method, "compute", path, body)["id"])
        assert ended["status"] == "Completed", f"{method} {path}: {ended}"

    def _do(self, method: str, at: str, path: str, body: Json | None = None) -> Json:
        answer = self._as_admin(method, at, path, body)
        assert answer.status < 300, f"{method} {path}: {answer.status} {answer.body!r}"
        document: Json = json.loads(answer.body)
        return document

    def _as_admin(self, method: str, at: str, path: str, body: Json | None = None) -> Answer:
        headers = {"Authorization": f"Bearer {self._server.token(self._server.client_id, self._server.key)}"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        return self._server.ask(method, at, path, headers, None if body is None else json.dumps(body).encode())

    def _ended(self, operation_id: str) -> Json:
        document: Json = {}
        for _ in range(600):
            document = self._do("GET", "compute", f"/v1/operations/{operation_id}")
            if document["status"] in _ENDED:
                return document
            self._pass_time()
        raise AssertionError(f"operation {operation_id} does not end: {document}")

    # -- one step

    def _play(self, step: Json) -> Json:
        default, body = self._body(step)
        headers = {"Accept": "application/json"} | default | self._authorization(step)
        for name, value in self._fill(step.get("headers", {})).items():
            headers = {known: each for known, each in headers.items() if known.lower() != name.lower()}
            if value is not None:
                headers[name] = value
        path = self._fill(step["path"]) + ("?" + self._fill(step["query"]) if "query" in step else "")
        at = step.get("at", "compute")
        answer = self._server.ask(step["method"], at, quote(path, safe=_SAFE), headers, body)
        return self._shown(step, answer, {*headers.values()})

    def _authorization(self, step: Json) -> dict[str, str]:
        who = self._fill(step.get("as", "admin"))
        if "basic" in step:
            pair = ":".join(quote(each, safe="") for each in self._fill(step["basic"]))
            return {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}
        if who == "anonymous":
            return {}
        if who.startswith("token:"):
            return {"Authorization": f"Bearer {who.removeprefix('token:')}"}
        client_id, key = self._credentials(who)
        return {"Authorization": f"Bearer {self._server.token(client_id, key, step.get('scope'))}"}

    def _credentials(self, who: str) -> tuple[str, str]:
        if who == "admin":
            return self._server.client_id, self._server.key
        client = self._known.get(who, {"id": who, "key": self._server.key})
        return client["id"], client["key"]

    def _body(self, step: Json) -> tuple[dict[str, str], bytes | None]:
        json_type = {"Content-Type": "application/json"}
        if "json" in step:
            return json_type, json.dumps(self._fill(step["json"]), ensure_ascii=False).encode()
        if "text" in step:
            return json_type, self._fill(step["text"]).encode()
        if "hex" in step:
            return json_type, bytes.fromhex(step["hex"])
        if "fill" in step:
            return json_type, json.dumps({step["fill"]["member"]: "x" * step["fill"]["length"]}).encode()
        if "form" not in step:
            return {}, None
        form = self._fill(step["form"])
        if "assertion" in step:
            changes = self._fill(step["assertion"])
            client_id, key = self._credentials(changes.pop("of", "admin"))
            assertion = self._server.assertion(client_id, key, changes)
            form = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion} | form
            if "save_assertion" in step:
                self._known[step["save_assertion"]] = assertion
        return {"Content-Type": FORM}, urlencode(form).encode()

    # -- its answer

    def _shown(self, step: Json, answer: Answer, sent: set[str]) -> Json:
        try:
            document, is_json = json.loads(answer.body), True
        except ValueError:
            document, is_json = answer.body.decode("utf-8", "replace"), False
        ended = self._keep(step, document, answer.status) if isinstance(document, dict) else None
        traces = [answer.headers.get("x-ms-client-request-id")]
        if isinstance(document, dict):
            traces.append(document.get("traceId"))
            if document.get("expires_in") in range(3598, 3601):
                document |= {"expires_in": "<lifetime>"}
        self._names.replaced |= {
            trace: "<trace>" for trace in traces if trace and trace not in sent and trace.lower() not in self._literal
        }
        shown: Json = {
            "status": answer.status,
            "headers": {name: self._names.of(answer.headers[name]) for name in HEADERS if name in answer.headers},
            **({"body": self._names.of(self._selected(step, document))} if is_json else {}),
            **({} if is_json else {"text": self._names.of(document)}),
        }
        if step.get("open_token") and isinstance(document, dict) and "access_token" in document:
            shown["token"] = self._opened(document["access_token"])
        if ended is not None:
            shown["ended"] = self._names.of(ended)
        for path in step.get("ignore", ()):
            _ignore(shown, path.split("."))
        return {**without_prose(shown)}

    def _keep(self, step: Json, document: Json, status: int) -> Json | None:
        """Keep what later steps need of the answer; if it waits, the operation as it ended."""
        if status < 300 and "id" in document:
            self._mine.add(document["id"])
        if "save" in step:
            self._known[step["save"]] = dict(document)
        if "pick" in step:
            where = self._fill(step["pick"]["where"]).items()
            entries = document.get(step["pick"]["of"], [])
            self._known[step["pick"]["save"]] = next((each for each in entries if where <= each.items()), {})
        return self._ended(document["id"]) if step.get("wait") and "id" in document else None

    def _opened(self, token: str) -> Json:
        parts = jwt.get_unverified_header(token), jwt.decode(token, options={"verify_signature": False})
        header, claims = (
            {name: f"<{name}>" if name in _UNKNOWN_CLAIMS else self._names.of(value) for name, value in part.items()}
            for part in parts
        )
        return {"header": header, "claims": claims}

    def _selected(self, step: Json, document: Any) -> Any:
        for name in step.get("mine") or step.get("sort") or ():
            if isinstance(document, dict) and isinstance(document.get(name), list):
                entries = document[name]
                if "mine" in step:
                    entries = [each for each in entries if any(mine in json.dumps(each) for mine in self._mine)]
                document = {**document, name: entries if step.get("in_order") else in_any_order(entries)}
        return document

    def _fill(self, value: Any) -> Any:
        return filled(value, self._known)


def differences(recorded: Any, found: Any, at: str = "") -> Iterator[str]:
    """Whatever is not the same in two JSON values, a line each."""
    if isinstance(recorded, dict) and isinstance(found, dict):
        for name, value in recorded.items():
            if name in found:
                yield from differences(value, found[name], f"{at}.{name}")
            else:
                yield f"{at}.{name}: {_short(value)} is missing"
        for name in sorted(found.keys() - recorded.keys()):
            yield f"{at}.{name}: {_short(found[name])} is not in the recording"
    elif isinstance(recorded, list) and isinstance(found, list):
        for index, (left, right) in enumerate(zip(recorded, found, strict=False)):
            yield from differences(left, right, f"{at}[{index}]")
        if len(recorded) != len(found):
            yield f"{at}: {len(found)} entries instead of {len(recorded)}"
    elif type(recorded) is not type(found) or recorded != found:
        yield f"{at}: {_short(found)} instead of {_short(recorded)}"


def _ignore(value: Any, path: list[str]) -> None:
    head, *rest = path
    names: Mapping[str, Any] | range = value if isinstance(value, dict) else range(len(value))
    for name in [*names] if head == "*" else [head] if head in names else []:
        if rest:
            _ignore(value[name], rest)
        else:
            value[name] = "<ignored>"


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 200 else f"{text[:200]}…"
