// The browser's WebAuthn, for logging in ([data-ceremony=get]) and enrolling ([data-ceremony=create]).

import { Refused, countdown, enter, post, refuse } from "./page.js";

const root = document.querySelector("[data-ceremony]");
let running = null;

/** The state of the page for an exception of navigator.credentials. */
const OUTCOMES = {
  NotAllowedError: "cancelled", // cancelled, too late, or no key: the browser does not say which
  AbortError: "cancelled",
  InvalidStateError: "already",
  ConstraintError: "no-pin",
  NotSupportedError: "unsupported",
  SecurityError: "address",
  TypeError: "offline",
};

const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

/** WebAuthn's JSON options with their byte fields as bytes. */
function options(json) {
  const ids = (list) => list?.map((entry) => ({ ...entry, id: bytes(entry.id) }));
  const publicKey = { ...json, challenge: bytes(json.challenge) };
  if (json.user) publicKey.user = { ...json.user, id: bytes(json.user.id) };
  if (json.allowCredentials) publicKey.allowCredentials = ids(json.allowCredentials);
  if (json.excludeCredentials) publicKey.excludeCredentials = ids(json.excludeCredentials);
  return publicKey;
}

/** A credential as the JSON of WebAuthn level 3. */
function json(credential) {
  const { response } = credential;
  const answer = { clientDataJSON: text(response.clientDataJSON) };
  for (const field of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[field]) answer[field] = text(response[field]);
  }
  if (response.getTransports) answer.transports = response.getTransports();
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    response: answer,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

/** Which ceremony, and with which one key where the page means one. */
function ask() {
  const { kind, factor } = root.dataset;
  return factor ? { kind, factor } : { kind };
}

async function ceremony(signal) {
  const { publicKey } = await post(root, root.dataset.options, ask(), signal);
  const stop = countdown(root, publicKey.timeout);
  try {
    const request = { publicKey: options(publicKey), signal };
    return root.dataset.ceremony === "get"
      ? await navigator.credentials.get(request)
      : await navigator.credentials.create(request);
  } finally {
    stop();
  }
}

async function start() {
  if (!window.PublicKeyCredential) return enter(root, "unsupported");
  running?.abort();
  running = new AbortController();
  enter(root, "waiting");
  try {
    const credential = json(await ceremony(running.signal));
    const name = root.querySelector("[name=name]")?.value;
    const { then } = root.dataset;
    const answer = { credential, name, then };
    const { next } = await post(root, root.dataset.finish, answer, running.signal);
    enter(root, "done");
    location.assign(next);
  } catch (error) {
    if (error instanceof Refused) return refuse(root, error.problem);
    const outcome = OUTCOMES[error.name] ?? "cancelled";
    enter(root, root.querySelector(`[data-state=${outcome}]`) ? outcome : "cancelled");
  }
}

root.querySelector("[data-form]")?.addEventListener("submit", (event) => {
  event.preventDefault();
  start();
});
root.querySelector("#retry")?.addEventListener("click", start);
addEventListener("pagehide", () => running?.abort());
if ("start" in root.dataset) start();
