"""python-fido2 as a judge of the simulated key: registers and authenticates over USB HID or PC/SC.

Usage: python_fido2.py hid|pcsc ctap2|u2f|pin
The client verifies what it can, the library's server verifies signatures and attestation; any
failure is an exception and so a non-zero exit.
"""

import sys

from fido2.client import (
    ClientError,
    DefaultClientDataCollector,
    Fido2Client,
    UserInteraction,
)
from fido2.attestation import FidoU2FAttestation, PackedAttestation
from fido2.ctap import CtapError
from fido2.ctap2 import ClientPin, Ctap2
from fido2.server import Fido2Server

PIN = "4711-nurse"
ORIGIN = "https://zorg.example"
RP = {"id": "zorg.example", "name": "Zorg"}


def device(transport):
    if transport == "hid":
        from fido2.hid import CtapHidDevice

        found = list(CtapHidDevice.list_devices())
    else:
        from fido2.pcsc import CtapPcscDevice

        found = list(CtapPcscDevice.list_devices())
    assert len(found) == 1, f"one device, not {len(found)}"
    return found[0]


class Person(UserInteraction):
    def request_pin(self, permissions, rp_id):
        return PIN


def client(dev):
    return Fido2Client(dev, DefaultClientDataCollector(ORIGIN), user_interaction=Person())


def verified(seen):
    """An attestation check that demands the format's own verification."""

    def check(attestation_object, client_data_hash):
        formats = {"packed": PackedAttestation, "fido-u2f": FidoU2FAttestation}
        seen.append(attestation_object.fmt)
        formats[attestation_object.fmt]().verify(
            attestation_object.att_stmt, attestation_object.auth_data, client_data_hash
        )

    return check


def ceremony(dev, user, resident, verification):
    seen = []
    server = Fido2Server(RP, attestation="direct", verify_attestation=verified(seen))
    options, state = server.register_begin(
        user,
        user_verification=verification,
        resident_key_requirement="required" if resident else "discouraged",
    )
    created = client(dev).make_credential(options["publicKey"])
    data = server.register_complete(state, created)
    assert seen, "an attestation was given"
    credential = data.credential_data
    allow = None if resident else [credential]
    options, state = server.authenticate_begin(allow, user_verification=verification)
    answers = client(dev).get_assertion(options["publicKey"])
    known = [credential] + CREDENTIALS.get(bool(resident), [])
    counters = []
    for index in range(len(answers.get_assertions())):
        answer = answers.get_response(index)
        server.authenticate_complete(state, known, answer)
        counters.append(answer.response.authenticator_data.counter)
    CREDENTIALS.setdefault(bool(resident), []).append(credential)
    return seen[0], len(counters)


CREDENTIALS = {}


def ctap2(dev, pin):
    info = Ctap2(dev).get_info()
    verification = "discouraged"
    if pin:
        assert info.options["clientPin"] is False, "the key begins without a PIN"
        for protocol in ClientPin.PROTOCOLS:
            assert protocol.VERSION in info.pin_uv_protocols, protocol.VERSION
        pins = ClientPin(Ctap2(dev))
        pins.set_pin(PIN)
        assert Ctap2(dev).get_info().options["clientPin"] is True
        wrong_pin(dev)
        for protocol in ClientPin.PROTOCOLS:
            token = ClientPin(Ctap2(dev), protocol()).get_pin_token(
                PIN, ClientPin.PERMISSION.GET_ASSERTION, RP["id"]
            )
            assert len(token) == 32
        pins.change_pin(PIN, "other-pin")
        pins.change_pin("other-pin", PIN)
        verification = "required"
    first = {"id": b"first", "name": "eerste", "displayName": "Test Arts"}
    second = {"id": b"second", "name": "tweede", "displayName": "Test Verpleegkundige"}
    assert ceremony(dev, first, False, verification) == ("packed", 1)
    # A discoverable credential without verification is the key's choice; with a PIN it must work.
    if pin:
        assert ceremony(dev, first, True, verification) == ("packed", 1)
        # Two accounts: the second comes by getNextAssertion.
        assert ceremony(dev, second, True, verification) == ("packed", 2)
    excluded(dev)


def wrong_pin(dev):
    pins = ClientPin(Ctap2(dev))
    before, _ = pins.get_pin_retries()
    try:
        pins.get_pin_token("wrong-pin")
        raise AssertionError("a wrong PIN gave a token")
    except CtapError as error:
        assert error.code == CtapError.ERR.PIN_INVALID, error
    after, _ = pins.get_pin_retries()
    assert (before, after) == (8, 7), (before, after)
    pins.get_pin_token(PIN)
    assert pins.get_pin_retries()[0] == 8


def excluded(dev):
    server = Fido2Server(RP)
    options, _ = server.register_begin(
        {"id": b"third", "name": "derde", "displayName": "derde"}, CREDENTIALS[False],
        user_verification="discouraged",
    )
    try:
        client(dev).make_credential(options["publicKey"])
        raise AssertionError("an excluded key registered again")
    except ClientError as error:
        assert error.code == ClientError.ERR.DEVICE_INELIGIBLE, error


def u2f(dev):
    user = {"id": b"first", "name": "eerste", "displayName": "Test Arts"}
    assert ceremony(dev, user, False, "discouraged") == ("fido-u2f", 1)
    excluded(dev)


def main():
    transport, mode = sys.argv[1:]
    dev = device(transport)
    if mode == "u2f":
        u2f(dev)
    else:
        ctap2(dev, mode == "pin")
    print("judged", transport, mode)


if __name__ == "__main__":
    main()
