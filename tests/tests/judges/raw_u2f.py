"""U2F commands that no library sends, over HID or in a reader: each has its status."""

import sys

from fido2.hid import CTAPHID, CtapHidDevice
from smartcard.System import readers

CHALLENGE, APPLICATION = bytes([1] * 32), bytes([2] * 32)
SELECT = bytes.fromhex("00A4040008A0000006472F000100")


def over_hid():
    device = next(CtapHidDevice.list_devices())
    return lambda apdu: device.call(CTAPHID.MSG, apdu)


def in_a_reader():
    reader = next(reader for reader in readers() if "NFC" in str(reader))
    connection = reader.createConnection()
    connection.connect()

    def sent(apdu):
        data, first, second = connection.transmit(list(apdu))
        return bytes(data) + bytes([first, second])

    assert sent(SELECT) == b"U2F_V2\x90\x00"
    return sent


def extended(header, data):
    return bytes.fromhex(header) + b"\0" + len(data).to_bytes(2, "big") + data + b"\0\0"


def signing(control, key_handle, length=None):
    length = len(key_handle) if length is None else length
    data = CHALLENGE + APPLICATION + bytes([length]) + key_handle
    return extended(f"0002{control:02X}00", data)


def lengths(reader):
    """What ISO 7816-4 has, and what it has not; class and instruction come before the length."""
    yield from [
        ("case 1", 0x9000, "00030000"),
        ("case 2, short", 0x9000, "0003000000"),
        ("case 2, extended", 0x9000, "00030000000000"),
        ("the specification's version query", 0x9000, "000300000000000000"),
        ("a short Lc of zero", 0x6700, "000300000000"),
        ("a short Lc of zero and one byte", 0x6700, "000300000001"),
        ("an extended Lc of zero and one byte", 0x6700, "0003000000000000"),
        ("data that nobody asked for", 0x6700, "000300000100"),
        ("less data than Lc", 0x6700, "00030000050102"),
        ("more data than Lc", 0x6700, "0003000001010203"),
        ("less data than an extended Lc", 0x6700, "0003000000000501"),
        ("no P2", 0x6700, "000300"),
    ]
    if not reader:
        yield ("a byte", 0x6700, "00")  # in a reader the driver takes it for a command of its own
        # Google's U2FTest asks so over HID.
        yield ("an unknown instruction in six bytes", 0x6D00, "000000000000")
        yield ("an unknown class in six bytes", 0x6E00, "010300000000")


def main():
    reader = sys.argv[1:] == ["reader"]
    sent = in_a_reader() if reader else over_hid()

    def check(name, wanted, apdu):
        answer = sent(apdu)
        status = int.from_bytes(answer[-2:], "big")
        assert status == wanted, f"{name}: {status:04X}, not {wanted:04X}"
        assert status == 0x9000 or len(answer) == 2, f"{name}: data beside an error"
        return answer[:-2]

    for name, wanted, apdu in lengths(reader):
        check(name, wanted, bytes.fromhex(apdu))
    for instruction in [0x00, 0x04, 0x10, 0x7F, 0xFF]:
        check(f"instruction {instruction:02X}", 0x6D00, bytes([0, instruction, 0, 0]))
    for name in ["01", "04", "0C", "40", "FF"]:
        check(f"class {name}", 0x6E00, bytes.fromhex(f"{name}030000"))

    made = None
    for control in ["00", "03", "80", "83"]:
        made = check(f"P1 {control}", 0x9000, extended(f"0001{control}00", CHALLENGE + APPLICATION))
    for length in [0, 1, 63, 65]:
        check(f"{length} bytes to register", 0x6700, extended("00010300", bytes(max(length, 1))))
    handle = made[67 : 67 + made[66]]
    for control, wanted in [(0x07, 0x6985), (0x03, 0x9000), (0x08, 0x9000)]:
        check(f"P1 {control:02X}", wanted, signing(control, handle))
        check(f"P1 {control:02X}, a cut handle", 0x6A80, signing(control, handle[:-8]))
        check(f"P1 {control:02X}, another handle", 0x6A80, signing(control, bytes(64)))
        check(f"P1 {control:02X}, an empty handle", 0x6A80, signing(control, b""))
        for length in [0, len(handle) - 1, len(handle) + 1, 255]:
            check("a wrong length of the handle", 0x6700, signing(control, handle, length))
    for control in [0x00, 0x01, 0x02, 0x04, 0x0F, 0x83, 0xFF]:
        check(f"P1 {control:02X}", 0x6A86, signing(control, handle))
    check("no handle at all", 0x6700, extended("00020300", CHALLENGE + APPLICATION))
    print("judged")


main()
