"""python-fido2 as a judge of a key that `firmware-sim serve` serves, over connections of its own.

Usage: python_fido2_lines.py pin LINE | together LINE LINE
A LINE is unix:PATH, tcp:HOST:PORT or udp:HOST:PORT, each with raw reports of 64 bytes.
"""

import socket
import sys
import threading

from fido2.ctap import CtapError
from fido2.ctap2 import Ctap2
from fido2.hid import CtapHidDevice
from fido2.hid.base import CtapHidConnection, HidDescriptor

import python_fido2

REPORT = 64


class Connection(CtapHidConnection):
    def __init__(self, line):
        kind, _, address = line.partition(":")
        if kind == "unix":
            self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self.socket.connect(address)
        else:
            host, _, port = address.rpartition(":")
            types = {"tcp": socket.SOCK_STREAM, "udp": socket.SOCK_DGRAM}
            self.socket = socket.socket(socket.AF_INET, types[kind])
            self.socket.connect((host, int(port)))
        self.socket.settimeout(10)

    def write_packet(self, data):
        assert len(data) == REPORT, len(data)
        self.socket.sendall(data)

    def read_packet(self):
        report = b""
        while len(report) < REPORT:
            part = self.socket.recv(REPORT - len(report))
            assert part, "the key hung up"
            report += part
        return report

    def close(self):
        self.socket.close()


def device(line):
    descriptor = HidDescriptor(line, 0x1209, 0x5AFE, REPORT, REPORT, "key", None)
    return CtapHidDevice(descriptor, Connection(line))


class Patient:
    """A device whose host asks again while another one's message is under way."""

    def __init__(self, line):
        self.device = device(line)
        self.capabilities = self.device.capabilities

    def call(self, *arguments, **named):
        while True:
            try:
                return self.device.call(*arguments, **named)
            except CtapError as error:
                if error.code != CtapError.ERR.CHANNEL_BUSY:
                    raise

    def close(self):
        self.device.close()


def together(lines):
    failures = []
    begin = threading.Barrier(len(lines))

    def work(number, line):
        try:
            dev = Patient(line)
            begin.wait()
            for round in range(10):
                person = f"{number}-{round}"
                user = {"id": person.encode(), "name": person, "displayName": "Test Arts"}
                wanted = ("packed", 1)
                assert python_fido2.ceremony(dev, user, False, "discouraged") == wanted
                message = bytes([number]) * 1000
                assert dev.call(0x01, message) == message
            assert Ctap2(dev).get_info().aaguid
        except BaseException as error:
            failures.append((line, repr(error)))

    threads = [threading.Thread(target=work, args=each) for each in enumerate(lines)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, failures


def main():
    mode, *lines = sys.argv[1:]
    if mode == "pin":
        python_fido2.ctap2(device(lines[0]), True)
    else:
        together(lines)
    print("judged", mode)


main()
