"""python-fido2 as a judge of what is managed on a simulated key of CTAP 2.1 and later.

Usage: python_fido2_manages.py hid|pcsc accounts|blobs|config|extensions|fingers|patience
Any failure is an exception and so a non-zero exit.
"""

import os
import sys
import threading

from fido2.client import DefaultClientDataCollector, Fido2Client, UserInteraction
from fido2.cose import ES256
from fido2.ctap import CtapError
from fido2.ctap2 import (
    ClientPin,
    Config,
    CredentialManagement,
    Ctap2,
    FPBioEnrollment,
    LargeBlobs,
)
from fido2.ctap2.extensions import (
    CredBlobExtension,
    CredProtectExtension,
    HmacSecretExtension,
    LargeBlobExtension,
    MinPinLengthExtension,
)
from fido2.webauthn import PublicKeyCredentialUserEntity

PIN = "4711-nurse"
RP_ID = "zorg.example"
ES = [{"type": "public-key", "alg": ES256.ALGORITHM}]
HASH = bytes(32)


def device(transport):
    if transport == "hid":
        from fido2.hid import CtapHidDevice as Device
    else:
        from fido2.pcsc import CtapPcscDevice as Device
    (found,) = Device.list_devices()
    return found


def refused(code, action):
    try:
        action()
    except CtapError as error:
        assert error.code == code, f"{error.code}, not {code}"
    else:
        raise AssertionError(f"not refused with {code}")


class Key:
    """The key with a PIN."""

    def __init__(self, transport):
        self.device = device(transport)
        self.ctap = Ctap2(self.device)
        self.pin = ClientPin(self.ctap)
        self.pin.set_pin(PIN)
        self.ctap.get_info()

    def token(self, permissions, rp_id=None):
        return self.pin.get_pin_token(PIN, permissions, rp_id)

    def make(self, user, rp_id=RP_ID, **more):
        token = self.token(ClientPin.PERMISSION.MAKE_CREDENTIAL, rp_id)
        proof = self.pin.protocol.authenticate(token, HASH)
        return self.ctap.make_credential(
            HASH,
            {"id": rp_id, "name": "Zorg"},
            {"id": user, "name": user.decode(), "displayName": "Test Arts"},
            ES,
            options={"rk": True},
            pin_uv_param=proof,
            pin_uv_protocol=self.pin.protocol.VERSION,
            **more,
        )


def accounts(key):
    for user, rp_id in [(b"a", RP_ID), (b"b", RP_ID), (b"c", "other.example")]:
        key.make(user, rp_id)
    token = key.token(ClientPin.PERMISSION.CREDENTIAL_MGMT)
    manager = CredentialManagement(key.ctap, key.pin.protocol, token)
    result = CredentialManagement.RESULT
    counted = manager.get_metadata()
    assert counted[result.EXISTING_CRED_COUNT] == 3, counted
    parties = {party[result.RP]["id"]: party for party in manager.enumerate_rps()}
    assert set(parties) == {RP_ID, "other.example"}
    shown = manager.enumerate_creds(parties[RP_ID][result.RP_ID_HASH])
    assert {bytes(one[result.USER]["id"]) for one in shown} == {b"a", b"b"}
    first = shown[0]
    renamed = PublicKeyCredentialUserEntity(
        id=first[result.USER]["id"], name="nieuw", display_name="Test Nieuw"
    )
    manager.update_user_info(first[result.CREDENTIAL_ID], renamed)
    shown = manager.enumerate_creds(parties[RP_ID][result.RP_ID_HASH])
    assert "nieuw" in {one[result.USER]["name"] for one in shown}
    manager.delete_cred(first[result.CREDENTIAL_ID])
    assert manager.get_metadata()[result.EXISTING_CRED_COUNT] == 2
    refused(
        CtapError.ERR.NO_CREDENTIALS,
        lambda: manager.delete_cred(first[result.CREDENTIAL_ID]),
    )


def blobs(key):
    made = key.make(b"a", extensions={"largeBlobKey": True})
    token = key.token(ClientPin.PERMISSION.LARGE_BLOB_WRITE)
    store = LargeBlobs(key.ctap, key.pin.protocol, token)
    assert store.read_blob_array() == []
    blob = os.urandom(2500)
    store.put_blob(made.large_blob_key, blob)
    assert store.get_blob(made.large_blob_key) == blob
    assert LargeBlobs(key.ctap).get_blob(made.large_blob_key) == blob, "all may read"
    assert store.get_blob(bytes(32)) is None
    refused(
        CtapError.ERR.PUAT_REQUIRED,
        lambda: LargeBlobs(key.ctap).put_blob(made.large_blob_key, b"x"),
    )
    refused(
        CtapError.ERR.LARGE_BLOB_STORAGE_FULL,
        lambda: store.put_blob(made.large_blob_key, os.urandom(5000)),
    )
    assert store.get_blob(made.large_blob_key) == blob
    store.delete_blob(made.large_blob_key)
    assert store.read_blob_array() == []


def config(key):
    def changed():
        token = key.token(ClientPin.PERMISSION.AUTHENTICATOR_CFG)
        return Config(key.ctap, key.pin.protocol, token)

    assert key.ctap.get_info().options["alwaysUv"] is False
    changed().toggle_always_uv()
    assert key.ctap.get_info().options["alwaysUv"] is True
    changed().toggle_always_uv()
    assert key.ctap.get_info().options["ep"] is False
    changed().enable_enterprise_attestation()
    assert key.ctap.get_info().options["ep"] is True
    assert key.make(b"a", enterprise_attestation=2).ep_att is True
    changed().set_min_pin_length(min_pin_length=6, rp_ids=[RP_ID])
    assert key.ctap.get_info().min_pin_length == 6
    changed().set_min_pin_length(force_change_pin=True)
    assert key.ctap.get_info().force_pin_change is True
    refused(CtapError.ERR.PIN_INVALID, lambda: key.token(1, RP_ID))
    key.pin.change_pin(PIN, PIN + "2")
    assert key.ctap.get_info().force_pin_change is False


class Person(UserInteraction):
    def request_pin(self, permissions, rp_id):
        return PIN


def extensions(key):
    collector = DefaultClientDataCollector("https://" + RP_ID)
    client = Fido2Client(
        key.device,
        collector,
        user_interaction=Person(),
        extensions=[
            CredBlobExtension(),
            CredProtectExtension(),
            HmacSecretExtension(),
            LargeBlobExtension(),
            MinPinLengthExtension(),
        ],
    )
    token = key.token(ClientPin.PERMISSION.AUTHENTICATOR_CFG)
    Config(key.ctap, key.pin.protocol, token).set_min_pin_length(rp_ids=[RP_ID])
    made = client.make_credential(
        {
            "rp": {"id": RP_ID, "name": "Zorg"},
            "user": {"id": b"a", "name": "a", "displayName": "Test Arts"},
            "challenge": HASH,
            "pubKeyCredParams": ES,
            "authenticatorSelection": {
                "residentKey": "required",
                "userVerification": "required",
            },
            "extensions": {
                "credBlob": b"een kort blok",
                "minPinLength": True,
                "largeBlob": {"support": "required"},
                "prf": {},
                "credentialProtectionPolicy": "userVerificationRequired",
            },
        }
    )
    outputs = made.response.attestation_object.auth_data.extensions
    assert outputs["credBlob"] is True and outputs["credProtect"] == 3, outputs
    assert outputs["minPinLength"] == 4, outputs
    assert made.client_extension_results["prf"]["enabled"] is True
    assert made.client_extension_results["largeBlob"]["supported"] is True

    def use(inputs):
        request = {
            "rpId": RP_ID,
            "challenge": HASH,
            "allowCredentials": [{"type": "public-key", "id": made.raw_id}],
            "userVerification": "required",
            "extensions": inputs,
        }
        return client.get_assertion(request).get_response(0)

    def prf(salt):
        found = use({"prf": {"eval": {"first": salt}}}).client_extension_results
        return found["prf"]["results"]["first"]

    used = use({"getCredBlob": True})
    data = used.response.authenticator_data
    assert data.extensions["credBlob"] == b"een kort blok", data.extensions
    assert prf(b"zout") == prf(b"zout") != prf(b"suiker")
    written = use({"largeBlob": {"write": b"een lang blok"}})
    assert written.client_extension_results["largeBlob"]["written"] is True
    read = use({"largeBlob": {"read": True}})
    assert read.client_extension_results.large_blob.blob == b"een lang blok"


def fingers(key):
    token = key.token(ClientPin.PERMISSION.BIO_ENROLL)
    bio = FPBioEnrollment(key.ctap, key.pin.protocol, token)
    assert bio.get_modality() == 1
    assert bio.get_fingerprint_sensor_info()[2] == 1
    refused(CtapError.ERR.INVALID_OPTION, lambda: bio._call(4))
    enrolling = bio.enroll()
    template = None
    while template is None:
        template = enrolling.capture()
    assert bio.enumerate_enrollments() == {template: ""}
    bio.set_name(template, "duim")
    assert bio.enumerate_enrollments() == {template: "duim"}
    assert key.ctap.get_info().options["uv"] is True
    token = key.pin.get_uv_token(ClientPin.PERMISSION.MAKE_CREDENTIAL, RP_ID)
    assert len(token) == 32
    assert key.pin.get_uv_retries() == 3
    made = key.ctap.make_credential(
        HASH,
        {"id": RP_ID, "name": "Zorg"},
        {"id": b"a", "name": "a"},
        ES,
        options={"uv": True},
    )
    assert made.auth_data.is_user_verified() and made.auth_data.is_user_present()
    token = key.token(ClientPin.PERMISSION.BIO_ENROLL)
    FPBioEnrollment(key.ctap, key.pin.protocol, token).remove_enrollment(template)
    assert key.ctap.get_info().options["uv"] is False


def patience(key):
    """The world was started with a person who never touches the key."""
    said = []
    cancel = threading.Event()

    def waits(status):
        said.append(status)
        cancel.set()

    refused(
        CtapError.ERR.KEEPALIVE_CANCEL,
        lambda: key.ctap.selection(event=cancel, on_keepalive=waits),
    )
    assert said == [2], said
    assert key.ctap.get_info().versions, "the key goes on"


def main():
    transport, mode = sys.argv[1:]
    modes = (accounts, blobs, config, extensions, fingers, patience)
    {judge.__name__: judge for judge in modes}[mode](Key(transport))
    print(f"judged {transport} {mode}")


main()
