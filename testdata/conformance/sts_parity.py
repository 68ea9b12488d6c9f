#!/usr/bin/env python3
"""Compare an IAM + STS server with behaviour observed on AWS.

The tool plays the identity provider: it starts a throw-away OIDC issuer on loopback (HTTPS with its
own CA, or plain HTTP), registers it with the server under test through the IAM API, mints one token
per case, calls AssumeRoleWithWebIdentity unsigned, and compares the answer with the case's `expect`.
Cases of kind "iam" are sequences of signed IAM calls.

    python3 sts_parity.py --cases sts-dev.jsonl --endpoint-url http://127.0.0.1:PORT \
        --access-key AKIA... --secret-key ...

The server must be able to trust the issuer. Three ways, any one suffices:
  * run once with `--work-dir DIR --prepare`: it writes DIR/ca.pem and exits; start the server with that
    CA trusted, then run again with the same --work-dir (and, if the server needs to know the issuer
    beforehand, a fixed --issuer-url https://localhost:PORT);
  * `--pause`: the CA path and issuer URL are printed, the run continues on Enter;
  * rely on the thumbprint: the provider is created with the SHA-1 of the CA, the last certificate of the
    chain that the issuer presents (AWS consults it when the chain is not publicly trusted).

Each case has its own issuer path, provider and role, all removed afterwards. One line is printed per
mismatch; the last line is `sts-parity: P/N`. Exit status: 0 all passed, 1 some failed, 2 could not run.
Needs Python 3.11, boto3 and cryptography. Talks only to the endpoint given and to itself.
"""

import argparse
import base64
import concurrent.futures
import copy
import datetime
import hashlib
import http.server
import ipaddress
import json
import os
import re
import socket
import ssl
import sys
import tempfile
import threading
import time
import traceback
import urllib.error
import urllib.parse
import urllib.request
import uuid
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import boto3
import botocore
import botocore.config
import botocore.exceptions
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

STS_NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/"
POLICY_PARAMETERS = {"PolicyDocument", "AssumeRolePolicyDocument"}
TIME = re.compile(r"^now(?:([+-])(\d+(?:\.\d+)?))?$")


# --- small helpers ----------------------------------------------------------------------------------

def b64u(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def one_line(value, limit=700):
    text = value if isinstance(value, str) else compact(value)
    text = text.replace("\r", "\\r").replace("\n", "\\n")
    return text if len(text) <= limit else text[:limit] + "..."


class CaseFailure(Exception):
    """A comparison that did not hold, or a setup call that failed."""


# --- keys and certificates --------------------------------------------------------------------------

class Keys:
    """The issuer's signing keys: one RSA-2048 and one key per NIST curve."""

    CURVES = {"ec256": (ec.SECP256R1, "P-256", 32), "ec384": (ec.SECP384R1, "P-384", 48),
              "ec521": (ec.SECP521R1, "P-521", 66)}
    SIGNERS = {"RS256": ("rsa", hashes.SHA256), "RS384": ("rsa", hashes.SHA384), "RS512": ("rsa", hashes.SHA512),
               "ES256": ("ec256", hashes.SHA256), "ES384": ("ec384", hashes.SHA384), "ES512": ("ec521", hashes.SHA512)}

    def __init__(self):
        self.private = {"rsa": rsa.generate_private_key(public_exponent=65537, key_size=2048)}
        for name, (curve, _, _) in self.CURVES.items():
            self.private[name] = ec.generate_private_key(curve())
        self.certificate = self_signed(self.private["rsa"], "parity signing certificate")

    def sign(self, algorithm, message):
        name, digest = self.SIGNERS[algorithm]
        key = self.private[name]
        if name == "rsa":
            return key.sign(message, padding.PKCS1v15(), digest())
        r, s = decode_dss_signature(key.sign(message, ec.ECDSA(digest())))
        size = self.CURVES[name][2]
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")

    def public_members(self, name):
        numbers = self.private[name].public_key().public_numbers()
        if name == "rsa":
            modulus = numbers.n.to_bytes(256, "big")
            return {"kty": "RSA", "n": b64u(modulus), "e": b64u(numbers.e.to_bytes(3, "big"))}
        _, curve, size = self.CURVES[name]
        return {"kty": "EC", "crv": curve, "x": b64u(numbers.x.to_bytes(size, "big")),
                "y": b64u(numbers.y.to_bytes(size, "big"))}

    def jwks(self, entries):
        """Entries: {key, kid?, alg?, use?, key_ops?, x5c?, damage_modulus?, omit?, times?}."""
        keys = []
        for entry in entries:
            for index in range(entry.get("times", 1)):
                jwk = self.public_members(entry["key"])
                for member in ("kid", "alg", "use", "key_ops"):
                    if member in entry:
                        value = entry[member]
                        jwk[member] = value.replace("{n}", str(index)) if isinstance(value, str) else value
                if entry.get("damage_modulus"):
                    jwk["n"] = jwk["n"][:-4] + "AAAA"
                if entry.get("x5c"):
                    der = self.certificate.public_bytes(serialization.Encoding.DER)
                    jwk["x5c"] = [base64.b64encode(der).decode()]
                for member in entry.get("omit", []):
                    jwk.pop(member, None)
                keys.append(jwk)
        return {"keys": keys}


def name_of(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def self_signed(key, common_name):
    now = datetime.datetime.now(datetime.timezone.utc)
    return (x509.CertificateBuilder().subject_name(name_of(common_name)).issuer_name(name_of(common_name))
            .public_key(key.public_key()).serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(hours=1)).not_valid_after(now + datetime.timedelta(days=2))
            .sign(key, hashes.SHA256()))


def make_ca(folder):
    """Creates DIR/ca.pem and DIR/ca.key.pem, or reuses them."""
    certificate_path, key_path = folder / "ca.pem", folder / "ca.key.pem"
    if certificate_path.exists() and key_path.exists():
        certificate = x509.load_pem_x509_certificate(certificate_path.read_bytes())
        key = serialization.load_pem_private_key(key_path.read_bytes(), None)
        # cryptography before 42, so Debian 12's, has only the naive one
        ends = getattr(certificate, "not_valid_after_utc", None) or certificate.not_valid_after.replace(tzinfo=datetime.timezone.utc)
        if ends > datetime.datetime.now(datetime.timezone.utc):
            return certificate, key, certificate_path
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.datetime.now(datetime.timezone.utc)
    name = name_of("sts-parity throw-away CA " + uuid.uuid4().hex[:8])
    certificate = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
                   .serial_number(x509.random_serial_number())
                   .not_valid_before(now - datetime.timedelta(hours=1))
                   .not_valid_after(now + datetime.timedelta(days=7))
                   .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
                   .add_extension(x509.KeyUsage(digital_signature=True, key_cert_sign=True, crl_sign=True,
                                                content_commitment=False, key_encipherment=False,
                                                data_encipherment=False, key_agreement=False,
                                                encipher_only=False, decipher_only=False), critical=True)
                   .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
                   .sign(key, hashes.SHA256()))
    certificate_path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_path.touch(mode=0o600)
    key_path.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                           serialization.NoEncryption()))
    return certificate, key, certificate_path


def make_server_chain(folder, ca_certificate, ca_key, host):
    key = ec.generate_private_key(ec.SECP256R1())
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
             x509.IPAddress(ipaddress.ip_address("::1"))]
    if host not in ("localhost", "127.0.0.1", "::1"):
        try:
            names.append(x509.IPAddress(ipaddress.ip_address(host)))
        except ValueError:
            names.append(x509.DNSName(host))
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = (x509.CertificateBuilder().subject_name(name_of(host)).issuer_name(ca_certificate.subject)
                   .public_key(key.public_key()).serial_number(x509.random_serial_number())
                   .not_valid_before(now - datetime.timedelta(hours=1))
                   .not_valid_after(now + datetime.timedelta(days=2))
                   .add_extension(x509.SubjectAlternativeName(names), critical=False)
                   .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
                   .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
                   .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
                   .sign(ca_key, hashes.SHA256()))
    path = folder / "server.pem"
    path.touch(mode=0o600)
    path.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                       serialization.NoEncryption())
                     + certificate.public_bytes(serialization.Encoding.PEM)
                     + ca_certificate.public_bytes(serialization.Encoding.PEM))
    return path


# --- the issuer -------------------------------------------------------------------------------------

class Issuer:
    """Serves discovery and key documents, one issuer path per case."""

    def __init__(self, issuer_url, listen, folder):
        self.folder = folder
        self.ca_certificate, ca_key, self.ca_path = make_ca(folder)
        parts = urllib.parse.urlsplit(issuer_url or "https://localhost")
        self.scheme, self.host = parts.scheme, parts.hostname or "localhost"
        if self.scheme not in ("https", "http"):
            raise SystemExit("--issuer-url must be https:// or http://")
        default_port = {"https": 443, "http": 80}[self.scheme]
        wanted = parts.port if parts.port else (default_port if issuer_url else 0)
        bind_host, bind_port = "127.0.0.1", wanted
        if listen:
            bind_host, _, text = listen.rpartition(":")
            bind_host, bind_port = bind_host or "127.0.0.1", int(text)
        context = None
        if self.scheme == "https":
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(make_server_chain(folder, self.ca_certificate, ca_key, self.host))
        self.documents, self.hits = {}, {}
        self.servers = [self._serve(bind_host, bind_port, context)]
        port = self.servers[0].server_address[1]
        if bind_host == "127.0.0.1":
            try:
                self.servers.append(self._serve("::1", port, context))
            except OSError:
                pass
        self.base = issuer_url.rstrip("/") if issuer_url else f"{self.scheme}://localhost:{port}"
        self.prefix = urllib.parse.urlsplit(self.base).path

    def _serve(self, host, port, context):
        issuer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 20

            def setup(self):
                if context:
                    self.request.settimeout(20)
                    self.request = context.wrap_socket(self.request, server_side=True)
                super().setup()

            def finish(self):
                super().finish()
                self.request.close()

            def do_GET(self):
                path = self.path.split("?", 1)[0]
                body = issuer.documents.get(path)
                issuer.hits[path] = issuer.hits.get(path, 0) + 1
                self.send_response(200 if body is not None else 404)
                body = body if body is not None else b'{"error":"not found"}'
                self.send_header("Content-Type", "application/json")
                self.send_header("Cache-Control", "no-cache")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
            daemon_threads = True

            def handle_error(self, *_):
                pass

        server = Server((host, port), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server

    def publish(self, slug, jwks):
        url = f"{self.base}/{slug}"
        path = f"{self.prefix}/{slug}"
        discovery = {"issuer": url, "jwks_uri": url + "/keys.json", "response_types_supported": ["id_token"],
                     "subject_types_supported": ["public"],
                     "id_token_signing_alg_values_supported": list(Keys.SIGNERS),
                     "claims_supported": ["iss", "sub", "aud", "iat", "exp", "nbf", "azp"]}
        self.documents[path + "/.well-known/openid-configuration"] = compact(discovery).encode()
        self.documents[path + "/keys.json"] = compact(jwks).encode()
        return url

    def withdraw(self, slug):
        path = f"{self.prefix}/{slug}"
        self.documents.pop(path + "/.well-known/openid-configuration", None)
        self.documents.pop(path + "/keys.json", None)

    def thumbprint(self):
        return hashlib.sha1(self.ca_certificate.public_bytes(serialization.Encoding.DER)).hexdigest()

    def close(self):
        for server in self.servers:
            server.shutdown()
            server.server_close()


# --- templates --------------------------------------------------------------------------------------

def fill(value, variables):
    """Replaces {name} and {name|upper} in every string of a JSON value; other braces stay as they are."""
    if isinstance(value, str):
        def replace(match):
            name, _, change = match.group(1).partition("|")
            if name not in variables:
                return match.group(0)
            text = variables[name]
            return text.upper() if change == "upper" else text
        return re.sub(r"\{([a-z_]+(?:\|upper)?)\}", replace, value)
    if isinstance(value, list):
        return [fill(item, variables) for item in value]
    if isinstance(value, dict):
        return {fill(key, variables): fill(item, variables) for key, item in value.items()}
    return value


def at_time(expression, now):
    match = TIME.match(expression)
    if not match:
        raise ValueError("not a time expression: " + expression)
    sign, number = match.groups()
    if not number:
        return now
    offset = float(number) if "." in number else int(number)
    return now + offset if sign == "+" else now - offset


def mint_claims(template, now):
    """`now-10` becomes an integer; {"$time": "now", "as": "string"} a string of it; fractions stay."""
    claims = {}
    for name, value in template.items():
        if isinstance(value, str) and TIME.match(value):
            claims[name] = at_time(value, now)
        elif isinstance(value, dict) and "$time" in value:
            moment = at_time(value["$time"], now)
            claims[name] = str(moment) if value.get("as") == "string" else moment
        else:
            claims[name] = value
    return claims


def mint(keys, token, variables, now):
    claims = mint_claims(fill(token["claims"], variables), now)
    header = compact(token["header"])
    payload = compact(claims)
    if token.get("append_raw"):
        payload = payload[:-1] + "," + fill(token["append_raw"], variables) + "}"
    signed = b64u(header.encode()) + "." + b64u(payload.encode())
    return claims, signed + "." + b64u(keys.sign(token["alg"], signed.encode()))


def render(template, now, claims):
    """The message as expected at this moment, for printing."""
    def replace(match):
        kind, argument = match.groups()
        return str(claims.get(argument)) if kind == "claim" else str(int(at_time(argument, now)))
    return re.sub(r"\{(time|claim):([^}]*)\}", replace, template)


def message_matches(template, actual, now, claims):
    """{time:now-300} accepts whole seconds around that moment, {claim:exp} the exact claim."""
    pattern, position = "", 0
    for match in re.finditer(r"\{(time|claim):([^}]*)\}", template):
        pattern += re.escape(template[position:match.start()])
        kind, argument = match.groups()
        if kind == "claim":
            pattern += re.escape(str(claims.get(argument)))
        else:
            centre = int(at_time(argument, now))
            pattern += "(?:" + "|".join(str(second) for second in range(centre - 5, centre + 31)) + ")"
        position = match.end()
    pattern += re.escape(template[position:])
    return re.fullmatch(pattern, actual or "", re.DOTALL) is not None


# --- the server under test --------------------------------------------------------------------------

class Target:
    def __init__(self, options):
        self.options = options
        self.sts_url = options.sts_endpoint_url or options.endpoint_url
        self.iam_url = options.iam_endpoint_url or options.endpoint_url
        verify = False if options.endpoint_insecure else (options.endpoint_ca or None)
        config = botocore.config.Config(retries={"total_max_attempts": 1}, connect_timeout=options.timeout,
                                        read_timeout=options.timeout, parameter_validation=False,
                                        max_pool_connections=max(10, options.jobs * 2))
        session = boto3.session.Session(aws_access_key_id=options.access_key,
                                        aws_secret_access_key=options.secret_key,
                                        aws_session_token=options.session_token or None,
                                        region_name=options.region)
        self.iam = session.client("iam", endpoint_url=self.iam_url, config=config, verify=verify)
        self.sts = session.client("sts", endpoint_url=self.sts_url, config=config, verify=verify)
        self.context = None
        if self.sts_url.startswith("https:"):
            self.context = ssl.create_default_context(cafile=options.endpoint_ca or None)
            if options.endpoint_insecure:
                self.context.check_hostname = False
                self.context.verify_mode = ssl.CERT_NONE
        handlers = [urllib.request.ProxyHandler({})]
        if self.context:
            handlers.append(urllib.request.HTTPSHandler(context=self.context))
        self.opener = urllib.request.build_opener(*handlers)

    def assume(self, parameters):
        body = urllib.parse.urlencode({"Action": "AssumeRoleWithWebIdentity", "Version": "2011-06-15", **parameters})
        request = urllib.request.Request(self.sts_url, data=body.encode(), method="POST", headers={
            "Content-Type": "application/x-www-form-urlencoded; charset=utf-8", "Accept": "*/*"})
        try:
            with self.opener.open(request, timeout=self.options.timeout) as response:
                return response.status, response.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()
        except (OSError, urllib.error.URLError) as error:
            raise CaseFailure(f"no answer from the STS endpoint: {error}") from error

    def call_iam(self, action, parameters):
        """Returns (ok, response or {code, http_status, message})."""
        parameters = {name: compact(value) if name in POLICY_PARAMETERS and not isinstance(value, str) else value
                      for name, value in parameters.items()}
        method = getattr(self.iam, botocore_method(action))
        try:
            response = method(**parameters)
        except botocore.exceptions.ClientError as error:
            detail = error.response.get("Error", {})
            return False, {"code": detail.get("Code"), "message": detail.get("Message"),
                           "http_status": error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")}
        except botocore.exceptions.BotoCoreError as error:
            return False, {"code": "(no answer)", "message": str(error), "http_status": None}
        response.pop("ResponseMetadata", None)
        return True, response


def botocore_method(action):
    return botocore.xform_name(action)


# --- comparisons ------------------------------------------------------------------------------------

def differences(expected, actual, path=""):
    """Yields what in `expected` is not in `actual`. Objects are subsets; lists and scalars are exact."""
    where = path or "response"
    if isinstance(expected, dict) and expected and all(key.startswith("$") for key in expected):
        if "$regex" in expected and not (isinstance(actual, str) and re.fullmatch(expected["$regex"], actual)):
            yield f"{where}: expected /{expected['$regex']}/, got {one_line(actual)}"
        if "$present" in expected and actual is MISSING:
            yield f"{where}: expected to be present"
        if "$absent" in expected and actual is not MISSING:
            yield f"{where}: expected to be absent, got {one_line(actual)}"
        if "$ordered" in expected and (actual is MISSING or compact(actual) != compact(expected["$ordered"])):
            yield f"{where}: expected, in this order, {compact(expected['$ordered'])}, got {one_line(actual)}"
        if "$keys" in expected:
            found = sorted(actual) if isinstance(actual, dict) else None
            if found != sorted(expected["$keys"]):
                yield f"{where}: expected the members {sorted(expected['$keys'])}, got {found}"
        return
    if actual is MISSING:
        yield f"{where}: expected {one_line(expected)}, got nothing"
    elif isinstance(expected, dict):
        if not isinstance(actual, dict):
            yield f"{where}: expected an object, got {one_line(actual)}"
            return
        for key, value in expected.items():
            yield from differences(value, actual.get(key, MISSING), f"{path}.{key}" if path else key)
    elif isinstance(expected, list):
        if not isinstance(actual, list) or len(actual) != len(expected):
            yield f"{where}: expected {one_line(expected)}, got {one_line(actual)}"
            return
        for index, value in enumerate(expected):
            yield from differences(value, actual[index], f"{path}[{index}]")
    elif expected != actual or isinstance(expected, bool) != isinstance(actual, bool):
        yield f"{where}: expected {one_line(expected)}, got {one_line(actual)}"


class _Missing:
    def __repr__(self):
        return "nothing"


MISSING = _Missing()


def local(tag):
    return tag.rsplit("}", 1)[-1]


def child(element, *names):
    for name in names:
        if element is None:
            return None
        element = next((item for item in element if local(item.tag) == name), None)
    return element


def text(element, *names):
    found = child(element, *names)
    return None if found is None else (found.text or "")


def parse_answer(status, body):
    try:
        root = ElementTree.fromstring(body)
    except ElementTree.ParseError:
        return {"ok": None, "http_status": status, "raw": body.decode("utf-8", "replace")}
    if local(root.tag) == "ErrorResponse" or child(root, "Error") is not None:
        return {"ok": False, "http_status": status, "code": text(root, "Error", "Code"),
                "message": text(root, "Error", "Message"), "type": text(root, "Error", "Type"),
                "request_id": text(root, "RequestId"), "root": root.tag}
    return {"ok": status == 200 and local(root.tag) == "AssumeRoleWithWebIdentityResponse", "http_status": status,
            "result": child(root, "AssumeRoleWithWebIdentityResult"), "root": root.tag,
            "request_id": text(root, "ResponseMetadata", "RequestId")}


def describe(answer):
    if answer["ok"] is None:
        return f"HTTP {answer['http_status']}, not XML: {one_line(answer['raw'], 200)}"
    if not answer["ok"]:
        return f"HTTP {answer['http_status']} {answer.get('code')}: {one_line(answer.get('message') or '')}"
    return "HTTP 200, credentials issued"


def describe_expected(expect):
    if expect["ok"]:
        return "HTTP 200, credentials issued"
    message = expect.get("message") or "/" + expect.get("message_regex", "") + "/"
    return f"HTTP {expect['http_status']} {expect['code']}: {message}"


def compare_sts(expect, answer, now, claims, variables, request, strict):
    """Returns (verdict agrees, list of differences). The verdict is accept, or reject with the right code."""
    if "message" in expect:
        template = fill(expect["message"], variables)
        expect = {**expect, "message": render(template, now, claims)}
    if answer["ok"] is None or bool(answer["ok"]) != expect["ok"]:
        return False, [f"expected {describe_expected(expect)}; got {describe(answer)}"]
    found = []
    if not expect["ok"]:
        verdict = answer["code"] == expect["code"]
        message_ok = (re.fullmatch(expect["message_regex"], answer["message"] or "") is not None
                      if "message_regex" in expect
                      else message_matches(template, answer["message"], now, claims))
        if not verdict or answer["http_status"] != expect["http_status"] or not message_ok:
            found.append(f"expected {describe_expected(expect)}; got {describe(answer)}")
        if strict:
            wanted_type = "Receiver" if expect["http_status"] >= 500 else "Sender"
            if answer["type"] != wanted_type:
                found.append(f"Error.Type: expected {wanted_type}, got {answer['type']}")
            if answer["root"] != "{%s}ErrorResponse" % STS_NAMESPACE:
                found.append(f"root element: expected ErrorResponse in {STS_NAMESPACE}, got {answer['root']}")
            if not answer["request_id"]:
                found.append("RequestId: expected a value, got nothing")
        return verdict, found

    result = answer["result"]

    def same(label, wanted, got):
        if wanted != got:
            found.append(f"{label}: expected {one_line(wanted)}, got {one_line(got)}")

    for name in ("Audience", "Provider", "SubjectFromWebIdentityToken", "SourceIdentity"):
        if name in expect:
            same(name, fill(expect[name], variables), text(result, name))
    session = request["RoleSessionName"]
    same("AssumedRoleUser.Arn", f"arn:{variables['partition']}:sts::{variables['account']}:assumed-role/"
         f"{variables['role_name']}/{session}", text(result, "AssumedRoleUser", "Arn"))
    same("AssumedRoleUser.AssumedRoleId", f"{variables['role_id']}:{session}",
         text(result, "AssumedRoleUser", "AssumedRoleId"))
    if not re.fullmatch(r"ASIA[A-Z0-9]{16}", text(result, "Credentials", "AccessKeyId") or ""):
        found.append(f"Credentials.AccessKeyId: expected ASIA and 16 characters, got {text(result, 'Credentials', 'AccessKeyId')}")
    for name in ("SecretAccessKey", "SessionToken"):
        if not text(result, "Credentials", name):
            found.append(f"Credentials.{name}: expected a value, got nothing")
    packed = text(result, "PackedPolicySize")
    if not (packed and packed.isdigit() and int(packed) <= 100):
        found.append(f"PackedPolicySize: expected 0 to 100, got {packed}")
    expiration = text(result, "Credentials", "Expiration") or ""
    try:
        moment = datetime.datetime.fromisoformat(expiration.replace("Z", "+00:00")).timestamp()
    except ValueError:
        moment = None
    wanted = now + expect.get("session_seconds", 3600)
    if moment is None or not wanted - 20 <= moment <= wanted + 40:
        found.append(f"Credentials.Expiration: expected about now+{expect.get('session_seconds', 3600)}, got {expiration}"
                     + ("" if moment is None else f" (now+{moment - now:.0f})"))
    if strict:
        if answer["root"] != "{%s}AssumeRoleWithWebIdentityResponse" % STS_NAMESPACE:
            found.append(f"root element: expected AssumeRoleWithWebIdentityResponse in {STS_NAMESPACE}, got {answer['root']}")
        if not answer["request_id"]:
            found.append("ResponseMetadata.RequestId: expected a value, got nothing")
        if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", expiration):
            found.append(f"Credentials.Expiration: expected whole seconds with Z, got {expiration}")
    return True, found


# --- running ----------------------------------------------------------------------------------------

class Runner:
    def __init__(self, options, target, issuer, keys, account, partition):
        self.options, self.target, self.issuer, self.keys = options, target, issuer, keys
        self.account, self.partition = account, partition
        self.started = time.monotonic()

    def run(self, case):
        """Returns (id, family, passed, verdict agrees, list of differences)."""
        if time.monotonic() - self.started > self.options.deadline:
            return case["id"], case["family"], False, False, ["not run: the time limit was reached"]
        try:
            verdict, found = self.run_sts(case) if case["kind"] == "sts" else self.run_iam(case)
        except CaseFailure as failure:
            verdict, found = False, [str(failure)]
        except Exception as error:  # a fault in the tool or an answer of an unforeseen shape: never stop the run
            if self.options.debug:
                traceback.print_exc()
            verdict, found = False, [f"unexpected {type(error).__name__}: {one_line(str(error), 300)}"]
        return case["id"], case["family"], not found, verdict, found

    def variables(self):
        unique = uuid.uuid4().hex[:12]
        return {"uniq": unique, "account": self.account, "partition": self.partition, "role_name": "parity-" + unique}

    def undo(self, created):
        for action, parameters in reversed(created):
            self.target.call_iam(action, parameters)

    def run_sts(self, case):
        variables = self.variables()
        slug = "i-" + variables["uniq"]
        created = []
        try:
            variables["issuer"] = self.issuer.publish(slug, self.keys.jwks(case["jwks"]))
            variables["issuer_key"] = variables["issuer"].split("://", 1)[1]
            provider = {"Url": variables["issuer"], "ClientIDList": case["provider"]["client_ids"]}
            if not self.options.no_thumbprint:
                provider["ThumbprintList"] = [self.issuer.thumbprint()]
            ok, response = self.target.call_iam("CreateOpenIDConnectProvider", provider)
            if not ok:
                raise CaseFailure(f"setup: CreateOpenIDConnectProvider {variables['issuer']}: {compact(response)}")
            variables["provider_arn"] = response["OpenIDConnectProviderArn"]
            created.append(("DeleteOpenIDConnectProvider", {"OpenIDConnectProviderArn": variables["provider_arn"]}))
            ok, response = self.target.call_iam("CreateRole", {
                "RoleName": variables["role_name"], "MaxSessionDuration": case["role"].get("max_session", 3600),
                "AssumeRolePolicyDocument": fill(case["role"]["trust"], variables)})
            if not ok:
                raise CaseFailure(f"setup: CreateRole: {compact(response)}")
            created.append(("DeleteRole", {"RoleName": variables["role_name"]}))
            variables["role_arn"], variables["role_id"] = response["Role"]["Arn"], response["Role"]["RoleId"]
            if self.options.settle:
                time.sleep(self.options.settle)
            now = int(time.time())
            claims, token = mint(self.keys, case["token"], variables, now)
            request = {**fill(case["request"], variables), "WebIdentityToken": token}
            status, body = self.target.assume(request)
            return compare_sts(case["expect"], parse_answer(status, body), now, claims, variables, request,
                               not self.options.lax_envelope)
        finally:
            self.undo(created)
            self.issuer.withdraw(slug)

    def run_iam(self, case):
        variables = self.variables()
        created, found, verdict = [], [], True
        try:
            for number, step in enumerate(case["steps"], 1):
                parameters = fill(step["params"], variables)
                ok, response = self.target.call_iam(step["action"], parameters)
                if ok:
                    self.remember(step["action"], parameters, response, created)
                label = f"step {number} {step['action']}" + (f" ({step['note']})" if step.get("note") else "")
                expect = fill(step["expect"], variables)
                if ok != expect["ok"]:
                    verdict = False
                    found.append(f"{label}: expected {'success' if expect['ok'] else expected_error(expect)}; "
                                 f"got {'success' if ok else error_text(response)}")
                    if step.get("setup"):
                        break
                    continue
                if not ok:
                    if response["code"] != expect["code"]:
                        verdict = False
                    if (response["code"], response["http_status"]) != (expect["code"], expect["http_status"]) \
                            or not message_matches(expect["message"], response["message"], time.time(), {}):
                        found.append(f"{label}: expected {expected_error(expect)}; got {error_text(response)}")
                    continue
                for name, place in step.get("save", {}).items():
                    variables[name] = pick(response, place)
                found += [f"{label}: {difference}"
                          for difference in differences(expect.get("response", {}), jsonable(response))]
            return verdict, found
        finally:
            self.undo(created)

    @staticmethod
    def remember(action, parameters, response, created):
        if action == "CreateRole":
            created.append(("DeleteRole", {"RoleName": parameters["RoleName"]}))
        elif action == "CreateOpenIDConnectProvider":
            created.append(("DeleteOpenIDConnectProvider",
                            {"OpenIDConnectProviderArn": response.get("OpenIDConnectProviderArn", "")}))
        elif action == "CreatePolicy":
            created.append(("DeletePolicy", {"PolicyArn": response.get("Policy", {}).get("Arn", "")}))


def expected_error(expect):
    return f"HTTP {expect['http_status']} {expect['code']}: {expect['message']}"


def error_text(response):
    return f"HTTP {response['http_status']} {response['code']}: {one_line(response['message'] or '')}"


def pick(value, place):
    for part in place.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    if not isinstance(value, str):
        raise CaseFailure(f"the answer has no {place}")
    return value


def jsonable(value):
    if isinstance(value, dict):
        return {key: jsonable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [jsonable(item) for item in value]
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return value


def load_cases(path, only):
    cases, seen = [], set()
    for number, line in enumerate(Path(path).read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            case = json.loads(line)
        except json.JSONDecodeError as error:
            raise SystemExit(f"{path}:{number}: {error}")
        if case["id"] in seen:
            raise SystemExit(f"{path}:{number}: duplicate id {case['id']}")
        seen.add(case["id"])
        if not only or re.search(only, case["id"]) or re.search(only, case["family"]):
            cases.append(case)
    return cases


def wait_for(target, seconds):
    limit = time.monotonic() + seconds
    while True:
        try:
            identity = target.sts.get_caller_identity()
            return identity["Account"], identity["Arn"].split(":")[1]
        except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError) as error:
            if time.monotonic() >= limit:
                print(f"GetCallerIdentity failed: {one_line(str(error), 300)}", file=sys.stderr)
                return None
            time.sleep(0.5)


def self_check(issuer, options):
    """The issuer must be reachable by its own URL, otherwise every case would fail for the wrong reason."""
    slug = "i-self-check"
    url = issuer.publish(slug, {"keys": []})
    context = ssl.create_default_context(cafile=str(issuer.ca_path)) if issuer.scheme == "https" else None
    handlers = [urllib.request.ProxyHandler({})] + ([urllib.request.HTTPSHandler(context=context)] if context else [])
    try:
        with urllib.request.build_opener(*handlers).open(url + "/.well-known/openid-configuration", timeout=5) as answer:
            return json.load(answer)["issuer"] == url
    except (OSError, ValueError) as error:
        print(f"the issuer is not reachable at {url}: {error}", file=sys.stderr)
        return False
    finally:
        issuer.withdraw(slug)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", help="JSON Lines file of cases")
    parser.add_argument("--endpoint-url", help="the server under test, for IAM and STS")
    parser.add_argument("--iam-endpoint-url", help="IAM, where it differs from --endpoint-url")
    parser.add_argument("--sts-endpoint-url", help="STS, where it differs from --endpoint-url")
    parser.add_argument("--access-key", default=os.environ.get("AWS_ACCESS_KEY_ID"))
    parser.add_argument("--secret-key", default=os.environ.get("AWS_SECRET_ACCESS_KEY"))
    parser.add_argument("--session-token", default=os.environ.get("AWS_SESSION_TOKEN"))
    parser.add_argument("--region", default="us-east-1")
    parser.add_argument("--endpoint-ca", help="CA file for an https endpoint")
    parser.add_argument("--endpoint-insecure", action="store_true", help="do not verify the endpoint's certificate")
    parser.add_argument("--issuer-url", help="base issuer URL, e.g. https://localhost:8443 or http://localhost:8080; "
                                             "default https://localhost and a free port")
    parser.add_argument("--listen", help="HOST:PORT to listen on where it differs from --issuer-url")
    parser.add_argument("--work-dir", help="keep the CA here between runs; default a temporary folder")
    parser.add_argument("--prepare", action="store_true", help="write the CA, print its path and stop")
    parser.add_argument("--pause", action="store_true", help="print the CA path and issuer URL, go on upon Enter")
    parser.add_argument("--no-thumbprint", action="store_true", help="create providers without ThumbprintList")
    parser.add_argument("--wait", type=float, default=0, metavar="S", help="wait up to S seconds for the endpoint")
    parser.add_argument("--settle", type=float, default=0, metavar="S", help="sleep S seconds after creating the role")
    parser.add_argument("--timeout", type=float, default=10, metavar="S", help="limit for one request")
    parser.add_argument("--deadline", type=float, default=240, metavar="S", help="limit for the whole run; cases not begun fail")
    parser.add_argument("--jobs", type=int, default=4, help="cases at a time")
    parser.add_argument("--only", metavar="REGEX", help="only cases whose id or family matches")
    parser.add_argument("--lax-envelope", action="store_true", help="do not compare XML namespace, Error.Type, RequestId")
    parser.add_argument("--report", metavar="FILE", help="write the results as JSON")
    parser.add_argument("--families", action="store_true", help="also print a line per family")
    parser.add_argument("--debug", action="store_true", help="print tracebacks")
    options = parser.parse_args()

    folder = Path(options.work_dir or tempfile.mkdtemp(prefix="sts-parity-"))
    folder.mkdir(parents=True, exist_ok=True)
    if options.prepare:
        print(f"ca: {make_ca(folder)[2]}")
        return 0
    for name in ("cases", "access_key", "secret_key"):
        if not getattr(options, name):
            parser.error(f"--{name.replace('_', '-')} is required")
    if not (options.endpoint_url or (options.iam_endpoint_url and options.sts_endpoint_url)):
        parser.error("--endpoint-url is required")

    cases = load_cases(options.cases, options.only)
    issuer = Issuer(options.issuer_url, options.listen, folder)
    try:
        print(f"ca: {issuer.ca_path}")
        print(f"issuer: {issuer.base}", flush=True)
        if options.pause:
            input("trust this CA in the server under test, then press Enter ")
        if not self_check(issuer, options):
            return 2
        target = Target(options)
        identity = wait_for(target, options.wait)
        if identity is None:
            return 2
        runner = Runner(options, target, issuer, Keys(), *identity)
        results = []
        with concurrent.futures.ThreadPoolExecutor(max_workers=options.jobs) as pool:
            for result in pool.map(runner.run, copy.deepcopy(cases)):
                results.append(result)
                for difference in result[4]:
                    print(f"MISMATCH {result[0]}: {one_line(difference, 900)}", flush=True)
    finally:
        issuer.close()

    if options.report:
        Path(options.report).write_text(json.dumps([dict(zip(("id", "family", "passed", "verdict", "differences"), row))
                                                    for row in results], indent=1) + "\n", encoding="utf-8")
    if options.families:
        for family in sorted({row[1] for row in results}):
            rows = [row for row in results if row[1] == family]
            print(f"family {family}: {sum(row[2] for row in rows)}/{len(rows)}"
                  f" (verdict {sum(row[3] for row in rows)}/{len(rows)})")
    print(f"verdict only (accept, or reject with the right code): {sum(row[3] for row in results)}/{len(results)}")
    passed = sum(row[2] for row in results)
    print(f"sts-parity: {passed}/{len(results)}")
    return 0 if passed == len(results) else 1


if __name__ == "__main__":
    sys.exit(main())
