// The demonstration "pen": type a number or a word, and watch the network write it by hand. The window under the text
// shows which characters it looks at.

import {
  concatenate, dense, draw, loadParts, lstmStep, mulberry32, sampleMixture, softmax, tidy, windowStep,
} from "./lstm.js";
import { element, field, svgElement } from "./parts.js";

const PAUSE = 30; // milliseconds between two points
const [WRITES, ENDS] = [0, 2]; // what the pen does after a point; 1: it is lifted

export class Pen {
  constructor({ description, parts }) {
    Object.assign(this, { description, parts });
  }

  // A row for each character, and one for the end.
  encode(text) {
    const { symbols, places } = this.description;
    const values = new Float64Array(places * symbols.length);
    for (let u = 0; u < places; u++) values[u * symbols.length + Math.max(symbols.indexOf(text[u] ?? symbols[0]), 0)] = 1;
    return { shape: [places, symbols.length], values };
  }

  begin(text, hand) {
    const { parts, description: { symbols, hands } } = this;
    const units = parts.lstm[1].shape[0];
    const bells = parts.window[1].shape[0] / 3;
    return {
      text: this.encode(text), hand: hands.map((_, k) => Number(k === hand)),
      states: { h: new Float64Array(units), c: new Float64Array(units) },
      places: new Float64Array(bells), seen: new Float64Array(symbols.length),
    };
  }

  // What the network expects after a point: the mixture of the next move, scores of what the pen does then.
  expect(line, point) {
    const { parts } = this;
    line.states = lstmStep(parts.lstm, concatenate(point, line.hand, line.seen), line.states);
    const { h } = line.states;
    Object.assign(line, windowStep(parts.window, h, line.places, line.text));
    const numbers = dense(parts.pen, concatenate(h, line.seen));
    return { move: numbers.slice(0, -3), pen: numbers.slice(-3) };
  }

  // Write point by point: where the pen is, what it does then, and the weights of the characters.
  * write({ text, hand, bias, seed }) {
    const random = mulberry32(seed);
    const line = this.begin(text, hand);
    let [x, y, last] = [0, 0, [0, 0, 1]];
    for (let step = 0; step < this.description.longest; step++) {
      const { move, pen } = this.expect(line, last);
      const [dx, dy] = sampleMixture(tidy(move, bias), random);
      const does = draw(softmax(pen.map((score) => score * (1 + bias))), random);
      [x, y, last] = [x + dx, y + dy, [dx, dy, Number(does !== WRITES)]];
      yield { x, y, does, weights: line.weights };
      if (does === ENDS) return;
    }
  }
}

export async function demonstrate(stage, name) {
  const pen = new Pen(await loadParts(name));
  const { example, hands, symbols, places, numbers } = pen.description;
  const still = matchMedia("(prefers-reduced-motion: reduce)");

  const [text, textField] = field("Number or word", { type: "text", maxlength: places - 1, value: example.text });
  const [hand, handField] = field("Hand", {}, element("select", {}));
  for (const [k, title] of hands.entries()) hand.append(element("option", { value: k }, title));
  hand.value = example.hand;
  const [bias, biasField, biasValue] = field("Tidiness", {
    type: "range", min: 0, max: 3, step: 0.25, value: example.bias,
  });
  const [seed, seedField] = field("Seed", { type: "number", min: 0, max: 999999, step: 1, value: example.seed });
  const [at, atField, atValue] = field("Look at point", { type: "range", min: 1, max: 1, value: 1 });
  const [writeButton, anotherButton, stopButton] = ["Write", "Another", "Stop"].map((title) =>
    element("button", { type: "button", class: "live-button" }, title));
  const status = element("p", { class: "live-status", role: "status" });
  const paper = svgElement("svg", { role: "img", class: "live-paper" });
  const letters = element("div", { class: "live-window", "aria-hidden": "true" });
  const says = element("p", { class: "live-legend" });
  const result = element("div", {}, paper, letters, atField, says);
  stage.replaceChildren(
    element("div", { class: "live-controls" }, textField, handField, biasField, seedField),
    element("div", { class: "live-buttons" }, writeButton, anotherButton, stopButton), status, result,
  );
  atField.classList.add("live-scrub");
  result.hidden = true;

  let points = [];
  let typed = "";
  let timer = null;

  const isNumber = () => /^\d+$/.test(text.value);
  const handFits = () => isNumber() === (Number(hand.value) === numbers);

  // The line up to a point, and the window at this point.
  function show(count) {
    const paths = [];
    let path = [];
    for (const { x, y, does } of points.slice(0, count)) {
      path.push(`${(100 * x).toFixed(1)} ${(-100 * y).toFixed(1)}`);
      if (does === WRITES) continue;
      paths.push(path);
      path = [];
    }
    paths.push(path);
    const place = points[count - 1];
    paper.replaceChildren(
      ...paths.filter(({ length }) => length).map((strokes) => svgElement("path", { d: `M${strokes.join("L")}` })),
      svgElement("circle", { cx: 100 * place.x, cy: -100 * place.y, r: 14 }),
    );
    const all = points.map(({ x, y }) => [100 * x, -100 * y]);
    const [left, right] = [Math.min(0, ...all.map(([x]) => x)), Math.max(600, ...all.map(([x]) => x))];
    const [top, bottom] = [Math.min(-250, ...all.map(([, y]) => y)), Math.max(250, ...all.map(([, y]) => y))];
    paper.setAttribute("viewBox", `${left - 30} ${top - 30} ${right - left + 60} ${bottom - top + 60}`);
    for (const [u, letter] of [...letters.children].entries())
      letter.style.setProperty("--weight", Math.min(place.weights[u], 1).toFixed(3));
    at.max = points.length;
    at.value = count;
    atValue.textContent = `${count} of ${points.length}`;
    const best = place.weights.indexOf(Math.max(...place.weights));
    const character = typed[best] ?? "the end";
    const lies = (character === " " ? "the space" : character)
      + (best < typed.length ? `, character ${best + 1} of ${typed.length}` : "");
    says.textContent = `At this point the window lies mostly on ${lies}.`;
    at.setAttribute("aria-valuetext", `${count} of ${points.length}, window on ${lies}`);
  }

  function stop(message) {
    clearTimeout(timer);
    stage.dataset.state = "stopped";
    if (message) status.textContent = message;
  }

  function begin() {
    stop();
    const known = [...text.value.toLowerCase()].filter((letter) => symbols.indexOf(letter) > 0);
    const unknown = [...text.value].filter((letter) => symbols.indexOf(letter.toLowerCase()) < 1);
    typed = known.join("").slice(0, places - 1);
    if (!typed) {
      result.hidden = true;
      status.textContent = "Type a number or a word first.";
      return;
    }
    const settings = { text: typed, hand: Number(hand.value), bias: Number(bias.value), seed: Number(seed.value) };
    letters.replaceChildren(...[...typed].map((letter) => element("span", {}, letter === " " ? "\u00a0" : letter)),
      element("span", { class: "live-end" }, "end"));
    result.hidden = false;
    stage.dataset.state = "writing";
    const notes = [
      unknown.length ? `It has never seen ${[...new Set(unknown)].join(" ")}: left out.` : "",
      handFits() ? "" : "In training, this hand never wrote such a text.",
    ].join(" ");
    status.textContent = `Writing. ${notes}`.trim();
    paper.setAttribute("aria-label", `${typed}, written by the network as by hand.`);
    points = [...pen.write(settings)];
    let count = 0;
    const next = () => {
      count = still.matches ? points.length : count + 1; // with less motion: all at once
      show(count);
      if (count < points.length) {
        timer = setTimeout(next, PAUSE);
        return;
      }
      const end = points.at(-1).does === ENDS ? "It ended the line by itself." : "It did not find the end.";
      stop(`${points.length} points for “${typed}”. ${end} ${notes}`.trim());
    };
    next();
  }

  function adjust() {
    biasValue.textContent = Number(bias.value).toFixed(2);
  }

  writeButton.addEventListener("click", begin);
  anotherButton.addEventListener("click", () => {
    seed.value = Number(seed.value) + 1;
    begin();
  });
  const interrupt = () => {
    if (stage.dataset.state === "writing") stop(`Stopped at point ${at.value} of ${points.length}.`);
  };
  stopButton.addEventListener("click", interrupt);
  stage.addEventListener("keydown", (event) => event.key === "Escape" && interrupt());
  text.addEventListener("keydown", (event) => event.key === "Enter" && begin());
  text.addEventListener("input", () => {
    if (!handFits()) hand.value = isNumber() ? numbers : (numbers + 1) % hands.length;
  });
  bias.addEventListener("input", adjust);
  at.addEventListener("input", () => {
    stop();
    if (points.length) show(Number(at.value));
  });
  adjust();
  status.textContent = "Press Write, and the network writes what you typed.";
}
