"""pyscard selects the FIDO application with every Le, as suites for readers do."""

from smartcard.System import readers

SELECT = [0x00, 0xA4, 0x04, 0x00, 0x08, 0xA0, 0x00, 0x00, 0x06, 0x47, 0x2F, 0x00, 0x01]
VERSION = list(b"U2F_V2")


def main():
    reader = next(reader for reader in readers() if "NFC" in str(reader))
    connection = reader.createConnection()
    connection.connect()

    def sent(*apdu):
        data, first, second = connection.transmit(list(apdu))
        return data, first << 8 | second

    for expected in ([], [0x00], [0x06]):
        assert sent(*SELECT, *expected) == (VERSION, 0x9000), expected
    assert sent(*SELECT, 0x01) == (VERSION[:1], 0x6105)
    assert sent(0x00, 0xC0, 0x00, 0x00, 0x05) == (VERSION[1:], 0x9000)
    assert sent(*SELECT[:3], 0x0C, *SELECT[4:]) == ([], 0x9000)
    assert sent(*SELECT[:3], 0x02, *SELECT[4:]) == ([], 0x6A82)
    print("judged")


main()
