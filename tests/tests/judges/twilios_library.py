"""Twilio's own library plays Twilio: it signs what it reports, and reads what the voice says.

twilios_library.py TOKEN ANSWER: ANSWER is the address at which the library asks what the voice says when
somebody answers. What it says is written again by the library, and must be the same.
"""

import sys
import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree as ET

from twilio.request_validator import RequestValidator
from twilio.twiml.voice_response import Gather, VoiceResponse

TOKEN, ANSWER = sys.argv[1:]
validator = RequestValidator(TOKEN)


def ask(address, fields, signature=None):
    body = urllib.parse.urlencode(fields, doseq=True).encode()
    signature = signature or validator.compute_signature(address, fields)
    headers = {"X-Twilio-Signature": signature}
    request = urllib.request.Request(address, body, headers)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.code, None, None


def snake(name):
    return "".join("_" + c.lower() if c.isupper() else c for c in name)


def again(twiml):
    """The same document, made by the library from what it says."""
    response = VoiceResponse()
    for verb in ET.fromstring(twiml):
        if verb.tag == "Gather":
            attributes = {snake(name): value for name, value in verb.attrib.items()}
            gather = Gather(**attributes)
            for said in verb:
                assert said.tag == "Say", said.tag
                gather.say(said.text, **said.attrib)
            response.append(gather)
        elif verb.tag == "Say":
            response.say(verb.text, **verb.attrib)
        else:
            assert verb.tag == "Hangup", verb.tag
            response.hangup()
    return str(response)


def judged(twiml):
    assert ET.canonicalize(twiml) == ET.canonicalize(again(twiml)), twiml
    return ET.fromstring(twiml)


# With names that sort otherwise than they stand, with nothing in one, and beyond ASCII.
fields = {"CallStatus": "in-progress", "To": "+31612345678", "ApiVersion": "", "Caller": "Caf\u00e9 & co"}
status, kind, twiml = ask(ANSWER, fields)
assert (status, kind) == (200, "text/xml; charset=utf-8"), (status, kind)
gather = judged(twiml).find("Gather")
assert gather.attrib["finishOnKey"] == "" and gather.attrib["numDigits"] == "6", gather.attrib
keys = gather.attrib["action"]
assert keys.startswith(ANSWER.removesuffix("answer")), keys

assert ask(keys, {"Digits": "123456"}, validator.compute_signature(ANSWER, {"Digits": "123456"}))[0] == 404
assert ask(keys, {"Digits": "123456"}, RequestValidator("x").compute_signature(keys, {"Digits": "123456"}))[0] == 404
status, kind, twiml = ask(keys, {"Digits": "123456"})
assert status == 200, status
assert judged(twiml).find("Gather") is None
print("judged")
