// The demonstration "writer": type a beginning, watch the network write on, and see what each letter was chosen from.

import { load, mulberry32, write } from "./lstm.js";
import { element, field } from "./parts.js";

const PAUSE = 45; // milliseconds between two letters
const SHOWN = 8; // alternatives to a letter
const CHOICES = [
  ["all symbols", {}],
  ["the 10 likeliest (top-k)", { topK: 10 }],
  ["the 3 likeliest (top-k)", { topK: 3 }],
  ["the likeliest 90 % (nucleus)", { nucleus: 0.9 }],
  ["the likeliest 50 % (nucleus)", { nucleus: 0.5 }],
];

const nameOf = (symbol) => ({ " ": "space", "\n": "new line" })[symbol] ?? symbol;
const percent = (p) => (p > 0 && p < 0.01 ? "< 1\u00a0%" : `${Math.round(100 * p)}\u00a0%`);

// The likeliest symbols, as { symbol, p, kept }: their probability, and what was left of it when the others were cut.
const likeliest = ({ probabilities, kept }, vocabulary) =>
  [...probabilities.keys()]
    .sort((a, b) => probabilities[b] - probabilities[a] || a - b)
    .slice(0, SHOWN)
    .map((k) => ({ symbol: vocabulary[k], p: probabilities[k], kept: kept[k] }));

export async function demonstrate(stage, name) {
  const network = await load(name);
  const { vocabulary, example } = network.description;
  const still = matchMedia("(prefers-reduced-motion: reduce)");

  const [beginning, beginningField] = field("Beginning", { type: "text", maxlength: 200, value: example.beginning });
  const [temperature, temperatureField, temperatureValue] = field("Temperature", {
    type: "range", min: 0, max: 1.5, step: 0.1, value: example.temperature ?? 1,
  });
  const [choice, choiceField] = field("Choose among", {}, element("select", {}));
  const [seed, seedField] = field("Seed", { type: "number", min: 0, max: 999999, step: 1, value: example.seed ?? 1 });
  const opening = { topK: example.top_k, nucleus: example.nucleus };
  const same = ([, { topK, nucleus }]) => topK === opening.topK && nucleus === opening.nucleus;
  const choices = CHOICES.some(same) ? CHOICES : [["as in the chapter", opening], ...CHOICES];
  for (const [k, [title]] of choices.entries()) choice.append(element("option", { value: k }, title));
  choice.value = choices.findIndex(same);

  const buttons = ["Write", "Stop", "Another"].map((title) =>
    element("button", { type: "button", class: "live-button" }, title));
  const status = element("p", { class: "live-status", role: "status" });
  const given = element("span", { class: "live-given" });
  const letters = element("span", {
    role: "listbox", tabindex: 0, "aria-label": "What the network wrote; arrow keys go from letter to letter",
  });
  letters.hidden = true;
  const text = element("p", { class: "live-text" }, given, letters);
  const caption = element("figcaption", { role: "status" });
  const rows = element("div", { class: "live-rows", "aria-hidden": "true" });
  const alternatives = element("figure", { class: "live-alternatives" }, caption, rows);
  stage.replaceChildren(
    element("div", { class: "live-controls" }, beginningField, temperatureField, choiceField, seedField),
    element("div", { class: "live-buttons" }, ...buttons), status, text, alternatives,
  );

  let written = []; // what `write` gave, for each letter
  let active = -1; // the letter whose alternatives are shown
  let timer = null;
  const options = {};

  function adjust() {
    temperatureValue.textContent = Number(temperature.value).toFixed(1);
    const { topK, nucleus } = choices[choice.value][1];
    Object.assign(options, { temperature: Number(temperature.value), topK, nucleus });
  }

  // Show what the letter with this number was chosen from.
  function look(k) {
    if (!written[k]) return;
    letters.children[active]?.setAttribute("aria-selected", "false");
    active = k;
    const letter = letters.children[k];
    letter.setAttribute("aria-selected", "true");
    letters.setAttribute("aria-activedescendant", letter.id);
    const best = likeliest(written[k], vocabulary);
    const before = [...given.textContent, ...written.slice(0, k).map(({ symbol }) => vocabulary[symbol])];
    const end = before.slice(-24).join("").replaceAll("\n", " ");
    const list = best.map(({ symbol, p }) => `${nameOf(symbol)} ${percent(p)}`).join(", ");
    const spoken = element("span", { class: "live-spoken" }, ` ${list}.`);
    caption.replaceChildren(`After “${end}” the network had the choice:`, spoken);
    rows.replaceChildren(...best.map(({ symbol, p, kept }) => {
      const bar = element("span", { class: "live-bar" });
      bar.style.width = `${100 * p}%`;
      const chosen = symbol === vocabulary[written[k].symbol];
      const mark = chosen ? "written" : kept ? "" : "cut";
      return element("div", { class: `live-row ${mark}` }, element("span", {}, nameOf(symbol)),
        element("span", { class: "live-track" }, bar), element("span", {}, `${percent(p)} ${mark}`));
    }));
  }

  function stop() {
    if (stage.dataset.state !== "writing") return;
    clearTimeout(timer);
    stage.dataset.state = "stopped";
    const said = written.map(({ symbol }) => vocabulary[symbol]).join("");
    status.textContent = `${written.length} letters. Point at one, or reach it by Tab and the arrow keys, `
      + "to see below what it was chosen from.";
    letters.setAttribute("aria-label", `The network wrote: ${said}. Arrow keys go from letter to letter`);
  }

  function begin() {
    stop();
    adjust();
    const known = (letter) => [letter, letter.toLowerCase()].find((form) => vocabulary.includes(form));
    const typed = [...beginning.value];
    given.textContent = typed.map(known).join("");
    const unknown = typed.filter((letter) => !known(letter));
    const heard = network.read(network.numbers((example.start ?? "") + given.textContent));
    written = [];
    active = -1;
    letters.replaceChildren();
    letters.hidden = true;
    caption.textContent = "";
    rows.replaceChildren();
    if (!heard.scores) {
      stage.dataset.state = "stopped";
      status.textContent = "Type a beginning: the network has to read something first.";
      return;
    }
    options.random = mulberry32(Number(seed.value));
    const writing = write(network, heard, options);
    stage.dataset.state = "writing";
    status.textContent = "Writing."
      + (unknown.length ? ` The network has never seen ${unknown.join(" ")}: left out.` : "");
    const letter = () => {
      const { value } = writing.next();
      const symbol = vocabulary[value.symbol];
      written.push(value);
      const span = element("span", {
        role: "option",
        id: `${name}-${written.length}`,
        "aria-selected": "false",
        "aria-label": `${nameOf(symbol)}, ${percent(value.probabilities[value.symbol])}`,
      }, symbol);
      letters.append(span);
      if (written.length >= example.length) stop();
    };
    const next = () => {
      do letter(); while (still.matches && stage.dataset.state === "writing"); // without motion: all at once
      if (stage.dataset.state === "writing") timer = setTimeout(next, PAUSE);
    };
    letters.hidden = false;
    next();
  }

  const [writeButton, stopButton, anotherButton] = buttons;
  writeButton.addEventListener("click", begin);
  stopButton.addEventListener("click", stop);
  anotherButton.addEventListener("click", () => {
    seed.value = Number(seed.value) + 1;
    begin();
  });
  stage.addEventListener("keydown", (event) => event.key === "Escape" && stop());
  beginning.addEventListener("keydown", (event) => event.key === "Enter" && begin());
  temperature.addEventListener("input", adjust);
  choice.addEventListener("input", adjust);

  const numberOf = (target) => [...letters.children].indexOf(target);
  letters.addEventListener("mouseover", ({ target }) => look(numberOf(target)));
  letters.addEventListener("click", ({ target }) => look(numberOf(target)));
  letters.addEventListener("focus", () => look(Math.max(active, 0)));
  letters.addEventListener("keydown", (event) => {
    const last = written.length - 1;
    const [before, after] = [active - 1, active + 1];
    const to = { ArrowLeft: before, ArrowUp: before, ArrowRight: after, ArrowDown: after, Home: 0, End: last };
    if (!(event.key in to)) return;
    event.preventDefault(); // the page does not scroll
    look(Math.min(Math.max(to[event.key], 0), last));
  });
  adjust();
}
