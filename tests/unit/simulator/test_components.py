"""How the parts of a server get their certificates."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from rxeryph.simulator import Simulator
from tests.simulation import Raw

HOST = "Agent1.eryph.local"
ENROLL, RENEW = "/v1/components/enroll", "/v1/components/renew"


def public(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    content = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(content).decode()


KEY, SERVER_KEY = (public(rsa.generate_private_key(public_exponent=65537, key_size=1024)) for _ in range(2))
CURVE = public(ec.generate_private_key(ec.SECP256R1()))


@pytest.fixture(scope="module")
def identity() -> Iterator[Raw]:
    """A caller that sends no token of the identity provider that is valid."""
    with Simulator(speed=0.0) as simulator, Raw(simulator, service="identity") as caller:
        caller.token = "nonsense"
        yield caller


def request(token: object = "t", **members: object) -> dict[str, Any]:
    return {"component_type": "VMHostAgent", "fqdn": HOST, "public_key": KEY, "token": token} | members


def certificate(content: str) -> x509.Certificate:
    return x509.load_der_x509_certificate(base64.b64decode(content))


def test_a_component_gets_certificates_that_the_root_vouches_for(identity: Raw) -> None:
    token = identity.simulator.enrollment_token("VMHostAgent", HOST)
    names = ["agent1.eryph.local", "agent"]
    reply = identity.ask(
        "POST", ENROLL, request(token, server_public_key=SERVER_KEY, server_dns_names=names, fqdn=HOST.lower())
    )
    assert reply.status_code == 200, reply.text
    found = reply.json()
    (root,) = map(certificate, found["ca_trust_bundle"])
    for leaf, chain, usage in (
        ("certificate", "issuing_chain", ExtendedKeyUsageOID.CLIENT_AUTH),
        ("server_certificate", "server_issuing_chain", ExtendedKeyUsageOID.SERVER_AUTH),
    ):
        issued, (issuer,) = certificate(found[leaf]), map(certificate, found[chain])
        issued.verify_directly_issued_by(issuer)
        issuer.verify_directly_issued_by(root)
        assert usage in issued.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        assert timedelta(days=88) < issued.not_valid_after_utc - datetime.now(UTC) < timedelta(days=91)
    client, server = certificate(found["certificate"]), certificate(found["server_certificate"])
    assert public_key(client) == KEY
    assert public_key(server) == SERVER_KEY
    assert client.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == HOST.lower()
    known = client.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    urn = f"urn:eryph:component:{found['component_id']}"
    assert known.get_values_for_type(x509.UniformResourceIdentifier) == [urn]
    served = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert served.get_values_for_type(x509.DNSName) == names


def public_key(issued: x509.Certificate) -> str:
    content = issued.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(content).decode()


def test_a_component_has_the_same_id_each_time_and_no_server_certificate_unless_it_asks(identity: Raw) -> None:
    found = []
    for kind in ("VMHostAgent", "vmhostagent", "Network"):
        token = identity.simulator.enrollment_token("Network" if kind == "Network" else "VMHostAgent", HOST)
        found.append(identity.ask("POST", ENROLL, request(token, component_type=kind)).json())
    assert found[0]["component_id"] == found[1]["component_id"] != found[2]["component_id"]
    assert (found[0]["server_certificate"], found[0]["server_issuing_chain"]) == ("", [])
    # As the server's own derivation has it: the first 16 bytes of the SHA-256 of this name, read as a .NET GUID.
    assert found[0]["component_id"] == "0af1cacf-22a2-a55e-ad32-74d938e99542"


@pytest.mark.parametrize(
    ("members", "paths"),
    [
        ({"token": " "}, ["$.token"]),
        ({"token": "t" * 8193}, ["$.token"]),
        ({"fqdn": ""}, ["$.fqdn"]),
        ({"fqdn": "*.eryph.local"}, ["$.fqdn"]),
        ({"fqdn": "-a.b"}, ["$.fqdn"]),
        ({"fqdn": f"{'a' * 64}.b"}, ["$.fqdn"]),
        ({"component_type": 999}, ["$.component_type"]),
        ({"public_key": ""}, ["$.public_key"]),
        ({"public_key": "not-base64!!"}, ["$.public_key"]),
        ({"public_key": CURVE}, ["$.public_key"]),
        ({"public_key": KEY + " " * 4096}, ["$.public_key"]),
        ({"server_public_key": "x"}, ["$.server_public_key"]),
        ({"server_dns_names": ["a"]}, ["$.server_dns_names"]),
        ({"server_dns_names": [], "server_public_key": ""}, []),
        ({"server_public_key": SERVER_KEY, "server_dns_names": ["a"] * 17}, ["$.server_dns_names"]),
        (
            {"server_public_key": SERVER_KEY, "server_dns_names": ["a", None, "b b"]},
            ["$.server_dns_names[1]", "$.server_dns_names[2]"],
        ),
        ({"token": "", "fqdn": "a b", "component_type": 6, "public_key": "x"}, None),
        # What the framework cannot read at all:
        ({"component_type": "Agent"}, ["$.component_type", "request"]),
        ({"component_type": None}, ["$.component_type", "request"]),
        ({"token": None, "fqdn": None}, ["Fqdn", "Token"]),
        ({"server_dns_names": "a"}, ["$.server_dns_names", "request"]),
    ],
)
def test_what_is_wrong_with_a_request_is_named_by_member(
    identity: Raw, members: dict[str, object], paths: list[str] | None
) -> None:
    everything = ["$.token", "$.fqdn", "$.component_type", "$.public_key"]
    reply = identity.ask("POST", ENROLL, request(**members))
    expected = sorted(everything if paths is None else paths)
    assert (reply.status_code, sorted(reply.json().get("errors", {}))) == (400 if expected else 401, expected)
    # A renewal takes neither token nor name from the request.
    renewed = identity.ask("POST", RENEW, request(**members))
    expected = [path for path in expected if path not in ("$.token", "$.fqdn")]
    assert (renewed.status_code, sorted(renewed.json().get("errors", {}))) == (400 if expected else 401, expected)


def test_a_missing_member_is_named_at_the_root(identity: Raw) -> None:
    body = request()
    del body["token"]
    for path in (ENROLL, RENEW):
        status, problem = identity.refusal("POST", path, body)
        assert (status, sorted(problem["errors"])) == (400, ["$", "request"])


def test_a_token_is_for_one_component_and_valid_once_and_a_wrong_request_does_not_use_it_up(identity: Raw) -> None:
    token = identity.simulator.enrollment_token("VMHostAgent", HOST)
    expired = identity.simulator.enrollment_token("VMHostAgent", HOST, seconds=-1.0)
    refused: tuple[dict[str, Any], ...] = (
        request("nonsense"),
        request("x.y"),
        request("ä.ö"),
        request(f"{token.partition('.')[0]}."),
        request(expired),
        request(token, fqdn="agent2.eryph.local"),
        request(token, component_type="Network"),
    )
    for body in refused:
        status, problem = identity.refusal("POST", ENROLL, body)
        assert (status, problem["title"], "errors" in problem) == (401, "Unauthorized", False)
    assert identity.refusal("POST", ENROLL, request(token, public_key="x"))[0] == 400
    assert identity.ask("POST", ENROLL, request(token)).status_code == 200
    assert identity.refusal("POST", ENROLL, request(token))[0] == 401


def test_a_token_of_another_server_is_refused(identity: Raw) -> None:
    assert identity.refusal("POST", ENROLL, request(Simulator().enrollment_token("VMHostAgent", HOST)))[0] == 401


@pytest.mark.parametrize(("kind", "host"), [("Agent", HOST), ("Network", "a b"), ("Network", "")])
def test_there_are_tokens_for_components_on_hosts_only(kind: str, host: str) -> None:
    with pytest.raises(ValueError, match="is not"):
        Simulator().enrollment_token(kind, host)


@pytest.mark.parametrize("api_version", [(1, 0), (1, 1)])
def test_older_servers_do_not_have_it(api_version: tuple[int, int]) -> None:
    with Simulator(speed=0.0, api_version=api_version) as simulator, Raw(simulator, service="identity") as raw:
        simulator.add_client("i", scopes=("identity:write",))
        for path in (ENROLL, RENEW):
            assert raw.refusal("POST", path, request())[0] == 404
