"""Requests that were not recorded, with the answers that the rules behind the recordings predict."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest

from rxeryph.simulator import Simulator
from tests.recorded.asking import ASSERTION_TYPE, FORM, Answer, Server
from tests.simulation import DEFAULT_PROJECT, UNKNOWN_ID

JSON, PROBLEM = "application/json; charset=utf-8", "application/problem+json; charset=utf-8"
PAGES = "https://documentation.openiddict.com/errors/"
CATLET = f"/v1/catlets/{UNKNOWN_ID}"
NETWORKS = f"/v1/projects/{DEFAULT_PROJECT}/virtualnetworks/config"
SPECIFICATIONS = "/v1/catlet_specifications"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Simulator(speed=0.0) as simulator:
        urls = simulator.identity_endpoint, simulator.compute_endpoint
        with Server(*urls, simulator.client_id, simulator.private_key) as server:
            yield server


class Asked(NamedTuple):
    """A request, and the keys of the errors in its answer; it is refused with 400."""

    method: str
    path: str
    body: object
    keys: str
    at: str = "compute"


def ask(server: Server, method: str, path: str, body: object = None, at: str = "compute", **headers: str) -> Answer:
    sent = {"Authorization": f"Bearer {server.token(server.client_id, server.key)}"}
    content = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    sent |= {} if content is None else {"Content-Type": "application/json"}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    return server.ask(method, at, path, {name: value for name, value in sent.items() if value}, content)


def given(**members: object) -> dict[str, object]:
    return {"configuration": members}


def specified(content: str, **more: object) -> dict[str, object]:
    configuration = {"content_type": "application/json", "content": content}
    return {"project_id": DEFAULT_PROJECT, "configuration": configuration, **more}


@pytest.mark.parametrize(
    "asked",
    [
        # What the server refuses.
        Asked("POST", "/v1/catlets/config/populate-variables", given(ram=1), "$.configuration.ram"),
        Asked(
            "POST",
            "/v1/catlets",
            given(variables=[{"name": "a", "type": 9, "value": "1"}]),  # a number may be any
            "$.configuration.variables[0].value",
        ),
        Asked("PUT", CATLET, given(name="a", cpu={"count": 241}), "$.configuration.cpu.count"),
        Asked("POST", f"{CATLET}/config/expand", given(memory=512), "$.configuration.memory"),
        Asked(
            "PUT",
            NETWORKS,
            given(networks=[{"subnets": [{"vlan": 1}]}]),
            "$.configuration.networks[0].subnets[0].vlan",
        ),
        Asked(
            "PUT",
            NETWORKS,
            given(networks=[{"subnets": [{"mtu": "9"}]}]),
            "$.configuration.networks[0].subnets[0].mtu",
        ),
        Asked("POST", SPECIFICATIONS, specified('{"cpu": {"cores": 1}}'), "$.configuration.content.cpu.cores"),
        Asked(
            "POST",
            SPECIFICATIONS,
            specified("{}", architectures=["any/x", "hyperv"]),
            "$.architectures[0] $.architectures[1]",
        ),
        Asked("POST", SPECIFICATIONS, specified('{"cpu": 1}', architectures=["x"]), "$.configuration.content.cpu"),
        Asked(
            "POST",
            f"{SPECIFICATIONS}/validate",
            specified('{"name": "a b"}', architectures=["any", "x"]),
            "$.architectures[1] $.configuration.content.name",
        ),
        Asked(
            "POST",
            f"/v1/projects/{DEFAULT_PROJECT}/members",
            {"member_id": " ", "role_id": ""},
            "$.member_id $.role_id",
        ),
        # Binding comes before everything else.
        Asked("POST", "/v1/projects/nonsense/members", {"member_id": "x"}, "$ Body"),
        Asked(
            "POST", "/v1/projects/nonsense/members", {"member_id": None, "role_id": None}, "Body.MemberId Body.RoleId"
        ),
        Asked("PUT", NETWORKS.replace(DEFAULT_PROJECT, UNKNOWN_ID), {}, "$ Body"),
        Asked("PATCH", f"{CATLET}/guest-services/settings", None, ""),
        Asked("PATCH", f"{CATLET}/guest-services/settings", b"null", "Body"),
        Asked("DELETE", f"{SPECIFICATIONS}/x", b"null", "Body"),
        Asked("DELETE", f"{SPECIFICATIONS}/x", {"delete_catlet": "true"}, "$.delete_catlet Body"),
        Asked("POST", f"{SPECIFICATIONS}/x/versions/y/deploy", {"variables": ["a"]}, "$.variables Body"),
        Asked(
            "PUT",
            f"{SPECIFICATIONS}/x",
            {"configuration": {"content": "", "content_type": None}},
            "Body.Configuration.ContentType",
        ),
        Asked("PUT", "/v1/catlets/%20", given(name="a"), "id"),
        Asked("GET", "/v1/projects/%09/members", None, "project_id"),
        Asked("PUT", f"{CATLET}/guest-services/ssh-channel?TTL=1.5", None, "ttl"),
        Asked("GET", f"/v1/operations/{UNKNOWN_ID}?log_time_stamp=yesterday", None, "log_time_stamp"),
        Asked(
            "POST",
            "/v1/virtualdisks",
            {"project_id": None, "name": None, "location": "a", "size": 1},
            "Name ProjectId",
        ),
        # The identity API.
        Asked(
            "PUT",
            "/v1/clients/x",
            {"name": None, "allowed_scopes": None},
            "Client.AllowedScopes Client.Name",
            "identity",
        ),
        Asked("PUT", "/v1/clients/x", {"name": "n" * 255, "allowed_scopes": []}, "Client.Name", "identity"),
        Asked(
            "PUT", "/v1/clients/system-client", {"name": "a", "allowed_scopes": ["x"]}, "$.AllowedScopes", "identity"
        ),
        Asked("POST", "/v1/clients/x/key", {"shared_secret": 1}, "$.shared_secret Body", "identity"),
        Asked(
            "POST",
            "/v1/clients",
            {"name": "a", "allowed_scopes": ["x"], "roles": ["y"]},
            "$.AllowedScopes $.Roles",
            "identity",
        ),
    ],
)
def test_a_request_is_refused_where_it_is_wrong(server: Server, asked: Asked) -> None:
    answer = ask(server, asked.method, asked.path, asked.body, asked.at)
    assert (answer.status, answer.headers["content-type"]) == (400 if asked.keys else 415, PROBLEM), answer
    assert " ".join(sorted(json.loads(answer.body).get("errors", {}))) == asked.keys


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/V1.0/Projects/", {"NAME": "qa", "correlation_ID": None}, 202),
        ("PUT", f"{CATLET}/START/", b"no JSON", 404),
        ("GET", f"/v1/virtualnetworks/?PROJECT_ID={UNKNOWN_ID}&project_id={DEFAULT_PROJECT}", None, 200),
        ("GET", f"/v1/projects/{{{DEFAULT_PROJECT.upper()}}}", None, 200),
        ("GET", f"/v1/projects/{DEFAULT_PROJECT.replace('-', '')}", None, 200),
        ("POST", "/v1/catlets", given(name="", config_type="instance", hostname="Ä"), 202),
        ("PUT", f"{CATLET}/stop", {"mode": "2"}, 404),
        ("POST", f"{CATLET}/guest-services/access-keys", {"public_key": "it's", "ttl": ""}, 404),
        ("POST", "/v1/projects", {"name": "\t"}, 500),
        ("GET", "/v1/operations?expand=LOGS&log_time_stamp=2026-01-01", None, 200),
    ],
)
def test_what_the_server_lets_pass_is_let_pass(
    server: Server, method: str, path: str, body: object, status: int
) -> None:
    assert ask(server, method, path, body).status == status


@pytest.mark.parametrize(
    ("path", "accept", "status", "kind"),
    [
        ("/v1/nothing", "text/html", 404, "text/plain"),
        ("/v1/nothing", "text/html, */*;q=0.1", 404, "application/problem+json"),
        ("/v1/projects/nonsense", "text/html", 404, PROBLEM),
        ("/v1/version", "text/html", 200, JSON),
        ("/v1/version", "text/json", 200, "text/json; charset=utf-8"),
        ("/v1/version", "application/xml, text/*;q=0.5", 200, "text/json; charset=utf-8"),
        ("/v1/version", "text/json, */*;q=0.1", 200, JSON),
        ("/v1/version", "application/vnd.eryph+json", 200, JSON),
        ("/v1/version", "application/problem+json", 200, JSON),
        (NETWORKS, "text/json", 200, "text/json; charset=utf-8"),
        ("/v1/projects", "text/json", 200, JSON),
        ("/v1/nothing", "application/*+json", 404, "application/problem+json"),
        ("/v1/nothing", "application/json; charset=utf-8", 404, "text/plain"),
        ("/v1/nothing", "nonsense", 404, "application/problem+json"),
        ("/v1/nothing", "nonsense, text/html", 404, "text/plain"),
    ],
)
def test_answers_are_json_unless_there_is_no_endpoint(
    server: Server, path: str, accept: str, status: int, kind: str
) -> None:
    answer = ask(server, "GET", path, Accept=accept)
    assert (answer.status, answer.headers["content-type"]) == (status, kind)


@pytest.mark.parametrize(
    ("path", "charset", "expected"),
    [
        ("/v1/version", "utf-16", "utf-16"),
        ("/v1/version", "iso-8859-1, utf-16;q=0.5, utf-8;q=0.7", "utf-8"),
        ("/v1/version", "us-ascii", "utf-8"),
        ("/v1/projects", "utf-16", "utf-8"),
        ("/v1/projects/nonsense", "UTF-16", "utf-16"),
    ],
)
def test_answers_have_the_character_set_that_is_asked_for(
    server: Server, path: str, charset: str, expected: str
) -> None:
    answer = ask(server, "GET", path, Accept_Charset=charset)
    assert answer.headers["content-type"].endswith(f"; charset={expected}")
    assert json.loads(answer.body.decode("utf-16-le" if expected == "utf-16" else expected))


@pytest.mark.parametrize(
    ("kind", "content", "status"),
    [
        ("application/merge-patch+json", b"{}", 400),
        ("APPLICATION/JSON ; Charset=UTF-16LE", '{"name": "a b"}'.encode("utf-16-le"), 400),
        ("application/json; charset=utf-16be", b"{}", 415),
        ("application/*", b"{}", 415),
        ("multipart/form-data; boundary=x", b"--x--", 415),
        ("multipart/form-data", b"{}", 400),
        ("application/json", b"\xef\xbb\xbf" + b'{"name": "a b"}', 400),
    ],
)
def test_a_body_is_read_by_its_media_type(server: Server, kind: str, content: bytes, status: int) -> None:
    answer = ask(server, "POST", "/v1/projects", content, Content_Type=kind)
    assert answer.status == status


def test_headers_say_what_was_reached(server: Server) -> None:
    wrong_method = ask(server, "PATCH", f"{SPECIFICATIONS}/validate")
    assert (wrong_method.status, wrong_method.headers["allow"]) == (405, "DELETE, GET, POST, PUT")
    assert "api-supported-versions" not in wrong_method.headers
    refused = ask(server, "POST", "/v1/projects", {"name": ""}, X_Ms_Client_Request_Id="mine")
    assert (refused.status, refused.headers["cache-control"]) == (500, "no-cache,no-store")
    assert refused.headers["x-ms-client-request-id"] == json.loads(refused.body)["traceId"] == "mine"
    made = ask(server, "POST", "/v1/clients", {"name": "a", "allowed_scopes": []}, "identity", Accept="text/json")
    assert made.headers["location"] == f"{server.urls['identity']}/v1/clients/{json.loads(made.body)['id']}"
    assert made.headers["content-type"] == "text/json; charset=utf-8"
    for method, body in (("PUT", {"name": "a", "allowed_scopes": []}), ("DELETE", None)):
        protected = ask(server, method, "/v1/clients/system-client", body, "identity")
        assert (protected.status, "errors" in json.loads(protected.body)) == (400, False)


def signed(server: Server, **changes: object) -> dict[str, str]:
    assertion = server.assertion(server.client_id, server.key, changes)
    return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion}


@pytest.mark.parametrize(
    ("form", "changes", "status", "error", "page"),
    [
        ({"grant_type": "password", "client_id": "stranger"}, None, 400, "unsupported_grant_type", "ID2032"),
        ({"client_id": "stranger", "client_secret": "x", "scope": "x"}, None, 400, "invalid_scope", "ID2052"),
        ({"client_id": "system-client", "scope": "offline_access"}, None, 400, "invalid_request", "ID2035"),
        ({"client_secret": "x"}, {}, 400, "invalid_request", "ID2087"),
        ({"client_id": "other"}, {}, 400, "invalid_grant", "ID2173"),
        ({}, {"iss": "other", "sub": "other"}, 401, "invalid_client", "ID2090"),
        ({}, {"iss": None}, 401, "invalid_client", "ID2004"),
        ({}, {"sub": None}, 400, "invalid_request", "ID2172"),
        ({}, {"sub": "other"}, 400, "invalid_grant", "ID2173"),
        ({}, {"exp": None}, 400, "invalid_request", "ID2172"),
        ({}, {"exp": -301}, 401, "invalid_client", "ID2019"),
        ({}, {"exp": -200}, 200, None, None),
        ({}, {"nbf": 900, "iat": 900}, 200, None, None),
        ({}, {"jti": 7}, 400, "invalid_request", "ID2171"),
        ({}, {"aud": ["https://elsewhere/"]}, 400, "invalid_grant", "ID2173"),  # one of a list is like a string
        ({}, {"aud": []}, 400, "invalid_request", "ID2172"),
        ({}, {"typ": "JWT"}, 401, "invalid_client", "ID2089"),
        ({}, {"alg": "none"}, 401, "invalid_client", "ID2091"),
        ({}, {"alg": "HS256"}, 401, "invalid_client", "ID2090"),
        ({}, {"alg": "RS512"}, 401, "invalid_client", "ID2090"),
        ({}, {"signed_by": "another"}, 401, "invalid_client", "ID2090"),
        ({"client_assertion": "x.y.z"}, {}, 401, "invalid_client", "ID2004"),
    ],
)
def test_a_token_is_refused_in_the_order_of_the_checks(
    server: Server, form: dict[str, str], changes: dict[str, Any] | None, status: int, error: str, page: str
) -> None:
    sent = {"grant_type": "client_credentials"} | ({} if changes is None else signed(server, **changes)) | form
    answer = server.ask("POST", "identity", "/CONNECT/Token/", {"Content-Type": FORM}, urlencode(sent).encode())
    document = json.loads(answer.body)
    assert (answer.status, document.get("error")) == (status, error), document
    assert document.get("error_uri") == (PAGES + page if page else None)
    assert answer.headers["cache-control"] == "no-store"
    assert ("www-authenticate" in answer.headers) == (status == 401)


@pytest.mark.parametrize(
    ("more", "page"),
    [
        ("&grant_type=client_credentials", "ID2029"),
        ("&Grant_Type=client_credentials", "ID2029"),
        ("&client_id=system-client", None),  # the assertion names it, too
        ("&client_assertion=x", "ID2037"),
        ("&scope=nonsense&scope=compute:read", None),
    ],
)
def test_a_field_that_comes_twice_counts_as_missing(server: Server, more: str, page: str | None) -> None:
    sent = {"grant_type": "client_credentials", "client_id": server.client_id} | signed(server)
    content = (urlencode(sent) + more).encode()
    document = json.loads(server.ask("POST", "identity", "/connect/token", {"Content-Type": FORM}, content).body)
    assert document.get("error_uri") == (PAGES + page if page else None)


def test_a_basic_header_replaces_the_fields_of_the_form(server: Server) -> None:
    content = urlencode({"grant_type": "client_credentials", "client_id": "system-client"}).encode()
    headers = {"Content-Type": FORM, "Authorization": "Basic Og=="}
    document = json.loads(server.ask("POST", "identity", "/connect/token", headers, content).body)
    assert document["error_uri"] == PAGES + "ID2029"


def test_broken_basic_credentials_are_a_bad_request(server: Server) -> None:
    content = urlencode({"grant_type": "client_credentials"}).encode()
    for value, page in (("Basic !", "ID2055"), ("Basic eA==", "ID2055"), ("basic eDp5", "ID2052")):
        headers = {"Content-Type": FORM, "Authorization": value}
        document = json.loads(server.ask("POST", "identity", "/connect/token", headers, content).body)
        assert document["error_uri"] == PAGES + page


def test_the_body_of_an_answer_to_head_is_left_out(server: Server) -> None:
    for at, path, status in (("identity", "/.well-known/jwks", 400), ("compute", "/v1/catlets", 405)):
        answer = ask(server, "HEAD", path, at=at)
        assert (answer.status, answer.body) == (status, b"")


def test_an_api_describes_itself_without_a_token(server: Server) -> None:
    for at, path in (("compute", "/v1/operations/{id}"), ("identity", "/v1/clients/{id}/key")):
        answer = server.ask("GET", at, "/swagger/v1/Swagger.json", {})
        described = json.loads(answer.body)
        assert (answer.status, described["servers"]) == (200, [{"url": server.urls[at]}])
        assert path in described["paths"]
        assert server.ask("POST", at, "/swagger/v1/swagger.json", {}).status == 404


def test_the_description_has_a_page_for_people(server: Server) -> None:
    for at in ("compute", "identity"):
        moved = server.ask("GET", at, "/swagger", {})
        assert (moved.status, moved.headers["location"]) == (301, f"{server.urls[at]}/swagger/index.html")
        page = server.ask("GET", at, "/swagger/index.html", {})
        assert (page.status, page.headers["content-type"]) == (200, "text/html;charset=utf-8")
        assert [server.ask("GET", at, path, {}).status for path in ("/swagger/x", "/swaggers")] == [404, 401]
