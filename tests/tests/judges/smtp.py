"""A mail server (aiosmtpd) that takes what a server sends when a password is blocked.

smtp.py MODE PORT ORIGIN USERNAME FOLDER: MODE is plain, starttls or implicit; FOLDER has cert.pem and
key.pem. Five wrong passwords are tried at ORIGIN for USERNAME; what then arrives is judged.
"""

import email
import email.policy
import json
import queue
import ssl
import sys
import urllib.error
import urllib.request

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

MODE, PORT, ORIGIN, USERNAME, FOLDER = sys.argv[1:]
arrived = queue.Queue()


class Handler:
    async def handle_DATA(self, server, session, envelope):
        arrived.put((session.ssl is not None, bool(session.authenticated), envelope))
        return "250 OK"


def login(server, session, envelope, mechanism, data):
    right = (data.login, data.password) == (b"sleutelbos", b"een goed bewaard woord")
    return AuthResult(success=right)


def context():
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    made.load_cert_chain(f"{FOLDER}/cert.pem", f"{FOLDER}/key.pem")
    return made


class Server(Controller):
    def factory(self):
        if MODE == "plain":
            return SMTP(self.handler)
        tls = {"tls_context": context(), "require_starttls": True} if MODE == "starttls" else {}
        required = {"authenticator": login, "auth_required": True}
        # Behind TLS from the first byte aiosmtpd does not see that there is TLS.
        return SMTP(self.handler, auth_require_tls=MODE == "starttls", **required, **tls)


def ask(path, body, bearer=None):
    headers = {"Content-Type": "application/json"}
    if bearer:
        headers["Authorization"] = f"Bearer {bearer}"
    request = urllib.request.Request(ORIGIN + path, json.dumps(body).encode(), headers)
    try:
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as refusal:
        return json.load(refusal)


def block():
    challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"  # RFC 7636, appendix B
    begin = {"code_challenge": challenge, "code_challenge_method": "S256"}
    attempt = ask("/api/v1/login/attempts", begin)["attempt"]
    wrong = {"username": USERNAME, "password": "een verkeerd wachtwoord"}
    for _ in range(5):
        answer = ask("/api/v1/login/password", wrong, attempt)
    assert answer["code"] == "password_blocked", answer


server = Server(
    Handler(),
    hostname="127.0.0.1",
    port=int(PORT),
    ssl_context=context() if MODE == "implicit" else None,
)
server.start()
block()
tls, authenticated, envelope = arrived.get(timeout=60)
server.stop()

assert (tls, authenticated) == {
    "plain": (False, False),
    "starttls": (True, True),
    # aiosmtpd tells of TLS only where it began it itself
    "implicit": (tls, True),
}[MODE]
assert envelope.mail_from == "inloggen@praktijk.example", envelope.mail_from
assert envelope.rcpt_tos == [USERNAME], envelope.rcpt_tos
assert envelope.content.isascii()
mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
assert not mail.defects, mail.defects
assert mail["Auto-Submitted"] == "auto-generated"
assert mail["Message-ID"].endswith("@praktijk.example>")
assert mail["From"].addresses[0].display_name == "Sleutelbos"
assert mail["To"].addresses[0].addr_spec == USERNAME
assert mail["Date"].datetime is not None
assert mail["Subject"] == "Inloggen met uw wachtwoord is geblokkeerd", mail["Subject"]
assert mail.get_content_type() == "multipart/alternative"
plain = mail.get_body(("plain",)).get_content()
html = mail.get_body(("html",)).get_content()
for words in ["Beste Test Arts", "Was u dit niet?", "Wanneer", "Waarmee"]:
    assert words in plain and words in html, words
assert "://" not in plain and "<a " not in html
print(f"judged {MODE}")
