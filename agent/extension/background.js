// Answers the requests of pages: checks them, names the page's origin from the browser's own
// knowledge, and starts the agent once for each request.
"use strict";

const HOST = "nl.sleutelbos.agent";
const NATIVE_TIMEOUT = 5000; // the agent says its version within this time
const USER_TIMEOUT = 2 * 60 * 1000; // a person answers within this time, unless the page says
const SHORTEST_USER_TIMEOUT = 10 * 1000; // what the page says counts between these two
const LONGEST_USER_TIMEOUT = 10 * 60 * 1000;
const LARGEST_MESSAGE = 8192;
const EXTENSION_VERSION = chrome.runtime.getManifest().version;
// The major version of the protocol, which library, extension and agent share.
const PROTOCOL = { major: 2, text: `2.0.0+sleutelbos.${EXTENSION_VERSION}` };

// One request of a kind at a time for each document; the agent itself shows one window at a time.
const pending = new Set();

class Failure extends Error {
  constructor(code, message, more = {}) {
    super(message);
    this.code = `ERR_WEBEID_${code}`;
    this.more = more;
  }
}

// Each request has a channel of its own, which the browser closes when the frame goes away: then
// nobody waits for the answer any more, and the agent's window must not outlive the page.
chrome.runtime.onConnect.addListener((channel) => {
  const gone = new AbortController();
  channel.onDisconnect.addListener(() => gone.abort());
  channel.onMessage.addListener(async (request) => {
    const { sender } = channel;
    if (sender?.id !== chrome.runtime.id || !sender.tab) return channel.disconnect();
    const warn = (text) => channel.postMessage({ action: "web-eid:warning", warnings: [text] });
    const reply = await answer(request, sender, { gone: gone.signal, warn });
    if (!gone.signal.aborted) channel.postMessage(reply);
  });
});

async function answer(request, sender, page) {
  const action = request.action;
  const handlers = {
    "web-eid:status": status,
    "web-eid:authenticate": authenticate,
    "web-eid:get-signing-certificate": refuse,
    "web-eid:sign": refuse,
  };
  const place = `${sender.documentId} ${action}`;
  let own = false;
  try {
    if (pending.has(place)) {
      throw new Failure("ACTION_PENDING", "Another request of this kind is waiting for an answer");
    }
    pending.add(place);
    own = true;
    const result = await handlers[action](request, origin(sender), page);
    return { action: `${action}-success`, ...result };
  } catch (error) {
    return { action: `${action}-failure`, error: described(error) };
  } finally {
    if (own) pending.delete(place);
  }
}

// The frame that asks, as the browser knows it; the page has no say in it.
function origin(sender) {
  let url;
  try {
    url = new URL(sender.url);
  } catch {
    throw new Failure("CONTEXT_INSECURE", "The page has no address");
  }
  // Plain http is for this computer alone; whether it is taken at all is the agent's decision.
  if (url.protocol !== "https:" && !(url.protocol === "http:" && url.hostname === "localhost")) {
    throw new Failure("CONTEXT_INSECURE", "The page is not served over https");
  }
  // A sandboxed frame shows a page of an origin without being of it: what runs there may be
  // anybody's. (Browsers name the frame's own origin since version 80.)
  if (sender.origin !== url.origin) {
    throw new Failure("CONTEXT_INSECURE", "The frame is sandboxed and has no origin of its own");
  }
  return url.origin;
}

async function status(request, _asker, page) {
  checkVersion(request.libraryVersion);
  const agent = await Agent.start(page.gone);
  try {
    checkAgent(agent.version, request.libraryVersion);
    await agent.ask({ command: "quit", arguments: {} }, NATIVE_TIMEOUT).catch(() => {});
    return versions(request.libraryVersion, agent.version);
  } finally {
    agent.end();
  }
}

async function authenticate(request, asker, page) {
  checkVersion(request.libraryVersion);
  const nonce = request.challengeNonce;
  if (typeof nonce !== "string") {
    throw new Failure("MISSING_PARAMETER", "challengeNonce is missing");
  }
  const given = request.options ?? {};
  const lang = typeof given.lang === "string" ? { lang: given.lang } : {};
  const timeout = given.userInteractionTimeout;
  const limit = Number.isFinite(timeout) && timeout > 0 ? bounded(timeout) : USER_TIMEOUT;
  if (timeout !== undefined && timeout !== limit) {
    page.warn(`userInteractionTimeout is taken as ${limit} ms; it may be ${SHORTEST_USER_TIMEOUT} to ${LONGEST_USER_TIMEOUT}`);
  }
  const agent = await Agent.start(page.gone);
  try {
    checkAgent(agent.version, request.libraryVersion);
    const wish = { challengeNonce: nonce, origin: asker, ...lang };
    const token = await agent.ask({ command: "authenticate", arguments: wish }, limit);
    for (const member of ["unverifiedCertificate", "algorithm", "signature", "format", "appVersion"]) {
      if (typeof token[member] !== "string" || token[member] === "") {
        throw new Failure("NATIVE_FATAL", `The agent's answer lacks ${member}`);
      }
    }
    return token;
  } finally {
    agent.end();
  }
}

function bounded(timeout) {
  return Math.min(Math.max(timeout, SHORTEST_USER_TIMEOUT), LONGEST_USER_TIMEOUT);
}

// No page gets a signature on a hash.
async function refuse() {
  throw new Failure("NATIVE_FATAL", "This extension logs people in and signs nothing for pages");
}

// One run of the agent: it speaks first, takes one command, answers once.
class Agent {
  static async start(gone) {
    gone.throwIfAborted();
    const agent = new Agent();
    gone.addEventListener("abort", () => {
      agent.end();
      agent.heard({ error: new Failure("USER_CANCELLED", "The page went away") });
    });
    const first = await agent.next(NATIVE_TIMEOUT, () => {
      return new Failure("NATIVE_UNAVAILABLE", "The agent did not answer; ask 'sleutelbos-agent doctor'");
    }).catch((error) => {
      agent.end();
      throw error;
    });
    if (typeof first.version !== "string") {
      agent.end();
      throw new Failure("NATIVE_FATAL", "The agent did not say its version");
    }
    agent.version = first.version;
    return agent;
  }

  constructor() {
    this.messages = [];
    this.waiting = null;
    this.port = chrome.runtime.connectNative(HOST);
    this.port.onMessage.addListener((message) => this.heard({ message }));
    this.port.onDisconnect.addListener(() => {
      // Reading the error marks it as seen; its text says whether the agent is installed.
      const reason = chrome.runtime.lastError?.message ?? "the agent ended";
      this.heard({ error: new Failure("NATIVE_UNAVAILABLE", `The agent is not there: ${reason}`) });
    });
  }

  heard(thing) {
    if (this.waiting) this.waiting(thing);
    else this.messages.push(thing);
  }

  next(limit, late) {
    return new Promise((resolve, reject) => {
      const settle = (thing) => {
        clearTimeout(timer);
        this.waiting = null;
        if (thing.error) reject(thing.error);
        else resolve(thing.message ?? {});
      };
      const timer = setTimeout(() => settle({ error: late() }), limit);
      const waiting = this.messages.shift();
      if (waiting) settle(waiting);
      else this.waiting = settle;
    });
  }

  async ask(command, limit) {
    if (new TextEncoder().encode(JSON.stringify(command)).length > LARGEST_MESSAGE) {
      throw new Failure("NATIVE_INVALID_ARGUMENT", "The request is too long");
    }
    this.port.postMessage(command);
    const reply = await this.next(limit, () => {
      return new Failure("USER_TIMEOUT", "The person did not answer in time");
    });
    if (reply.error) {
      const code = String(reply.error.code ?? "").replace(/^ERR_WEBEID_/, "");
      throw new Failure(code || "NATIVE_FATAL", String(reply.error.message ?? ""));
    }
    return reply;
  }

  end() {
    this.port.disconnect(); // the browser ends the agent, and with it its window
  }
}

function major(version) {
  const match = typeof version === "string" && version.match(/^v?(\d+)\.\d+\.\d+(?:[-+].*)?$/);
  return match ? Number(match[1]) : null;
}

function checkVersion(library) {
  if (major(library) === null) {
    throw new Failure("VERSION_INVALID", "libraryVersion is not a semantic version");
  }
}

function checkAgent(agent, library) {
  const [ours, needed] = [major(agent), major(library)];
  if (ours === null) throw new Failure("VERSION_INVALID", "The agent's version is not a version");
  const requiresUpdate = {
    extension: PROTOCOL.major < needed,
    nativeApp: ours < needed || ours < PROTOCOL.major,
  };
  if (requiresUpdate.extension || requiresUpdate.nativeApp) {
    const more = { versions: versions(library, agent), requiresUpdate };
    throw new Failure("VERSION_MISMATCH", "Extension or agent is too old for the page", more);
  }
}

function versions(library, agent) {
  return { library, extension: PROTOCOL.text, nativeApp: agent };
}

function described(error) {
  if (error instanceof Failure) {
    return { name: "WebEidError", code: error.code, message: error.message, ...error.more };
  }
  return { name: "WebEidError", code: "ERR_WEBEID_UNKNOWN_ERROR", message: String(error?.message ?? error) };
}
