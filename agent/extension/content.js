// Stands between a page and the extension: takes the page's requests from its own window, says at
// once that it is there, and brings back the answer. It decides nothing.
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
      channel.postMessage(event.data);
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

  function failure(action, code, message) {
    return { action: `${action}-failure`, error: { name: "WebEidError", code, message } };
  }
})();
