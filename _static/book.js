// A table that scrolls in its own box has to be reachable by keyboard.
document.addEventListener("DOMContentLoaded", () => {
  for (const table of document.querySelectorAll(".bd-article table")) {
    table.tabIndex = 0;
  }
});
