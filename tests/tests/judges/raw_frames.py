"""A host of raw frames, as the HID suites for U2F and FIDO2 keys are: over /dev/hidraw0."""

import os
import select

from fido2 import cbor

PING, LOCK, INIT, CBOR, KEEPALIVE, ERROR = 0x81, 0x84, 0x86, 0x90, 0xBB, 0xBF
INVALID_CMD, MSG_TIMEOUT, CHANNEL_BUSY, INVALID_CHANNEL = 0x01, 0x05, 0x06, 0x0B
RESERVED, BROADCAST, FOREIGN = b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x11\x22\x33\x44"
NONCE = bytes(range(8))
NODE = os.open("/dev/hidraw0", os.O_RDWR)


def write(channel, rest):
    os.write(NODE, b"\0" + (channel + rest).ljust(64, b"\0"))


def begin(channel, command, payload, length=None):
    """The first report of a message."""
    length = len(payload) if length is None else length
    write(channel, bytes([command]) + length.to_bytes(2, "big") + payload[:57])


def report():
    data = b""
    while len(data) < 64:
        ready, _, _ = select.select([NODE], [], [], 5)
        assert ready, "the key is silent"
        data += os.read(NODE, 64 - len(data))
    return data


def message():
    """Channel, command and payload of the next message."""
    first = report()
    channel, command, length = first[:4], first[4], int.from_bytes(first[5:7], "big")
    payload, sequence = first[7:], 0
    while len(payload) < length:
        further = report()
        assert further[:5] == channel + bytes([sequence]), further
        payload, sequence = payload + further[5:], sequence + 1
    return channel, command, payload[:length]


def refused(channel, code):
    assert message() == (channel, ERROR, bytes([code]))


def init(channel):
    """Sends INIT and gives the channel that the key names."""
    begin(channel, INIT, NONCE)
    answered, command, payload = message()
    assert (answered, command, payload[:8], len(payload)) == (channel, INIT, NONCE, 17)
    return payload[8:12]


def ping(channel):
    begin(channel, PING, b"ping")
    assert message() == (channel, PING, b"ping")


def busy(channel):
    begin(channel, PING, b"\xa5" * 57, 100)
    begin(FOREIGN, PING, b"x")
    refused(FOREIGN, CHANNEL_BUSY)
    for never in (RESERVED, BROADCAST):
        begin(never, PING, b"x")
        refused(never, INVALID_CHANNEL)
    write(channel, b"\0" + b"\xa5" * 43)
    assert message() == (channel, PING, b"\xa5" * 100)
    begin(FOREIGN, PING, b"x")
    refused(FOREIGN, INVALID_CHANNEL)


def init_in_between(channel):
    begin(channel, PING, b"\xa5" * 57, 100)
    other = init(BROADCAST)
    assert init(FOREIGN) == FOREIGN
    assert init(other) == other
    write(channel, b"\0" + b"\xa5" * 43)
    assert message() == (channel, PING, b"\xa5" * 100)
    for opened in (other, FOREIGN):
        ping(opened)
    begin(channel, PING, b"\xa5" * 57, 100)
    assert init(other) == other
    refused(channel, MSG_TIMEOUT)
    begin(channel, PING, b"\xa5" * 57, 100)
    assert init(channel) == channel
    ping(channel)


def touches(channel):
    begin(channel, LOCK, b"\1")
    assert message() == (channel, LOCK, b"")
    begin(FOREIGN, PING, b"x")
    refused(FOREIGN, CHANNEL_BUSY)
    begin(channel, LOCK, b"\0")
    assert message() == (channel, LOCK, b"")
    begin(channel, CBOR, b"\4")
    assert message()[1] == CBOR, "getInfo takes no touch"
    parameters = {
        1: bytes(32),
        2: {"id": "a.nl"},
        3: {"id": b"a"},
        4: [{"alg": -7, "type": "public-key"}],
        8: b"",
    }
    request = b"\1" + cbor.encode(parameters)
    begin(channel, CBOR, request)
    write(channel, b"\0" + request[57:])
    assert message() == (channel, KEEPALIVE, b"\2")
    assert message() == (channel, CBOR, b"\x35"), "there is no PIN"
    begin(channel, CBOR, b"\7")
    assert message() == (channel, KEEPALIVE, b"\2")
    assert message() == (channel, CBOR, b"\0"), "the reset was taken"


def main():
    channel = init(BROADCAST)
    busy(channel)
    init_in_between(channel)
    touches(channel)
    print("judged")


main()
