// A table that scrolls in its own box has to be reachable by keyboard.
document.addEventListener("DOMContentLoaded", () => {
  for (const table of document.querySelectorAll(".bd-article table")) {
    table.tabIndex = 0;
  }
});

// A network that runs in the page, or tunes that it plays: scripts and data are fetched when the reader asks for them, not before.
document.addEventListener("DOMContentLoaded", () => {
  for (const region of document.querySelectorAll("section.live")) {
    const { demonstration, network, promise } = region.dataset;
    const button = region.querySelector(".live-begin button");
    const message = region.querySelector(".live-message");
    if (location.protocol === "file:") {
      message.textContent = "From a file a browser loads nothing: open the book with make serve to run it here.";
      continue;
    }
    message.textContent = promise;
    button.hidden = false;
    button.addEventListener("click", async () => {
      button.disabled = true;
      message.textContent = "Loading …";
      try {
        const { demonstrate } = await import(`./live/${demonstration}.js`);
        await demonstrate(region.querySelector(".live-stage"), network);
      } catch (error) {
        button.disabled = false;
        message.textContent = `It does not run: ${error.message}. Reload the page to try again.`;
        return;
      }
      region.querySelector(".live-begin").hidden = true;
      for (const still of region.querySelectorAll(".live-still")) still.hidden = true;
      const stage = region.querySelector(".live-stage");
      stage.hidden = false;
      stage.focus(); // not its first field: on a phone the keyboard would cover what there is to see
    });
  }
});
