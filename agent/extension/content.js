// Stands between a page and the extension: takes the page's requests from its own window, says at
// once that it is there, and brings back the answer. It decides nothing.
"use strict";

(() => {
  const ACTIONS = new Set(
    ["status", "authenticate", "get-signing-certificate", "sign"].map((name) => `web-eid:${name}`),
  );

  window.addEventListener("message", async (event) => {
    if (event.source !== window) return;
    const action = event.data?.action;
    if (typeof action !== "string" || !ACTIONS.has(action)) return;

    const answer = (message) => window.postMessage(message, event.origin === "null" ? "*" : event.origin);
    answer({ action: `${action}-ack` });
    if (!window.isSecureContext) {
      answer(failure(action, "ERR_WEBEID_CONTEXT_INSECURE", "The page is not a secure context"));
      return;
    }
    try {
      answer(await chrome.runtime.sendMessage(event.data));
    } catch {
      // The extension was reloaded or removed under the page's feet.
      answer(
        failure(action, "ERR_WEBEID_EXTENSION_UNAVAILABLE", "The extension went away; reload the page"),
      );
    }
  });

  function failure(action, code, message) {
    return { action: `${action}-failure`, error: { name: "WebEidError", code, message } };
  }
})();
