"""A host of raw USB/IP bytes, as the kernel's vhci-hcd is: imports the key and speaks to it.

Usage: usbip_host.py HOST:PORT
Every header is written and compared byte for byte (Documentation/usb/usbip_protocol.rst of Linux).
"""

import socket
import struct
import sys

HOST, PORT = sys.argv[1].rsplit(":", 1)
IN, OUT = 1, 0
EPIPE, ECONNRESET, EOVERFLOW = -32, -104, -75


class Host:
    def __init__(self):
        self.socket = socket.create_connection((HOST, int(PORT)))
        self.socket.settimeout(10)
        self.sequence = 0

    def send(self, data):
        self.socket.sendall(data)

    def take(self, count):
        data = b""
        while len(data) < count:
            part = self.socket.recv(count - len(data))
            assert part, "the server hung up"
            data += part
        return data

    def is_hung_up(self):
        try:
            return self.socket.recv(1) == b""
        except ConnectionResetError:
            return True

    def devices(self):
        self.send(bytes.fromhex("0111800500000000"))
        assert self.take(8) == bytes.fromhex("0111000500000000")
        (count,) = struct.unpack(">I", self.take(4))
        return [(self.take(312), self.take(4)) for _ in range(count)]

    def open(self, name):
        """The status of an import, and the device's record."""
        self.send(bytes.fromhex("0111800300000000") + name.encode().ljust(32, b"\0"))
        head = self.take(8)
        assert head[:4] == bytes.fromhex("01110003")
        (status,) = struct.unpack(">I", head[4:])
        return status, b"" if status else self.take(312)

    def submit(self, direction, endpoint, length, setup=bytes(8), data=b"", packets=0):
        self.sequence += 1
        head = (1, self.sequence, 1 << 16 | 2, direction, endpoint, 0, length, 0, packets, 0)
        self.send(struct.pack(">10I", *head) + setup + data)
        return self.sequence

    def ended(self, sequence, direction):
        """The status, length and data of the transfer that ends next, which is this one."""
        head = self.take(48)
        status, length = struct.unpack(">iI", head[20:28])
        assert head[:20] == struct.pack(">5I", 3, sequence, 0, 0, 0), head.hex()
        assert head[28:] == bytes(20), head.hex()
        return status, length, self.take(length) if direction == IN else b""

    def control(self, kind, request, value, index, length, data=b""):
        direction = IN if kind & 0x80 else OUT
        setup = struct.pack("<BBHHH", kind, request, value, index, length)
        sequence = self.submit(direction, 0, length, setup, data)
        status, length, answer = self.ended(sequence, direction)
        return (status, answer if direction == IN else length)

    def unlink(self, taken_back):
        self.sequence += 1
        head = (2, self.sequence, 1 << 16 | 2, 0, 0, taken_back)
        self.send(struct.pack(">6I", *head) + bytes(24))
        answer = self.take(48)
        assert answer[:20] == struct.pack(">5I", 4, self.sequence, 0, 0, 0)
        assert answer[24:] == bytes(24)
        return struct.unpack(">i", answer[20:24])[0]

    def report(self, report):
        assert self.ended(self.submit(OUT, 1, 64, data=report), OUT) == (0, 64, b"")


def enumerate_as_linux_does(host):
    status, device = host.control(0x80, 6, 0x0100, 0, 64)
    assert (status, len(device), device[0], device[1]) == (0, 18, 18, 1)
    assert struct.unpack("<HH", device[8:12]) == (0x1209, 0x5AFE)
    assert host.control(0x80, 6, 0x0600, 0, 10) == (EPIPE, b""), "full speed has no qualifier"
    assert host.control(0x80, 6, 0x0200, 0, 9)[1][2:4] == bytes([41, 0])
    status, configuration = host.control(0x80, 6, 0x0200, 0, 41)
    assert len(configuration) == 41
    assert configuration[9:18] == bytes([9, 4, 0, 0, 2, 3, 0, 0, 0])
    assert configuration[27:34] == bytes([7, 5, 0x81, 3, 64, 0, 1])
    assert configuration[34:41] == bytes([7, 5, 0x01, 3, 64, 0, 1])
    assert host.control(0x80, 6, 0x0300, 0, 255) == (0, bytes([4, 3, 9, 4]))
    assert host.control(0x80, 6, 0x0301, 0x409, 255)[1][2:].decode("utf-16-le") == "Sleutelbos"
    assert host.control(0x80, 6, 0x0303, 0x409, 255)[0] == EPIPE
    assert host.control(0x00, 9, 1, 0, 0) == (0, 0)
    assert host.control(0x21, 10, 0, 0, 0) == (0, 0), "SET_IDLE"
    status, reports = host.control(0x81, 6, 0x2200, 0, 34)
    wanted = "06d0f10901a101092015002" + "6ff00750895408102092115002" + "6ff0075089540" + "9102c0"
    assert reports.hex() == wanted, reports.hex()
    assert host.control(0x80, 0, 0, 0, 2) == (0, bytes(2))


def speaks(host):
    init = b"\xff\xff\xff\xff\x86\x00\x08" + bytes(range(8))
    # the answer is asked for before the question, as a kernel does, and after it
    asked = host.submit(IN, 1, 64)
    later = host.submit(OUT, 1, 64, data=init.ljust(64, b"\0"))
    assert host.ended(later, OUT) == (0, 64, b"")
    status, length, answer = host.ended(asked, IN)
    assert (status, length, answer[7:15]) == (0, 64, bytes(range(8)))
    channel = answer[15:19]
    ping = channel + b"\x81\x00\x04ping"
    host.report(ping.ljust(64, b"\0"))
    assert host.ended(host.submit(IN, 1, 64), IN) == (0, 64, ping.ljust(64, b"\0"))
    # by the control endpoint as well
    assert host.control(0x21, 9, 0x0200, 0, 64, ping.ljust(64, b"\0")) == (0, 64)
    assert host.ended(host.submit(IN, 1, 63), IN) == (EOVERFLOW, 0, b""), "there is no room"
    assert host.ended(host.submit(IN, 1, 64, packets=0xFFFFFFFF), IN)[2][:11] == ping


def taken_back(host):
    waiting = host.submit(IN, 1, 64)
    assert host.unlink(waiting) == ECONNRESET
    assert host.unlink(waiting) == 0, "it is taken back already"
    assert host.control(0x02, 3, 0, 0x81, 0) == (0, 0), "the endpoint is halted"
    assert host.ended(host.submit(IN, 1, 64), IN) == (EPIPE, 0, b"")
    assert host.control(0x02, 1, 0, 0x81, 0) == (0, 0)
    waiting = host.submit(IN, 1, 64)
    assert host.unlink(waiting) == ECONNRESET
    assert host.ended(host.submit(IN, 2, 64), IN) == (EPIPE, 0, b""), "there is no such endpoint"


def main():
    host = Host()
    ((record, interface),) = host.devices()
    assert record[256:288].rstrip(b"\0") == b"1-1"
    assert struct.unpack(">IIIHHH", record[288:306]) == (1, 2, 2, 0x1209, 0x5AFE, 0x0100)
    assert (record[306:], interface) == (bytes([0, 0, 0, 1, 1, 1]), bytes([3, 0, 0, 0]))
    assert host.open("9-9") == (4, b"")
    assert host.open("1-1") == (0, record)
    second = Host()
    assert second.devices() == [], "it is taken"
    assert second.open("1-1") == (2, b"")
    enumerate_as_linux_does(host)
    speaks(host)
    taken_back(host)
    # another host with nonsense is hung up on, and this one goes on
    second.send(b"GET / HTTP/1.1\r\n\r\n")
    assert second.is_hung_up()
    assert host.control(0x80, 8, 0, 0, 1) == (0, b"\1")
    host.submit(IN, 1, 64, packets=1)
    assert host.is_hung_up(), "it has no packets"
    while not (third := Host()).devices():
        pass
    assert third.open("1-1")[0] == 0, "it is free again"
    print("judged")


main()
