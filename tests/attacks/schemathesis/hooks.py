"""What schemathesis needs to know of an institution's server to get past its doors: who calls, names of things that are there, and bodies that mean something.

The test writes it into the file of HUFU_KNOWN; every call is noted in the file of HUFU_CALLS, a line of JSON each.
"""

import copy
import json
import os
import threading
import urllib.request
import zlib

import schemathesis

with open(os.environ["HUFU_KNOWN"], encoding="utf-8") as file:
    known = json.load(file)
calls = open(os.environ["HUFU_CALLS"], "a", encoding="utf-8")
lock = threading.Lock()

STRANGE = [
    None, True, "", " ", "\u0000", "\u202e", "a" * 5_000, "-1", "9" * 400, "1e999", "../../etc/passwd", "%00", "' or 1=1 --", "{{7*7}}",
    "__proto__", "did:neo:test:x", "did:web:127.0.0.1", "http://127.0.0.1:1/", "a.b.c", "a.b.c.d.e", "0000-00-00", "2026-02-30",
    "00000000-0000-0000-0000-000000000000", -1, 0, 1.5, 2**53, 2**63, -(2**63), 10**30, 1e308, [], [None], [[]] * 50, {}, {"__proto__": {"x": 1}},
    {"constructor": {"prototype": {}}}, {"": ""}, {"toString": 1},
]


def number_of(case, salt):
    text = f"{salt} {case.path_parameters!r} {case.query!r} {case.headers!r} {case.body!r}"
    return zlib.crc32(text.encode("utf-8", "surrogatepass"))


def members(value, path=()):
    """Paths of everything within a body."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, member in items:
        yield (*path, name)
        yield from members(member, (*path, name))


def bent(body, number):
    """The body with one member replaced, taken away or added."""
    body = copy.deepcopy(body)
    paths = list(members(body))
    if not paths:
        return STRANGE[number % len(STRANGE)]
    *way, last = paths[number % len(paths)]
    parent = body
    for name in way:
        parent = parent[name]
    kind = (number >> 8) % 8
    if kind == 0:
        del parent[last]
    elif kind == 1 and isinstance(parent, dict):
        parent["unheard-of"] = STRANGE[(number >> 12) % len(STRANGE)]
    else:
        parent[last] = STRANGE[(number >> 12) % len(STRANGE)]
    return body


def is_generated(body):
    return type(body).__name__ == "NotSet"


def fill(case, operation):
    """Names of what is there, mostly; bodies that mean something, as they are or bent."""
    for name in list(case.path_parameters or {}):
        names = known["parameters"].get(f"{operation.path} {name}") or known["parameters"].get(name)
        if names and number_of(case, name) % 4 != 0:
            case.path_parameters[name] = names[(number_of(case, name) >> 4) % len(names)]
    label = f"{operation.method.upper()} {operation.path}"
    queries = known["queries"].get(label)
    if queries and number_of(case, "query") % 3 != 0:
        number = number_of(case, "query") >> 4
        query = queries[number % len(queries)]
        case.query = query if not query or (number >> 8) % 2 == 0 else {name: str(value) for name, value in bent(query, number).items()}
    bodies = known["bodies"].get(label)
    kind = number_of(case, "body") % 4
    if bodies and kind != 0:
        number = number_of(case, "body") >> 4
        body = bodies[number % len(bodies)]
        case.body = body["value"] if kind == 1 or isinstance(body["value"], str) else bent(body["value"], number)
        case.media_type = body["type"]
        if body["type"] == "application/x-www-form-urlencoded":
            case.body = {name: str(value) for name, value in case.body.items()} if isinstance(case.body, dict) else {"x": str(case.body)}


def sign(path, body):
    request = urllib.request.Request(
        known["helper"], json.dumps({"path": path, "body": body}).encode(), {"content-type": "application/json"}
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


@schemathesis.hook
def before_load_schema(context, raw_schema):
    """What the description leaves to other specifications: bodies and parameters of OAuth, of the VC API, of files."""
    for label, bodies in known["bodies"].items():
        method, path = label.split(" ", 1)
        content = {body["type"]: {"schema": {"type": "string" if isinstance(body["value"], str) else "object"}} for body in bodies}
        raw_schema["paths"][path][method.lower()].setdefault("requestBody", {"content": content})
    for label, queries in known["queries"].items():
        method, path = label.split(" ", 1)
        parameters = raw_schema["paths"][path][method.lower()].setdefault("parameters", [])
        there = {parameter["name"] for parameter in parameters}
        names = {name for query in queries for name in query} - there
        parameters.extend({"name": name, "in": "query", "schema": {"type": "string"}} for name in sorted(names))


@schemathesis.hook
def before_call(context, case, kwargs):
    operation = case.operation
    fill(case, operation)
    access = operation.definition.raw.get("x-access")
    headers = case.headers
    # Without its media type a body is not looked at.
    headers.pop("Content-Type", None)
    if access == "system":
        headers["authorization"] = f"Bearer {known['system']}"
    elif access == "wallet":
        headers["authorization"] = f"Bearer {known['wallet']}"
    elif access == "peer":
        headers.update(sign(case.formatted_path, case.body if not is_generated(case.body) and not isinstance(case.body, bytes) else None))
    elif isinstance(access, list):
        # Whoever signs out is another one than the one who goes on.
        ends = operation.path in ("/staff/sign-out", "/staff/sessions/{id}", "/staff/people/{id}/suspend")
        headers.update(sign("session", None) if ends else known["staff"])
    if operation.path.startswith("/credentials/"):
        headers["authorization"] = f"Bearer {known['issuing']}"
    if operation.path.startswith("/staff/"):
        headers["origin"] = known["staff"]["origin"]
    if operation.path.startswith("/oidc/"):
        headers["authorization"] = known["shop"]
    if operation.path.startswith(("/verifier/presentations/{id}", "/verifier/pages/", "/handover/revocations/")) and access == "public":
        headers["authorization"] = f"Bearer {known['presentation']}"


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """DID Resolution wants 501 where a method is not known (§ HTTPS binding); that is no error of the server."""
    return not (response.status_code == 501 and case.operation.path == "/1.0/identifiers/{*}")


@schemathesis.hook
def after_call(context, case, response):
    # Somebody's session may be ended by what is tried: they sign in again.
    if response.status_code == 401 and isinstance(case.operation.definition.raw.get("x-access"), list):
        known["staff"] = sign("session", None)
    line = json.dumps([case.operation.method.upper(), case.operation.path, response.status_code, round(response.elapsed * 1000)])
    with lock:
        calls.write(line + "\n")
        calls.flush()
