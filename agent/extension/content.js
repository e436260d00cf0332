// Stands between a page and the extension: takes the page's requests from its own window, says at
// once that it is there, and brings back the answer. Of the request it passes on what the contract
// knows, and nothing else.
"use strict";

(() => {
  const ACTIONS = new Set(
    ["status", "authenticate", "get-signing-certificate", "sign"].map((name) => `web-eid:${name}`),
  );

  window.addEventListener("message", (event) => {
    if (event.source !== window) return;
    const action = event.data?.action;
    if (typeof action !== "string" || !ACTIONS.has(action)) return;

    const answer = (message) => window.postMessage(message, event.origin === "null" ? "*" : event.origin);
    answer({ action: `${action}-ack` });
    if (!window.isSecureContext) {
      answer(failure(action, "ERR_WEBEID_CONTEXT_INSECURE", "The page is not a secure context"));
      return;
    }
    let answered = false;
    const finish = (message) => {
      if (!answered) answer(message);
      answered = true;
    };
    try {
      // The browser closes this channel with the page, and so the extension knows.
      const channel = chrome.runtime.connect();
      channel.onMessage.addListener((message) => {
        if (message.action === "web-eid:warning") return answer(message);
        finish(message);
        channel.disconnect();
      });
      channel.onDisconnect.addListener(() => finish(gone(action)));
      channel.postMessage(request(event.data));
    } catch (error) {
      const reason = chrome.runtime?.id
        ? failure(action, "ERR_WEBEID_UNKNOWN_ERROR", `The request cannot be passed on: ${error.message}`)
        : gone(action);
      finish(reason);
    }
  });

  // The extension was reloaded or removed under the page's feet.
  function gone(action) {
    return failure(action, "ERR_WEBEID_EXTENSION_UNAVAILABLE", "The extension went away; reload the page");
  }

  // What the contract knows of a request, in plain values: all else of the page stays in the page.
  function request({ action, libraryVersion, challengeNonce, options }) {
    const { lang, userInteractionTimeout } = options ?? {};
    return {
      action,
      libraryVersion: only("string", libraryVersion),
      challengeNonce: only("string", challengeNonce),
      options: {
        lang: only("string", lang),
        userInteractionTimeout: only("number", userInteractionTimeout),
      },
    };
  }

  function only(type, value) {
    return typeof value === type ? value : undefined;
  }

  function failure(action, code, message) {
    return { action: `${action}-failure`, error: { name: "WebEidError", code, message } };
  }
})();
