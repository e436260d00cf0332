"""pyscard sends the UZI card what no driver of OpenSC sends: each command has its status."""

from smartcard.scard import SCARD_RESET_CARD, SCARD_UNPOWER_CARD
from smartcard.System import readers

SELECT = "00A404000C A000000063504B43532D3135 00"
PIN = "0020000106 313233343536"
SIGN = "002241B60A 8001028102 4B018401 00"

# The status of the last command, and the commands.
TABLE = [
    ("9000", SELECT),
    ("9000", SELECT.replace("0400", "040C")),
    ("6A86", SELECT.replace("0400", "0402")),
    ("6A82", "00A4040005 A000000064 00"),
    ("6A86", "00A4030002 5015 00"),
    ("6700", "00A4000003 3F0050 00"),
    ("6A82", "00A4080003 501550 00"),
    ("6986", "00B0000000"),
    ("9000", "00A4080002 2F00 00"),
    ("9000", "00B0000000"),
    ("9000", "00B00000000000"),
    ("6282", "00B00000FF"),
    ("6282", "00B000000000FF"),
    ("9000", "00B0001A00"),
    ("6B00", "00B0001B00"),
    ("6B00", "00B07FFF00"),
    ("6A86", "00B0800000"),
    ("6700", "00B00000"),
    ("6700", "00B0000001 00 00"),
    ("6700", "00B000000000"),
    ("9000", "00CA01A014"),
    ("6A88", "00CA000014"),
    ("6700", "00CA01A0"),
    ("6700", "00840000"),
    ("6A86", "0084000108"),
    ("6981", "00A4080004 50154B01 00|00B0000000"),
    ("63C3", "00200001"),
    ("6A88", "00200002"),
    ("6A88", "00200081"),
    ("6A86", "00200101"),
    ("6700", "0020000109 313233343536373839"),
    ("63C3", "00200001"),
    ("6985", "002A9E9A01 00 00"),
    ("6A86", "002A9E9B01 00 00"),
    ("6A86", "002241B40A 8001028102 4B018401 00"),
    ("6A80", "002241B605 8001028102"),
    ("6A88", "002241B60A 8001028102 4B098401 00"),
    ("6982", f"{SIGN}|002A9E9A01 00 00"),
    ("6884", "10B0000000"),
    ("6884", "1020000103 313233"),
    ("6883", "102A9E9A01 00|00200001"),
    ("6985", "00C0000000"),
    ("6A86", "00C0000100"),
    ("6D00", "00D6000001 00"),
    ("6D00", "00E2000001 00"),
    ("6E00", "80CA01A014"),
    ("6E00", "0CB0000000"),
    ("6E00", "01B0000000"),
    ("63C2", "0020000105 3132333435"),
    ("63C2", "00200001"),
    ("9000", PIN),
    ("9000", "00200001"),
    ("9000", f"{SELECT}|00200001"),
    ("9000", "00A4000002 3F00 00|00200001"),
    ("9000", "0020000108 313233343536FFFF"),
    ("6700", "002E000001 00"),
    ("6A86", "002E0001"),
    ("9000", "00200001"),
    ("63C3", "002E0000|00200001"),
    ("6A80", f"{PIN}|0024000106 313233343536"),
    ("6700", "00240001"),
]


def main():
    reader = next(reader for reader in readers() if "card" in str(reader))
    connection = reader.createConnection()

    def check(wanted, apdus):
        for apdu in apdus.split("|"):
            _, first, second = connection.transmit(list(bytes.fromhex(apdu)))
        assert f"{first:02X}{second:02X}" == wanted, f"{apdus}: {first:02X}{second:02X}, not {wanted}"

    connection.connect()
    for wanted, apdus in TABLE:
        check(wanted, apdus)
    for disposition in [SCARD_RESET_CARD, SCARD_UNPOWER_CARD]:
        check("9000", PIN)
        connection.disconnect()
        connection.connect(disposition=disposition)
        connection.disconnect()
        connection.connect()
        check("63C3", "00200001")
        check("6986", "00B0000000")
    check("63C2", PIN.replace("36", "30"))
    check("63C1", PIN.replace("36", "30"))
    check("63C0", PIN.replace("36", "30"))
    check("6983", PIN)
    check("6983", "00200001")
    print("judged")


main()
