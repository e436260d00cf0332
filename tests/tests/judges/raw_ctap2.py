"""Sends CTAP2 requests that no library makes, and compares each status with the specification's."""

import hashlib
import sys

from fido2 import cbor
from fido2.hid import CTAPHID, CtapHidDevice

HASH = hashlib.sha256(b"client data").digest()
RP = {"id": "test.example", "name": "Test"}
USER = {"id": b"user", "name": "test@test.example", "displayName": "Test"}
ES256 = {"alg": -7, "type": "public-key"}
WITH_PIN = sys.argv[1:] == ["pin"]

device = next(CtapHidDevice.list_devices())


def send(command, parameters=None):
    body = parameters if isinstance(parameters, bytes) else b""
    if isinstance(parameters, dict):
        body = cbor.encode(parameters)
    answer = device.call(CTAPHID.CBOR, bytes([command]) + body)
    return answer[0], answer[1:]


def check(name, wanted, command, parameters=None):
    status, answer = send(command, parameters)
    assert status == wanted, f"{name}: {status:02X}, not {wanted:02X}"
    return cbor.decode(answer) if answer else None


def creation(**changed):
    members = {1: HASH, 2: RP, 3: USER, 4: [ES256]}
    members.update({int(key.strip("_")): value for key, value in changed.items()})
    return {key: members[key] for key in sorted(members) if members[key] is not None}


def assertion(**changed):
    members = {1: RP["id"], 2: HASH}
    members.update({int(key.strip("_")): value for key, value in changed.items()})
    return {key: members[key] for key in sorted(members) if members[key] is not None}


def commands():
    for command in [0x00, 0x03, 0x05, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x40, 0x7F, 0xBF, 0xFF]:
        check(f"command {command:02X}", 0x01, command)
    check("getInfo", 0x00, 0x04)
    check("getNextAssertion without getAssertion", 0x30, 0x08)


def encodings():
    whole = cbor.encode(creation())
    check("a byte too many", 0x12, 0x01, whole + b"\0")
    check("a byte too few", 0x12, 0x01, whole[:-1])
    check("no map", 0x11, 0x01, cbor.encode([1]))
    check("keys out of order", 0x12, 0x02, b"\xa2" + b"\x02" + cbor.encode(HASH) + b"\x01\x61a")
    check("a key twice", 0x12, 0x02, b"\xa2\x01\x61a\x01\x61a")
    check("a length of its own end", 0x12, 0x02, b"\xbf\x01\x61a\xff")
    check("a number too long", 0x12, 0x06, b"\xa1\x18\x02\x01")
    check("a message above maxMsgSize", 0x39, 0x01, bytes(1300))


def making():
    for member in [1, 2, 3, 4]:
        check(f"without {member}", 0x14, 0x01, creation(**{f"_{member}": None}))
        check(f"text for {member}", 0x11, 0x01, creation(**{f"_{member}": "text"}))
    check("a short hash", 0x02, 0x01, creation(_1=HASH[:31]))
    check("no rp.id", 0x14, 0x01, creation(_2={"name": "Test"}))
    check("no user.id", 0x14, 0x01, creation(_3={"name": "Test"}))
    check("a number for user.name", 0x11, 0x01, creation(_3={"id": b"u", "name": 1}))
    check("a user.id of 65 bytes", 0x02, 0x01, creation(_3={"id": bytes(65)}))
    check("no algorithm", 0x26, 0x01, creation(_4=[]))
    check("another algorithm", 0x26, 0x01, creation(_4=[{"alg": -8, "type": "public-key"}]))
    check("another type", 0x26, 0x01, creation(_4=[{"alg": -7, "type": "password"}]))
    check("an algorithm without type", 0x14, 0x01, creation(_4=[{"alg": -7}]))
    check("up = false", 0x2C, 0x01, creation(_7={"up": False}))
    check("uv = true", 0x2C, 0x01, creation(_7={"uv": True}))
    check("rk = 1", 0x11, 0x01, creation(_7={"rk": 1}))
    check("enterprise attestation", 0x02, 0x01, creation(_10=1))
    check("a proof without protocol", 0x14, 0x01, creation(_8=bytes(32)))
    check("a proof of protocol 3", 0x02, 0x01, creation(_8=bytes(32), _9=3))
    check("a false proof", 0x33, 0x01, creation(_8=bytes(32), _9=2))
    check("an empty proof", 0x31 if WITH_PIN else 0x35, 0x01, creation(_8=b"", _9=1))
    long = [{"id": bytes(16), "type": "public-key"}] * 20
    check("a list above maxCredentialCountInList", 0x15, 0x01, creation(_5=long))
    if WITH_PIN:
        check("no proof", 0x36, 0x01, creation())
        return
    several = [{"alg": -8, "type": "public-key"}, {"alg": -7, "type": "later"}, ES256]
    check("algorithms by preference", 0x00, 0x01, creation(_4=several))
    check("an unknown option", 0x00, 0x01, creation(_7={"later": True}))
    check("an unknown extension", 0x00, 0x01, creation(_6={"later": True}))


def asserting():
    check("nothing there", 0x2E, 0x02, assertion())
    for member in [1, 2]:
        check(f"without {member}", 0x14, 0x02, assertion(**{f"_{member}": None}))
        check(f"a number for {member}", 0x11, 0x02, assertion(**{f"_{member}": 1}))
    check("the option rk", 0x2B, 0x02, assertion(_5={"rk": False}))
    check("uv = true", 0x2C, 0x02, assertion(_5={"uv": True}))
    check("a descriptor without id", 0x14, 0x02, assertion(_3=[{"type": "public-key"}]))
    check("a list of numbers", 0x11, 0x02, assertion(_3=[1]))
    check("a false proof", 0x33, 0x02, assertion(_6=bytes(32), _7=2))
    check("an empty proof", 0x31 if WITH_PIN else 0x35, 0x02, assertion(_6=b"", _7=1))
    if WITH_PIN:
        return
    made = check("a credential", 0x00, 0x01, creation())
    length = int.from_bytes(made[2][53:55], "big")
    own = {"id": made[2][55 : 55 + length], "type": "public-key"}
    check("its exclusion", 0x19, 0x01, creation(_5=[own]))
    check("its exclusion elsewhere", 0x00, 0x01, creation(_2={"id": "other.example"}, _5=[own]))
    check("its use elsewhere", 0x2E, 0x02, assertion(_1="other.example", _3=[own]))
    later = {"id": bytes(16), "type": "later"}
    got = check("its use", 0x00, 0x02, assertion(_3=[later, own]))
    assert got[1]["id"] == own["id"] and 5 not in got, got
    got = check("its use without a touch", 0x00, 0x02, assertion(_3=[own], _5={"up": False}))
    assert got[2][32] & 0x01 == 0, "the UP flag without a touch"
    check("no further one", 0x30, 0x08)
    for name in [b"a", b"b", b"c"]:
        check("an account", 0x00, 0x01, creation(_3={"id": name}, _7={"rk": True}))
    got = check("three accounts", 0x00, 0x02, assertion())
    assert (got[4], got[5]) == ({"id": b"c"}, 3), got
    assert check("the second", 0x00, 0x08)[4] == {"id": b"b"}
    check("getInfo in between", 0x00, 0x04)
    check("the third is forgotten", 0x30, 0x08)


def pins():
    for subcommand in [0, 6, 7, 8, 10, 255]:
        check(f"subcommand {subcommand}", 0x3E, 0x06, {1: 1, 2: subcommand})
    check("no subcommand", 0x14, 0x06, {1: 1})
    check("text for the subcommand", 0x11, 0x06, {1: 1, 2: "a"})
    check("no protocol", 0x14, 0x06, {2: 2})
    check("protocol 0", 0x02, 0x06, {1: 0, 2: 2})
    check("protocol 3", 0x02, 0x06, {1: 3, 2: 2})
    assert check("retries", 0x00, 0x06, {1: 1, 2: 1}) == {3: 8, 4: False}
    key = check("the key", 0x00, 0x06, {1: 2, 2: 2})[1]
    assert (key[1], key[3], key[-1]) == (2, -25, 1), key
    for subcommand in [3, 4, 5, 9]:
        check(f"nothing for {subcommand}", 0x14, 0x06, {1: 2, 2: subcommand})
    check("no permission", 0x02, 0x06, {1: 2, 2: 9, 3: key, 6: bytes(32), 9: 0, 10: RP["id"]})
    check("no party", 0x14, 0x06, {1: 2, 2: 9, 3: key, 6: bytes(32), 9: 1})
    check("another permission", 0x40, 0x06, {1: 2, 2: 9, 3: key, 6: bytes(32), 9: 4})
    check("permissions of old", 0x02, 0x06, {1: 2, 2: 5, 3: key, 6: bytes(32), 9: 1})
    wanted = 0x31 if WITH_PIN else 0x35
    check("a wrong PIN", wanted, 0x06, {1: 2, 2: 5, 3: key, 6: bytes(32)})


def reset():
    check("a reset in time", 0x00, 0x07)
    check("and nothing is left", 0x2E, 0x02, assertion())
    assert check("retries", 0x00, 0x06, {1: 1, 2: 1}) == {3: 8, 4: False}
    check("nor a PIN", 0x35, 0x01, creation(_8=b"", _9=1))


commands()
encodings()
making()
asserting()
pins()
reset()
print("judged")
