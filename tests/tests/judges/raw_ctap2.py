"""Sends CTAP2 requests that no library makes, and compares each status with the specification's."""

import hashlib
import sys

from fido2 import cbor
from fido2.ctap2.pin import PinProtocolV1, PinProtocolV2
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


def checks(command, table):
    """Each row is a name, the status, and the parameters."""
    for name, wanted, parameters in table:
        check(name, wanted, command, parameters)


def commands():
    for command in [0x00, 0x03, 0x05, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x40, 0x7F, 0xBF, 0xFF]:
        check(f"command {command:02X}", 0x01, command)
    check("getInfo", 0x00, 0x04)
    check("getInfo with parameters", 0x00, 0x04, {1: 1})
    check("getInfo with bytes that are no CBOR", 0x00, 0x04, b"\xff")
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
    checks(
        0x06,
        [
            ("nothing", 0x12, b""),
            ("an indefinite length", 0x12, b"\xbf\x01\x01\x02\x01\xff"),
            ("an indefinite text", 0x12, b"\xa3\x01\x01\x02\x01\x0a\x7f\x61a\xff"),
            ("a tag", 0x12, b"\xc1\xa2\x01\x01\x02\x01"),
            ("a float", 0x12, b"\xa2\x01\xf9\x3c\x00\x02\x01"),
            ("undefined", 0x12, b"\xa2\x01\xf7\x02\x01"),
            ("a length too long", 0x12, b"\xb8\x02\x01\x01\x02\x01"),
            ("a text that is no UTF-8", 0x12, b"\xa3\x01\x01\x02\x01\x0a\x61\xff"),
            ("text keys before numbers", 0x12, b"\xa3\x61a\x01\x01\x01\x02\x01"),
            ("a key twice", 0x12, b"\xa3\x01\x01\x02\x01\x02\x01"),
            ("five levels", 0x12, b"\xa3\x01\x01\x02\x01\x18\x63\x81\x81\x81\x81\x80"),
            ("four levels", 0x00, b"\xa3\x01\x01\x02\x01\x18\x63\x81\x81\x80"),
            ("null", 0x11, b"\xf6"),
            ("a text key", 0x00, b"\xa3\x01\x01\x02\x01\x61a\x01"),
            ("a member of later", 0x00, {1: 1, 2: 1, 99: True}),
        ],
    )


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
    checks(
        0x01,
        [
            ("an algorithm without alg", 0x14, creation(_4=[{"type": "public-key"}])),
            ("alg as text", 0x11, creation(_4=[{"alg": "-7", "type": "public-key"}])),
            ("type as bytes", 0x11, creation(_4=[{"alg": -7, "type": b"public-key"}])),
            ("an algorithm as text", 0x11, creation(_4=["public-key", ES256])),
            ("unknown types only", 0x26, creation(_4=[{"type": "later"}, {"alg": 1, "type": "x"}])),
            ("an excluded one as text", 0x11, creation(_5=["id"])),
            ("an exclude list as map", 0x11, creation(_5={})),
            ("an excluded one without id", 0x14, creation(_5=[{"type": "public-key"}])),
            ("an excluded one without type", 0x14, creation(_5=[{"id": b"1234"}])),
            ("an excluded id as text", 0x11, creation(_5=[{"id": "1", "type": "public-key"}])),
            ("an excluded type as bytes", 0x11, creation(_5=[{"id": b"1", "type": b"public-key"}])),
            ("rp.id as number", 0x11, creation(_2={"id": 8})),
            ("rp.name as number", 0x11, creation(_2={"id": RP["id"], "name": 8})),
            ("rp.icon as number", 0x11, creation(_2={"id": RP["id"], "icon": 8})),
            ("an empty rp.id", 0x02, creation(_2={"id": ""})),
            ("user.id as text", 0x11, creation(_3={"id": "user"})),
            ("an empty user.id", 0x02, creation(_3={"id": b""})),
            ("user.icon as number", 0x11, creation(_3={"id": b"u", "icon": 8})),
            ("user.displayName as number", 0x11, creation(_3={"id": b"u", "displayName": 8})),
            ("extensions as number", 0x11, creation(_6=8)),
            ("options as number", 0x11, creation(_7=8)),
            ("up as number", 0x11, creation(_7={"up": 1})),
            ("hmac-secret as number", 0x11, creation(_6={"hmac-secret": 1})),
            ("credProtect as text", 0x11, creation(_6={"credProtect": "1"})),
            ("credProtect 0", 0x02, creation(_6={"credProtect": 0})),
            ("credProtect 4", 0x02, creation(_6={"credProtect": 4})),
            ("a proof as text", 0x11, creation(_8="proof", _9=1)),
            ("a protocol as text", 0x11, creation(_8=bytes(16), _9="1")),
            ("a proof of protocol 0", 0x02, creation(_8=bytes(16), _9=0)),
            ("a proof that is too short", 0x33, creation(_8=bytes(15), _9=1)),
            ("a proof that is too long", 0x33, creation(_8=bytes(33), _9=2)),
            ("a proof of one byte", 0x33, creation(_8=b"1", _9=2)),
        ],
    )
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
    checks(
        0x01,
        [
            ("an unknown option", 0x00, creation(_7={"later": True})),
            ("an unknown option of another kind", 0x00, creation(_7={"later": 1})),
            ("up = true", 0x00, creation(_7={"up": True})),
            ("uv = false", 0x00, creation(_7={"uv": False})),
            ("an unknown extension", 0x00, creation(_6={"later": True})),
            ("an unknown member", 0x00, creation(_99=True)),
            ("a protocol without a proof", 0x00, creation(_9=3)),
            ("a user.id of 64 bytes", 0x00, creation(_3={"id": bytes(64)})),
            ("icons", 0x00, creation(_2={"id": RP["id"], "icon": "i"}, _3={"id": b"u", "icon": "i"})),
            ("an unknown algorithm first", 0x00, creation(_4=[{"type": "later"}, ES256])),
            ("an odd unknown one", 0x00, creation(_4=[{"alg": "x", "type": "later"}, ES256])),
            ("an empty exclude list", 0x00, creation(_5=[])),
            ("unknown excluded ones", 0x00, creation(_5=[{"type": "later"}, {"id": 1, "type": "x"}])),
            (
                "a long unknown one",
                0x00,
                creation(_5=[{"id": b"A" * 125, "type": "B" * 125}]),
            ),
        ],
    )


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
    checks(
        0x02,
        [
            ("an empty rpId", 0x02, assertion(_1="")),
            ("a short hash", 0x02, assertion(_2=HASH[:31])),
            ("a list as map", 0x11, assertion(_3={})),
            ("an empty list", 0x2E, assertion(_3=[])),
            ("one without type", 0x14, assertion(_3=[{"id": b"1"}])),
            ("an id as number", 0x11, assertion(_3=[{"id": 42, "type": "public-key"}])),
            ("a type as bytes", 0x11, assertion(_3=[{"id": b"1", "type": b"public-key"}])),
            ("unknown types only", 0x2E, assertion(_3=[{"type": "later"}, {"id": 1, "type": "x"}])),
            ("too many", 0x15, assertion(_3=[{"type": "later"}] * 20)),
            ("extensions as number", 0x11, assertion(_4=8)),
            ("an unknown extension", 0x2E, assertion(_4={"later": True})),
            ("an unknown option", 0x2E, assertion(_5={"later": 1})),
            ("up as number", 0x11, assertion(_5={"up": 1})),
            ("a proof without protocol", 0x14, assertion(_6=bytes(32))),
            ("a proof of protocol 0", 0x02, assertion(_6=bytes(32), _7=0)),
            ("a proof of protocol 3", 0x02, assertion(_6=bytes(32), _7=3)),
            ("a proof that is too short", 0x33, assertion(_6=bytes(31), _7=2)),
        ],
    )
    secrets()
    if WITH_PIN:
        return
    made = check("a credential", 0x00, 0x01, creation())
    length = int.from_bytes(made[2][53:55], "big")
    own = {"id": made[2][55 : 55 + length], "type": "public-key"}
    check("its exclusion", 0x19, 0x01, creation(_5=[own]))
    check("its exclusion elsewhere", 0x00, 0x01, creation(_2={"id": "other.example"}, _5=[own]))
    check("its use elsewhere", 0x2E, 0x02, assertion(_1="other.example", _3=[own]))
    for later in [{"id": bytes(16), "type": "later"}, {"type": "later"}, {"id": 1, "type": "x"}]:
        check("its exclusion after another", 0x19, 0x01, creation(_5=[later, own]))
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


def secrets():
    def salted(**changed):
        platform, shared = protocol.encapsulate(key)
        salts = protocol.encrypt(shared, bytes(32))
        members = {1: platform, 2: salts, 3: protocol.authenticate(shared, salts)}
        if protocol.VERSION != 1:
            members[4] = protocol.VERSION
        members.update({int(name.strip("_")): value for name, value in changed.items()})
        return {name: members[name] for name in sorted(members) if members[name] is not None}

    for protocol in [PinProtocolV1(), PinProtocolV2()]:
        key = check("the key", 0x00, 0x06, {1: protocol.VERSION, 2: 2})[1]
        table = [
            ("right salts", 0x2E, salted()),
            ("hmac-secret true", 0x11, True),
            ("hmac-secret false", 0x11, False),
            ("hmac-secret as number", 0x11, 1),
            ("hmac-secret as list", 0x11, []),
            ("nothing", 0x14, {}),
            ("a key of zeros", 0x02, salted(_1={1: 2, 3: -25, -1: 1, -2: bytes(32), -3: bytes(32)})),
            ("a key that signs", 0x02, salted(_1=signing(salted()[1]))),
            ("salts that are not authentic", 0x33, salted(_3=bytes(32))),
            ("a tag of one byte", 0x33, salted(_3=b"1")),
            ("protocol 0", 0x02, salted(_4=0)),
            ("protocol 3", 0x02, salted(_4=3)),
            ("a protocol as text", 0x11, salted(_4="1")),
            ("a protocol below zero", 0x11, salted(_4=-1)),
        ]
        for member in [1, 2, 3]:
            table.append((f"without {member}", 0x14, salted(**{f"_{member}": None})))
            table.append((f"a number for {member}", 0x11, salted(**{f"_{member}": 1})))
        checks(0x02, [(n, w, assertion(_4={"hmac-secret": given})) for n, w, given in table])


def signing(key):
    """The same key, said to be one for ES256."""
    return {**key, 3: -7}


def keys(key):
    """Keys of the platform that are none for agreement; no try of the PIN is spent."""
    protocol = PinProtocolV2()
    platform, shared = protocol.encapsulate(key)
    rest = {4: bytes(32), 5: protocol.encrypt(shared, bytes(64)), 6: protocol.encrypt(shared, bytes(16))}
    wrong = [
        ("a key that signs", 0x02, signing(platform)),
        ("an algorithm of another curve", 0x02, {**platform, 3: -35}),
        ("another curve", 0x02, {**platform, -1: 2}),
        ("another type of key", 0x02, {**platform, 1: 3}),
        ("a point off the curve", 0x02, {**platform, -2: bytes([1] * 32)}),
        ("a short coordinate", 0x02, {**platform, -2: bytes(31)}),
        ("no algorithm", 0x14, {name: value for name, value in platform.items() if name != 3}),
        ("an algorithm as text", 0x11, {**platform, 3: "-25"}),
        ("a coordinate as text", 0x11, {**platform, -3: "y"}),
        ("bytes", 0x11, b"key"),
    ]
    for subcommand in [4, 5] if WITH_PIN else [3]:
        table = [(n, w, {1: 2, 2: subcommand, 3: given, **rest}) for n, w, given in wrong]
        checks(0x06, table)
    assert check("retries", 0x00, 0x06, {1: 1, 2: 1}) == {3: 8, 4: False}


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
    keys(key)
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
