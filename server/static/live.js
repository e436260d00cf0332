// Follows what the server says of something under way: the names of states. The page has every sentence,
// and shows those that belong to the state.

const root = document.querySelector("[data-live]");

/** Shows what belongs to `state`, and nothing else. */
function show(state) {
  for (const element of root.querySelectorAll("[data-when]")) {
    element.hidden = !element.dataset.when.split(" ").includes(state);
  }
}

if (root) {
  const source = new EventSource(root.dataset.live);
  source.addEventListener("state", ({ data }) => {
    if (data === "over") {
      source.close();
      return location.reload(); // the page says what follows
    }
    show(data);
    if (data === "right") source.close();
  });
  addEventListener("pagehide", () => source.close());
}
