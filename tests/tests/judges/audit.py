"""Verifies exports of the audit as docs/audit.md says, and knows nothing else of Sleutelbos.

audit.py KEY KEPT FILE...   KEY: a public key, or - for the one in the first line; KEPT: a file with a
checkpoint that was kept, or -. Prints one line for each FILE: HOLDS with what was found, or why not.
"""

import base64
import hashlib
import json
import re
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ID = re.compile(r"[0-9a-f]{32}\Z")
MEMBERS = {
    "export": {"version", "chain", "key", "at", "chosen"},
    "event": {"seq", "id", "at", "account", "event", "personal", "hash"},
    "place": {"seq", "id", "at", "leaf", "hash"},
    "checkpoint": {"chain", "seq", "hash", "at", "key", "signature"},
    "end": {"seq", "events"},
}


class Wrong(Exception):
    """The export does not hold."""


def need(condition, text):
    if not condition:
        raise Wrong(text)


def framed(*fields):
    out = b""
    for field in fields:
        if isinstance(field, int):
            field = str(field)
        if isinstance(field, str):
            field = field.encode()
        out += len(field).to_bytes(4, "big") + field
    return out


def digest(*fields):
    return hashlib.sha256(framed(*fields)).digest()


def raw(text, length):
    need(isinstance(text, str), "no base64url")
    try:
        out = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raise Wrong("no base64url")
    need(len(out) == length and written(out) == text, "another length or form")
    return out


def written(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def once(pairs):
    need(len({name for name, _ in pairs}) == len(pairs), "a member twice")
    return dict(pairs)


def integer(text):
    need(text != "-0" and -(2**63) <= int(text) < 2**63, "a number out of bounds")
    return int(text)


def read(line):
    need(line.endswith(b"\n") and len(line) <= 1 << 20, "no whole line")
    try:
        line = json.loads(line.decode(), object_pairs_hook=once, parse_int=integer)
    except (ValueError, RecursionError):
        raise Wrong("no JSON")
    need(isinstance(line, dict) and line.get("kind") in MEMBERS, "no line of an export")
    kind = line.pop("kind")
    need(line.keys() == MEMBERS[kind], "other members")
    for name in ("seq", "at", "version", "events"):
        need(name not in line or type(line[name]) is int, "no number")
    for name in ("id", "event", "chain"):
        need(name not in line or isinstance(line[name], str), "no text")
    if kind == "event" and line["personal"] is not None:
        personal = line["personal"]
        need(isinstance(personal, dict) and personal.keys() == {"salt", "content"}, "no personal part")
        need(all(isinstance(text, str) for text in personal.values()), "no text")
    return kind, line


def said(event):
    try:
        said = json.loads(event)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def erasures(path):
    found = []
    with open(path, "rb") as file:
        for line in file:
            try:
                kind, line = read(line)
            except Wrong:
                break
            if kind == "event":
                event = said(line["event"])
                what, before = event.get("what"), event.get("before")
                if event.get("event") == "audit_erased" and type(before) is int:
                    found.append((line["seq"], what, before))
    return found


class Walk:
    def __init__(self, first, key, kept, erased):
        need(first["version"] == 1 and ID.match(first["chain"]), "no export of this version")
        raw(first["key"], 32)
        self.chain, self.chosen, self.erased = first["chain"], first["chosen"], erased
        if self.chosen is not None:
            need(isinstance(self.chosen, dict), "no choice")
            need(self.chosen.keys() <= {"since", "until", "account"}, "no choice")
        self.kept = kept
        self.key = key or (kept["key"] if kept else first["key"])
        if kept:
            self.genuine(kept)
        self.seq, self.hash, self.sealed = 0, digest("sleutelbos audit chain 1", self.chain), True
        self.events = self.forgotten = 0

    def genuine(self, point):
        need(point["chain"] == self.chain, "a checkpoint of another chain")
        need(point["key"] == self.key, "a checkpoint of another key")
        key, hashed = raw(point["key"], 32), raw(point["hash"], 32)
        message = framed(
            "sleutelbos audit checkpoint 1", self.chain, point["seq"], hashed, point["at"], key
        )
        try:
            Ed25519PublicKey.from_public_bytes(key).verify(raw(point["signature"], 64), message)
        except (InvalidSignature, ValueError):
            raise Wrong(f"place {point['seq']}: a checkpoint that nobody signed")

    def explained(self, what, seq, at):
        return any(
            later > seq and before > at and kind in (what, "event")
            for later, kind, before in self.erased
        )

    def link(self, line, leaf):
        fields = (self.hash, line["seq"], line["id"], line["at"], leaf)
        hashed = digest("sleutelbos audit link 1", *fields)
        need(hashed == raw(line["hash"], 32), f"place {line['seq']}: does not follow")
        self.seq, self.hash, self.sealed = line["seq"], hashed, False
        self.compare()

    def compare(self):
        if self.kept and self.kept["seq"] == self.seq:
            need(raw(self.kept["hash"], 32) == self.hash, f"place {self.seq}: another than was kept")

    def event(self, line):
        seq, account = line["seq"], line["account"]
        need(seq == self.seq + 1, f"place {self.seq + 1}: is missing")
        need(ID.match(line["id"]), f"place {seq}: no id")
        need(account is None or (isinstance(account, str) and ID.match(account)), f"place {seq}: no account")
        fields = (line["id"], line["at"], account or "", line["event"])
        self.link(line, digest("sleutelbos audit event 1", *fields))
        commitment, personal = said(line["event"]).get("personal"), line["personal"]
        if personal is None and commitment is not None:
            need(self.explained("personal", seq, line["at"]), f"place {seq}: personal part gone")
            self.forgotten += 1
        elif personal is not None:
            held = digest("sleutelbos audit personal 1", personal["salt"], personal["content"])
            need(commitment == written(held), f"place {seq}: another personal part")
        self.events += 1

    def place(self, line):
        need(line["seq"] == self.seq + 1, f"place {self.seq + 1}: is missing")
        erased = self.explained("event", line["seq"], line["at"])
        need(erased or self.chosen is not None, f"place {line['seq']}: the event is gone")
        self.link(line, raw(line["leaf"], 32))

    def checkpoint(self, line):
        self.genuine(line)
        if line["seq"] > self.seq and self.sealed and self.chosen is not None:
            self.seq, self.hash = line["seq"], raw(line["hash"], 32)
        need(line["seq"] <= self.seq, f"place {self.seq + 1}: is missing")
        here = line["seq"] == self.seq and raw(line["hash"], 32) == self.hash
        need(here, f"place {line['seq']}: something was replaced")
        self.sealed = True
        self.compare()

    def end(self, line):
        need(self.sealed, f"place {self.seq}: signed by nobody")
        cut = self.kept and self.chosen is None and self.kept["seq"] > self.seq
        need(not cut, f"place {self.seq}: the end was cut off")
        need((line["seq"], line["events"]) == (self.seq, self.events), "another end")


def verify(path, key, kept):
    erased = erasures(path)
    with open(path, "rb") as file:
        kind, first = read(next(file, b""))
        need(kind == "export", "no export")
        walk = Walk(first, key, kept, erased)
        for line in file:
            kind, line = read(line)
            need(kind != "export", "begins twice")
            getattr(walk, kind)(line)
            if kind == "end":
                need(next(file, None) is None, "something follows the end")
                return f"HOLDS {walk.events} events, {walk.forgotten} with an erased part"
    raise Wrong("ends before its end")


def main(key, kept, *paths):
    key = None if key == "-" else key
    if kept != "-":
        with open(kept, "rb") as file:
            kind, kept = read(file.read())
        assert kind == "checkpoint"
    for path in paths:
        try:
            print(verify(path, key, None if kept == "-" else kept))
        except Wrong as wrong:
            print(wrong)


main(*sys.argv[1:])
