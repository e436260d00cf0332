"""Registers with the world's key from a page in headless Chromium, whose own sandbox stays on."""

import http.server
import subprocess
import sys
import tempfile

PAGE = b"""<script>
(async () => {
  const publicKey = {
    challenge: new Uint8Array(32), rp: {name: "Test"},
    user: {id: new Uint8Array(8), name: "test", displayName: "Test"},
    pubKeyCredParams: [{type: "public-key", alg: -7}],
    authenticatorSelection: {userVerification: "discouraged", residentKey: "discouraged"},
  };
  let said;
  try {
    const made = await navigator.credentials.create({publicKey});
    said = "registered " + made.rawId.byteLength;
  } catch (error) {
    said = "refused: " + error;
  }
  await fetch("/said", {method: "POST", body: said});
})();
</script>"""


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(PAGE)

    def do_POST(self):
        self.server.said = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
server.said = None
server.timeout = 30
with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
    address = f"http://localhost:{server.server_port}/"
    options = ["--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"]
    browser = subprocess.Popen(
        ["chromium", *options, f"--user-data-dir={profile}", address], stderr=subprocess.DEVNULL
    )
    for _ in range(5):
        server.handle_request()
        if server.said:
            break
    browser.terminate()
    browser.wait()
print(server.said)
sys.exit(not server.said)
