#!/usr/bin/env python3
"""Answers who was trusted for what, at any time, from exported evidence alone (hufu trust export).

It shares no code with Hufu and asks no node: Python's standard library, and what docs/trust-evidence.md says. Trusted are the
validators' keys of the network's first block, given apart from the evidence (--network, the network's description).

    replay_trust.py EVIDENCE --network network.json who-may-issue TYPE TIME
    replay_trust.py EVIDENCE --network network.json who-may-ask QUERY TIME
    replay_trust.py EVIDENCE --network network.json history
    replay_trust.py EVIDENCE --network network.json answer < QUESTIONS

TIME is milliseconds since 1970 or like 2026-03-03T14:02:00Z. Each line of QUESTIONS is a JSON list [kind, subject, name, time], kind
"issue" or "ask"; each line of the answer is true or false. Exit code 2: the evidence does not hold.
"""
import argparse
import base64
import datetime
import hashlib
import json
import struct
import sys


class Refused(Exception):
    pass


# --- P-256 (FIPS 186-5), plain and slow -------------------------------------------------------------------------------
P = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
G = (0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296, 0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5)


def add(a, b):
    if a is None:
        return b
    if b is None:
        return a
    if a[0] == b[0] and (a[1] + b[1]) % P == 0:
        return None
    slope = (3 * a[0] * a[0] - 3) * pow(2 * a[1], -1, P) if a == b else (b[1] - a[1]) * pow(b[0] - a[0], -1, P)
    x = (slope * slope - a[0] - b[0]) % P
    return x, (slope * (a[0] - x) - a[1]) % P


def multiply(k, point):
    result = None
    while k:
        if k & 1:
            result = add(result, point)
        point = add(point, point)
        k >>= 1
    return result


def decompress(key):
    x = int.from_bytes(key[1:], "big")
    square = (x**3 - 3 * x + B) % P
    y = pow(square, (P + 1) // 4, P)
    if key[0] not in (2, 3) or x >= P or y * y % P != square:
        raise Refused("a validator's key is no point of P-256")
    return x, (y if y & 1 == key[0] & 1 else P - y)


def is_signed(key, message, signature):
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    if not (0 < r < N and 0 < s < N):
        return False
    w = pow(s, -1, N)
    e = int.from_bytes(hashlib.sha256(message).digest(), "big")
    point = add(multiply(e * w % N, G), multiply(r * w % N, decompress(key)))
    return point is not None and point[0] % N == r


# --- RIPEMD-160, for OpenSSL of today has it no more ----------------------------------------------------------------------
def ripemd160(data):
    r1 = list(range(16)) + [7, 4, 13, 1, 10, 6, 15, 3, 12, 0, 9, 5, 2, 14, 11, 8, 3, 10, 14, 4, 9, 15, 8, 1, 2, 7, 0, 6, 13, 11, 5, 12]
    r1 += [1, 9, 11, 10, 0, 8, 12, 4, 13, 3, 7, 15, 14, 5, 6, 2, 4, 0, 5, 9, 7, 12, 2, 10, 14, 1, 3, 8, 11, 6, 15, 13]
    r1 += [4, 0, 5, 9, 7, 12, 2, 10, 14, 1, 3, 8, 11, 6, 15, 13]
    r2 = [5, 14, 7, 0, 9, 2, 11, 4, 13, 6, 15, 8, 1, 10, 3, 12, 6, 11, 3, 7, 0, 13, 5, 10, 14, 15, 8, 12, 4, 9, 1, 2]
    r2 += [15, 5, 1, 3, 7, 14, 6, 9, 11, 8, 12, 2, 10, 0, 4, 13, 8, 6, 4, 1, 3, 11, 15, 0, 5, 12, 2, 13, 9, 7, 10, 14]
    r2 += [12, 15, 10, 4, 1, 5, 8, 7, 6, 2, 13, 14, 0, 3, 9, 11]
    s1 = [11, 14, 15, 12, 5, 8, 7, 9, 11, 13, 14, 15, 6, 7, 9, 8, 7, 6, 8, 13, 11, 9, 7, 15, 7, 12, 15, 9, 11, 7, 13, 12]
    s1 += [11, 13, 6, 7, 14, 9, 13, 15, 14, 8, 13, 6, 5, 12, 7, 5, 11, 12, 14, 15, 14, 15, 9, 8, 9, 14, 5, 6, 8, 6, 5, 12]
    s1 += [9, 15, 5, 11, 6, 8, 13, 12, 5, 12, 13, 14, 11, 8, 5, 6]
    s2 = [8, 9, 9, 11, 13, 15, 15, 5, 7, 7, 8, 11, 14, 14, 12, 6, 9, 13, 15, 7, 12, 8, 9, 11, 7, 7, 12, 7, 6, 15, 13, 11]
    s2 += [9, 7, 15, 11, 8, 6, 6, 14, 12, 13, 5, 14, 13, 13, 7, 5, 15, 5, 8, 11, 14, 14, 6, 14, 6, 9, 12, 9, 12, 5, 15, 8]
    s2 += [8, 5, 12, 9, 12, 5, 14, 6, 8, 13, 6, 5, 15, 13, 11, 11]
    k1 = [0, 0x5A827999, 0x6ED9EBA1, 0x8F1BBCDC, 0xA953FD4E]
    k2 = [0x50A28BE6, 0x5C4DD124, 0x6D703EF3, 0x7A6D76E9, 0]
    f = [
        lambda x, y, z: x ^ y ^ z,
        lambda x, y, z: (x & y) | (~x & z),
        lambda x, y, z: (x | ~y) ^ z,
        lambda x, y, z: (x & z) | (y & ~z),
        lambda x, y, z: x ^ (y | ~z),
    ]
    mask = 0xFFFFFFFF

    def turn(x, n):
        x &= mask
        return ((x << n) | (x >> (32 - n))) & mask

    h = [0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0]
    padded = data + b"\x80" + b"\0" * ((55 - len(data)) % 64) + struct.pack("<Q", 8 * len(data))
    for start in range(0, len(padded), 64):
        words = struct.unpack("<16I", padded[start : start + 64])
        left, right = list(h), list(h)
        for j in range(80):
            for side, order, shifts, constants, function in ((left, r1, s1, k1, f[j // 16]), (right, r2, s2, k2, f[4 - j // 16])):
                a, b, c, d, e = side
                t = (turn(a + function(b, c, d) + words[order[j]] + constants[j // 16], shifts[j]) + e) & mask
                side[:] = [e, t, b, turn(c, 10), d]
        h = [
            (h[1] + left[2] + right[3]) & mask,
            (h[2] + left[3] + right[4]) & mask,
            (h[3] + left[4] + right[0]) & mask,
            (h[4] + left[0] + right[1]) & mask,
            (h[0] + left[1] + right[2]) & mask,
        ]
    return struct.pack("<5I", *h)


# --- Neo's formats (docs/light-client.md) -------------------------------------------------------------------------------
class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def bytes(self, count):
        if self.at + count > len(self.data):
            raise Refused("bytes are missing")
        self.at += count
        return self.data[self.at - count : self.at]

    def integer(self, count):
        return int.from_bytes(self.bytes(count), "little")

    def length(self):
        first = self.integer(1)
        return first if first < 0xFD else self.integer({0xFD: 2, 0xFE: 4, 0xFF: 8}[first])

    def sized(self):
        return self.bytes(self.length())

    def end(self):
        if self.at != len(self.data):
            raise Refused("bytes are left over")


def script_of(keys):
    """Verification script of the validators: n - (n - 1) // 3 of them must sign."""

    def number(value):
        return bytes([0x10 + value]) if value < 16 else b"\x00" + bytes([value])

    ordered = sorted(keys, key=lambda key: key[1:])
    needed = len(keys) - (len(keys) - 1) // 3
    return number(needed) + b"".join(b"\x0c\x21" + key for key in ordered) + number(len(keys)) + b"\x41\x9e\xd0\xdc\x3a"


def account_of(script):
    return ripemd160(hashlib.sha256(script).digest())


def keys_of(script):
    count, rest = (len(script) - 7) // 35, script[1:]
    keys = [rest[35 * index + 2 : 35 * index + 35] for index in range(count)]
    if script_of(keys) != script:
        raise Refused("a header's validators are not in Neo's form")
    return keys


def read_header(data, magic, account):
    """Checks a header's signatures by the expected validators. Returns its index, time, next validators' account, previous state root."""
    reader = Reader(data)
    reader.bytes(4 + 32 + 32)
    time_ms = reader.integer(8)
    reader.bytes(8)
    index = reader.integer(4)
    reader.bytes(1)
    following, root = reader.bytes(20), reader.bytes(32)
    signed = data[: reader.at]
    if reader.length() != 1:
        raise Refused("a header has not one witness")
    invocation, verification = reader.sized(), reader.sized()
    reader.end()
    if account_of(verification) != account:
        raise Refused("a header is signed by others than the validators")
    keys = keys_of(verification)
    message = struct.pack("<I", magic) + hashlib.sha256(signed).digest()
    needed = len(keys) - (len(keys) - 1) // 3
    if len(invocation) != 66 * needed:
        raise Refused("a header has not as many signatures as it needs")
    left = list(keys)
    for start in range(0, len(invocation), 66):
        if invocation[start : start + 2] != b"\x0c\x40":
            raise Refused("a header's signatures are not in Neo's form")
        while left and not is_signed(left[0], message, invocation[start + 2 : start + 66]):
            left.pop(0)
        if not left:
            raise Refused("a header's signatures are not those of a quorum")
        left.pop(0)
    return index, time_ms, following, root


def prove(root, contract, key, proof):
    """Walks the Merkle-Patricia proof of a storage entry from the root down. Returns the value."""
    trie_key = struct.pack("<i", contract) + key
    reader = Reader(proof)
    if reader.sized() != trie_key:
        raise Refused("a proof is of another key")
    nodes = [reader.sized() for _ in range(reader.length())]
    reader.end()
    path = [half for byte in trie_key for half in (byte >> 4, byte & 15)]
    expected = root
    for position, node in enumerate(nodes):
        if hashlib.sha256(hashlib.sha256(node).digest()).digest() != expected:
            raise Refused("a node of a proof has another hash")
        reader = Reader(node)
        kind = reader.integer(1)
        if kind == 2:
            value = reader.sized()
            reader.end()
            if path or position != len(nodes) - 1:
                raise Refused("a proof does not end at its key")
            return value
        if kind == 1:
            nibbles = list(reader.sized())
            if path[: len(nibbles)] != nibbles:
                raise Refused("a proof leads to another key")
            path = path[len(nibbles) :]
            children = [child(reader)]
            expected = children[0]
        elif kind == 0:
            children = [child(reader) for _ in range(17)]
            expected = children[path.pop(0) if path else 16]
        else:
            raise Refused("a proof has an unknown node")
        reader.end()
        if expected is None:
            raise Refused("a proof leads nowhere")
    raise Refused("a proof has no leaf")


def child(reader):
    kind = reader.integer(1)
    if kind == 4:
        return None
    if kind != 3:
        raise Refused("a proof has an unknown child")
    return reader.bytes(32)


def read_item(reader):
    kind = reader.integer(1)
    if kind == 0x21:
        return int.from_bytes(reader.sized(), "little", signed=True)
    if kind in (0x28, 0x30):
        return reader.sized()
    if kind in (0x40, 0x41):
        return [read_item(reader) for _ in range(reader.length())]
    raise Refused("an entry has an unknown form")


# --- The registry (contracts/trust/doc.go) ------------------------------------------------------------------------------
AUTHORITY, INSTITUTION, ISSUE, ASK = 1, 2, 3, 4
ACTIVE = 1
FIELDS = ("sequence", "status", "reason", "valid_from", "valid_until", "granter", "label", "actor", "time", "block")


def load(evidence, network):
    """Checks everything. Returns the grants' states in order, by (kind, subject, name), and until when they are known."""
    if evidence["version"] != 1 or evidence["magic"] != network["magic"]:
        raise Refused("the evidence is of another network or version")
    account = account_of(script_of([bytes.fromhex(validator["publicKey"]) for validator in network["validators"]]))
    index = 0
    for text in evidence["headers"]:
        at, until, account, root = read_header(base64.b64decode(text), network["magic"], account)
        if at <= index:
            raise Refused("headers are not in order")
        index = at
    if index != evidence["blockIndex"] + 1 or evidence["contractId"] != network["contracts"]["trust"]["id"]:
        raise Refused("the evidence is of another block or contract")
    grants = {}
    for entry in evidence["entries"]:
        key = base64.b64decode(entry["key"])
        value = prove(root, evidence["contractId"], key, base64.b64decode(entry["proof"]))
        reader = Reader(value)
        state = dict(zip(FIELDS, read_item(reader)))
        reader.end()
        name = key[22:] if key[:1] == b"g" else key[22:-4]
        grant = grants.setdefault((key[1], key[2:22], name.decode("ascii")), {})
        if key[:1] == b"G" and int.from_bytes(key[-4:], "big") != state["sequence"]:
            raise Refused("a state stands under another number")
        if state["sequence"] in grant:
            raise Refused("a state is there twice")
        grant[state["sequence"]] = (state, key[:1] == b"g")
    histories = {}
    for key, grant in grants.items():
        states = [grant.get(number) for number in range(1, len(grant) + 1)]
        if any(state is None for state in states) or [latest for _, latest in states] != [False] * (len(states) - 1) + [True]:
            raise Refused("a change of a grant is missing")
        histories[key] = [state for state, _ in states]
    return histories, until


def stood(histories, kind, subject, name, time_ms):
    """The state of a grant that counted at a time, or None."""
    states = [state for state in histories.get((kind, subject, name), []) if state["time"] <= time_ms]
    if not states:
        return None
    last = states[-1]
    return last if last["status"] == ACTIVE and last["valid_from"] <= time_ms < last["valid_until"] else None


def might(histories, kind, subject, name, time_ms):
    institution = stood(histories, INSTITUTION, subject, "", time_ms)
    return (
        stood(histories, kind, subject, name, time_ms) is not None
        and institution is not None
        and stood(histories, AUTHORITY, institution["granter"], "", time_ms) is not None
    )


def milliseconds(text):
    if text.isdigit():
        return int(text)
    return int(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000)


def displayed(subject):
    return "0x" + subject[::-1].hex()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("evidence")
    parser.add_argument("--network", required=True)
    parser.add_argument("question", choices=["who-may-issue", "who-may-ask", "history", "answer"])
    parser.add_argument("name", nargs="?")
    parser.add_argument("time", nargs="?")
    arguments = parser.parse_args()
    with open(arguments.evidence, encoding="utf-8") as file:
        evidence = json.load(file)
    with open(arguments.network, encoding="utf-8") as file:
        network = json.load(file)
    try:
        histories, until = load(evidence, network)
    except (Refused, KeyError, ValueError, TypeError, IndexError) as error:
        print(f"the evidence does not hold: {error}", file=sys.stderr)
        return 2
    kinds = {"issue": ISSUE, "ask": ASK}
    if arguments.question == "history":
        for (kind, subject, name), states in sorted(histories.items()):
            for state in states:
                print(kind, displayed(subject), name or "-", state["sequence"], state["time"], state["status"], state["valid_from"], state["valid_until"])
        return 0
    if arguments.question == "answer":
        for line in sys.stdin:
            kind, subject, name, time_ms = json.loads(line)
            if time_ms > until:
                raise SystemExit("asked for a time after the evidence")
            print(json.dumps(might(histories, kinds[kind], bytes.fromhex(subject)[::-1], name, time_ms)))
        return 0
    if arguments.name is None or arguments.time is None:
        parser.error("expected a name and a time")
    time_ms = milliseconds(arguments.time)
    if time_ms > until:
        raise SystemExit("asked for a time after the evidence")
    kind = ISSUE if arguments.question == "who-may-issue" else ASK
    for subject in sorted({subject for at, subject, name in histories if at == kind and name == arguments.name}):
        if might(histories, kind, subject, arguments.name, time_ms):
            print(displayed(subject))
    return 0


if __name__ == "__main__":
    sys.exit(main())
