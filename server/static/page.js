// What every page shares: focus on an error, keyboard warnings, and the states of a ceremony.
// No text is written here: the server renders every sentence, and this file only shows it.

/** Shows the one element of `root` with this `data-state` and hides its siblings in state. */
export function show(root, state) {
  for (const element of root.querySelectorAll("[data-state]")) {
    element.hidden = element.dataset.state !== state;
  }
}

/** The states in which somebody is still waited for; in all others a person may try again. */
const WAITING = new Set(["looking", "waiting", "checking", "done"]);

/** Shows `state` and the button that belongs to it. */
export function enter(root, state) {
  show(root, state);
  const retry = root.querySelector("[data-retry]");
  retry.hidden = WAITING.has(state);
  if (retry.dataset.again && !retry.hidden) retry.textContent = retry.dataset.again;
}

/** A refusal of the server, in its own words. */
export class Refused extends Error {
  constructor(problem) {
    super(problem.code);
    this.problem = problem;
  }
}

/** Shows what the server said; a refusal with a page of its own goes there. */
export function refuse(root, problem) {
  if (problem.next) return location.assign(problem.next);
  root.querySelector("[data-title]").textContent = problem.title;
  root.querySelector("[data-detail]").textContent = problem.detail;
  const reference = root.querySelector("[data-reference]");
  reference.hidden = !problem.reference;
  reference.querySelector("[data-reference-number]").textContent = problem.reference ?? "";
  enter(root, "refused");
}

/** Posts JSON to one of this server's addresses; throws `Refused`, or TypeError without network. */
export async function post(root, url, body, signal) {
  const response = await fetch(url, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      "Accept": "application/json",
      "X-CSRF-Token": root.dataset.csrf,
    },
    body: JSON.stringify(body),
    credentials: "same-origin",
    signal,
  });
  const answer = response.status === 204 ? {} : await response.json();
  if (!response.ok) throw new Refused(answer);
  return answer;
}

/** Counts down in `root`'s timer until the returned function is called. */
export function countdown(root, milliseconds) {
  const timer = root.querySelector("[data-left]");
  if (!timer || !milliseconds) return () => {};
  const end = performance.now() + milliseconds;
  const time = timer.querySelector("[data-left-time]");
  const tick = () => {
    const seconds = Math.max(0, Math.ceil((end - performance.now()) / 1000));
    time.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  };
  tick();
  timer.hidden = false;
  const interval = setInterval(tick, 1000);
  return () => {
    clearInterval(interval);
    timer.hidden = true;
  };
}

/** Warns while the field `id` is typed in with Caps Lock on. */
function capsLock(warning, field) {
  const look = (event) => {
    if (typeof event.getModifierState === "function") {
      warning.hidden = !event.getModifierState("CapsLock");
    }
  };
  field.addEventListener("keydown", look);
  field.addEventListener("keyup", look);
  field.addEventListener("blur", () => { warning.hidden = true; });
}

/** Warns when a key of the number pad gave no digit: Num Lock is off. */
function numLock(warning, field) {
  field.addEventListener("keydown", (event) => {
    if (/^Numpad\d$/.test(event.code)) warning.hidden = /^\d$/.test(event.key);
  });
  field.addEventListener("blur", () => { warning.hidden = true; });
}

for (const warning of document.querySelectorAll("[data-caps-lock]")) {
  capsLock(warning, document.getElementById(warning.dataset.capsLock));
}
for (const warning of document.querySelectorAll("[data-num-lock]")) {
  numLock(warning, document.getElementById(warning.dataset.numLock));
}
/** Shows a button that needs this script, and does `act` when it is pressed. */
function offer(button, act) {
  button.hidden = false;
  button.addEventListener("click", act);
}

if (navigator.clipboard) {
  for (const button of document.querySelectorAll("[data-copy]")) {
    offer(button, async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
      for (const word of document.querySelectorAll("[data-copied]")) word.hidden = false;
    });
  }
}
for (const button of document.querySelectorAll("[data-print]")) offer(button, () => window.print());

document.querySelector("[data-focus]")?.focus();
