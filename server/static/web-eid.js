// The UZI card: asks the Web eID extension for an authentication token and hands it to the server.
// The contract between page and extension is that of web-eid.js (postMessage, actions "web-eid:…").

import { Refused, countdown, enter, post, refuse } from "./page.js";

const VERSION = "2.0.0"; // of the contract, not of this file
const EXTENSION = 1_000; // milliseconds in which the extension acknowledges
const AGENT = 5_000; // in which the native application answers
const PERSON = 120_000; // in which a person enters a PIN

const root = document.querySelector("[data-card]");

/** The state of the page for an error of the contract. */
const OUTCOMES = {
  ERR_WEBEID_EXTENSION_UNAVAILABLE: "extension-missing",
  ERR_WEBEID_NATIVE_UNAVAILABLE: "agent-missing",
  ERR_WEBEID_VERSION_MISMATCH: "old-version",
  ERR_WEBEID_VERSION_INVALID: "old-version",
  ERR_WEBEID_USER_CANCELLED: "cancelled",
  ERR_WEBEID_USER_TIMEOUT: "late",
  ERR_WEBEID_ACTION_TIMEOUT: "late",
  ERR_WEBEID_ACTION_PENDING: "pending",
  ERR_WEBEID_CONTEXT_INSECURE: "address",
};

class Failure extends Error {
  constructor({ code }) {
    super(code);
    this.code = code;
  }
}

/** Sends one action to the extension; the answer's `-success`, or throws `Failure`. */
function ask(action, message, wait) {
  return new Promise((resolve, reject) => {
    const fail = (code) => finish(() => reject(new Failure({ code })));
    let timer = setTimeout(() => fail("ERR_WEBEID_EXTENSION_UNAVAILABLE"), EXTENSION);
    const finish = (settle) => {
      clearTimeout(timer);
      removeEventListener("message", hear);
      settle();
    };
    const hear = (event) => {
      if (event.source !== window || typeof event.data?.action !== "string") return;
      const { data } = event;
      if (data.action === `${action}-ack`) {
        clearTimeout(timer);
        timer = setTimeout(() => fail("ERR_WEBEID_ACTION_TIMEOUT"), wait);
      } else if (data.action === `${action}-success`) {
        finish(() => resolve(data));
      } else if (data.action === `${action}-failure`) {
        finish(() => reject(new Failure(data.error ?? { code: "ERR_WEBEID_UNKNOWN_ERROR" })));
      }
    };
    addEventListener("message", hear);
    window.postMessage({ action, libraryVersion: VERSION, ...message }, "*");
  });
}

/** An authentication token over `challengeNonce`, made by the card. */
async function authenticate(challengeNonce) {
  const stop = countdown(root, PERSON);
  try {
    const options = { lang: document.documentElement.lang, userInteractionTimeout: PERSON };
    const answer = await ask(
      "web-eid:authenticate", { challengeNonce, options }, EXTENSION + AGENT + PERSON,
    );
    const { unverifiedCertificate, algorithm, signature, format, appVersion } = answer;
    return { unverifiedCertificate, algorithm, signature, format, appVersion };
  } finally {
    stop();
  }
}

/** Resolves once the extension's content script has had its second to load. */
const loaded = new Promise((resolve) => {
  if (document.readyState === "complete") setTimeout(resolve, EXTENSION);
  else addEventListener("load", () => setTimeout(resolve, EXTENSION), { once: true });
});

async function start() {
  enter(root, "looking");
  try {
    await loaded;
    if (!window.isSecureContext) throw new Failure({ code: "ERR_WEBEID_CONTEXT_INSECURE" });
    await ask("web-eid:status", {}, EXTENSION + AGENT);
    const { nonce } = await post(root, root.dataset.challenge, { kind: root.dataset.kind });
    enter(root, "waiting");
    const token = await authenticate(nonce);
    enter(root, "checking");
    const answer = { auth_token: token, then: root.dataset.then };
    const { next } = await post(root, root.dataset.finish, answer);
    enter(root, "done");
    location.assign(next);
  } catch (error) {
    if (error instanceof Refused) return refuse(root, error.problem);
    if (error instanceof Failure) return enter(root, OUTCOMES[error.code] ?? "failed");
    enter(root, error instanceof TypeError ? "offline" : "failed");
  }
}

root.querySelector("#retry").addEventListener("click", start);
if ("start" in root.dataset) start();
