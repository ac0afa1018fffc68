// The demonstration "captioner": click a picture; the network describes it word by word, and for each word one sees at
// which part of the picture it looked.

import { attend, concatenate, dense, loadParts, lstmStep, rowOf, softmax } from "./lstm.js";
import { element } from "./parts.js";

const PAUSE = 700; // milliseconds between two words
const SHOWN = 5; // alternatives to a word

const percent = (p) => (p > 0 && p < 0.01 ? "< 1\u00a0%" : `${Math.round(100 * p)}\u00a0%`);

// What the decoder knows of a picture before the first word. `cells` are the places of the picture, a row of numbers
// each, which the convolutional half of the network made of it.
export function begin(parts, cells) {
  const [count, size] = cells.shape;
  const mean = new Float64Array(size).map((_, k) => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += cells.values[i * size + k];
    return sum / count;
  });
  const keys = Array.from({ length: count }, (_, i) => [...dense(parts.key, rowOf(cells, i))]);
  return {
    h: dense(parts.first_h, mean).map(Math.tanh), c: dense(parts.first_c, mean).map(Math.tanh), cells,
    keys: { shape: [count, keys[0].length], values: Float64Array.from(keys.flat()) },
  };
}

// Read a word; return the probabilities of the next one, where the network looked for it, and the new state.
export function speak(parts, word, state) {
  const { h, c } = lstmStep(parts.lstm, rowOf(parts.embedding[0], word), state);
  const { weights, seen } = attend(dense(parts.query, h), state.keys, state.cells, parts.score[0].values);
  const probabilities = softmax(dense(parts.say, concatenate(h, seen)));
  return { probabilities, weights, state: { ...state, h, c } };
}

// Always the most probable word, until the end.
export function caption(parts, { start, end, steps }, cells) {
  const said = [];
  let [word, state] = [start, begin(parts, cells)];
  for (let t = 0; t < steps; t++) {
    const { probabilities, weights, state: after } = speak(parts, word, state);
    word = probabilities.indexOf(Math.max(...probabilities));
    state = after;
    said.push({ word, probabilities, weights });
    if (word === end) break;
  }
  return said;
}

export async function demonstrate(stage, name) {
  const { description, parts, array } = await loadParts(name);
  const { vocabulary, start, end, pictures, size, grid } = description;
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const cells = array(description.data.cells); // pictures, places, numbers
  const pixels = array(description.data.pixels).values; // a byte for each of red, green and blue
  const [, count, numbers] = cells.shape;

  const gallery = element("div", { class: "live-gallery", role: "group", "aria-label": "Pictures that it never saw" });
  const status = element("p", { class: "live-status", role: "status" });
  const canvas = element("canvas", { width: 6 * size, height: 6 * size, role: "img" });
  const words = element("div", { class: "live-words", role: "listbox", tabindex: 0, "aria-label": "Words" });
  const title = element("figcaption", { role: "status" });
  const rows = element("div", { class: "live-rows", "aria-hidden": "true" });
  const right = element("div", {}, words, element("figure", { class: "live-alternatives" }, title, rows));
  const result = element("div", { class: "live-look" }, canvas, right);
  stage.replaceChildren(gallery, status, result);
  result.hidden = true;

  const nameOf = (word) => (word === end ? "(end)" : vocabulary[word]);
  let chosen = -1; // the picture
  let said = [];
  let shown = 0; // so many words are there
  let active = -1; // the word whose attention is shown
  let timer = null;

  function image(k) {
    const data = new ImageData(size, size);
    for (let i = 0; i < size * size; i++)
      for (let channel = 0; channel < 4; channel++)
        data.data[4 * i + channel] = channel === 3 ? 255 : pixels[3 * (k * size * size + i) + channel];
    return data;
  }

  // A small canvas for each picture; the large one is painted from it.
  const small = pictures.map((_, k) => {
    const own = element("canvas", { width: size, height: size, "aria-hidden": "true" });
    own.getContext("2d").putImageData(image(k), 0, 0);
    return own;
  });

  // The picture, darker where the network did not look.
  function paint(weights) {
    const context = canvas.getContext("2d");
    const width = canvas.width;
    context.imageSmoothingEnabled = true;
    context.drawImage(small[chosen], 0, 0, width, width);
    if (!weights) return;
    const most = Math.max(...weights);
    const cell = width / grid;
    for (const [i, weight] of weights.entries()) {
      context.fillStyle = `rgba(10, 12, 30, ${(0.75 * (1 - weight / most)).toFixed(3)})`;
      context.fillRect((i % grid) * cell, Math.floor(i / grid) * cell, cell, cell);
    }
  }

  function where(weights) {
    const best = weights.indexOf(Math.max(...weights));
    const third = (k) => Math.floor((3 * k) / grid);
    const row = ["top", "middle", "bottom"][third(Math.floor(best / grid))];
    const column = ["left", "centre", "right"][third(best % grid)];
    return `${row} ${column}`;
  }

  function look(k) {
    if (!said[k] || k >= shown) return;
    words.children[active]?.setAttribute("aria-selected", "false");
    active = k;
    words.children[k].setAttribute("aria-selected", "true");
    words.setAttribute("aria-activedescendant", words.children[k].id);
    const { word, probabilities, weights } = said[k];
    paint(weights);
    const best = [...probabilities.keys()].sort((a, b) => probabilities[b] - probabilities[a]).slice(0, SHOWN);
    const list = best.map((other) => `${nameOf(other)} ${percent(probabilities[other])}`).join(", ");
    const spoken = element("span", { class: "live-spoken" }, ` ${list}.`);
    title.replaceChildren(`Word ${k + 1}, ${nameOf(word)}: it looked most at the ${where(weights)}, and had the choice:`, spoken);
    rows.replaceChildren(...best.map((other) => {
      const bar = element("span", { class: "live-bar" });
      bar.style.width = `${100 * probabilities[other]}%`;
      return element("div", { class: `live-row live-word ${other === word ? "written" : ""}` },
        element("span", {}, nameOf(other)), element("span", { class: "live-track" }, bar),
        element("span", {}, percent(probabilities[other])));
    }));
  }

  function add() {
    const { word, probabilities } = said[shown];
    words.append(element("span", {
      role: "option", id: `${name}-word-${shown}`, "aria-selected": "false",
      "aria-label": `${nameOf(word)}, ${percent(probabilities[word])}`,
    }, nameOf(word)));
    shown += 1;
  }

  function finish() {
    stage.dataset.state = "stopped";
    const sentence = said.map(({ word }) => word).filter((word) => word !== end).map(nameOf).join(" ");
    const verdict = sentence === pictures[chosen] ? "Exactly right." : `The picture is called “${pictures[chosen]}”.`;
    status.textContent = `It says: “${sentence}”. ${verdict} Point at a word, or reach it by Tab and the arrow keys.`;
    words.setAttribute("aria-label", `The network says: ${sentence}. Arrow keys go from word to word`);
    canvas.setAttribute("aria-label", `The picture “${pictures[chosen]}”; dark where the network did not look.`);
  }

  function choose(k) {
    clearTimeout(timer);
    chosen = k;
    for (const [other, button] of [...gallery.children].entries()) button.setAttribute("aria-pressed", String(other === k));
    const values = cells.values.subarray(k * count * numbers, (k + 1) * count * numbers);
    said = caption(parts, description, { shape: [count, numbers], values });
    [shown, active] = [0, -1];
    words.replaceChildren();
    result.hidden = false;
    stage.dataset.state = "writing";
    status.textContent = "It looks and writes.";
    const next = () => {
      add();
      look(shown - 1);
      if (shown === said.length) finish();
      else if (!still.matches) timer = setTimeout(next, PAUSE);
    };
    do next(); while (still.matches && shown < said.length); // with less motion: all at once
    if (still.matches) look(0);
  }

  for (const [k, own] of small.entries()) {
    const button = element("button", { type: "button", "aria-pressed": "false", "aria-label": `Picture ${k + 1}` }, own);
    button.addEventListener("click", () => choose(k));
    gallery.append(button);
  }
  stage.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || stage.dataset.state !== "writing") return;
    clearTimeout(timer);
    while (shown < said.length) add();
    finish();
  });
  const numberOf = (target) => [...words.children].indexOf(target);
  words.addEventListener("mouseover", ({ target }) => look(numberOf(target)));
  words.addEventListener("click", ({ target }) => look(numberOf(target)));
  words.addEventListener("focus", () => look(Math.max(active, 0)));
  words.addEventListener("keydown", (event) => {
    const [before, after] = [active - 1, active + 1];
    const to = { ArrowLeft: before, ArrowUp: before, ArrowRight: after, ArrowDown: after, Home: 0, End: shown - 1 };
    if (!(event.key in to)) return;
    event.preventDefault(); // the page does not scroll
    look(Math.min(Math.max(to[event.key], 0), shown - 1));
  });
  status.textContent = "Choose a picture.";
}
