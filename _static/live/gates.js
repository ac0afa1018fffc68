// The demonstration "gates": type digits, and see what the gates of some units do, and what the network would answer.

import { load, mulberry32, softmax } from "./lstm.js";
import { element, field, svgElement } from "./parts.js";

const MOST = 40; // digits
const LENGTHS = [10, 40]; // of random digits, for the buttons
const SEED = 2; // with which the first forty digits are among those that the network gets wrong
const PANELS = [
  ["forget", "Forget gate: how much is kept"],
  ["input", "Input gate: how much is written"],
  ["output", "Output gate: how much is shown"],
  ["state", "Cell state: the memory"],
];

// Let the network read the digits; return what it would answer after each of them, and its gates and cell state.
// `extra` is added to the biases of the forget gates: block 1 of the four, as in `lstmStep`.
export function readAll(network, symbols, extra = 0) {
  const [lstm, ...rest] = network.layers;
  const [kernel, recurrentKernel, bias] = lstm.arrays;
  const units = recurrentKernel.shape[0];
  const values = bias.values.map((b, k) => (Math.floor(k / units) === 1 ? b + extra : b));
  const opened = { kind: "lstm", arrays: [kernel, recurrentKernel, { ...bias, values }] };
  const changed = Object.assign(Object.create(network), { layers: [opened, ...rest] });
  const steps = [];
  let states = changed.start();
  for (const symbol of symbols) {
    const { scores, states: after } = changed.step(symbol, states);
    states = after;
    const { c, gates } = states[0];
    steps.push({ answer: softmax(scores), forget: gates.forget, input: gates.input, output: gates.output, state: c });
  }
  return steps;
}

// A number from 0 to 1 as the strength of a colour; the cell state has a colour for each sign.
const strength = (name, value) => Math.min(Math.abs(value) / (name === "state" ? 2 : 1), 1).toFixed(2);

function heatMap(name, steps, units, digits, chosen, choose) {
  const [left, row, width] = [34, 15, 340];
  const column = Math.min((width - left) / digits.length, 30);
  const height = 18 + units.length * row;
  const svg = svgElement("svg", { viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" });
  svg.append(svgElement("text", { x: left - 6, y: 12, "text-anchor": "end" }, "unit"));
  for (const [k, unit] of units.entries())
    svg.append(svgElement("text", { x: left - 6, y: 29 + k * row, "text-anchor": "end" }, unit));
  for (const [t, step] of steps.entries()) {
    const x = left + t * column;
    const style = `font-size: ${Math.min(11, 1.3 * column)}px`;
    svg.append(svgElement("text", { x: x + column / 2, y: 12, "text-anchor": "middle", style }, digits[t]));
    for (const [k, unit] of units.entries()) {
      const value = step[name][unit];
      const place = { x, y: 18 + k * row, width: column - 1, height: row - 1 };
      svg.append(svgElement("rect", { ...place, class: "live-empty" }));
      svg.append(svgElement("rect", {
        ...place,
        class: value < 0 ? "live-minus" : "live-plus",
        "fill-opacity": strength(name, value),
      }));
    }
    if (t === chosen)
      svg.append(svgElement("rect", { x: x - 1, y: 1, width: column + 1, height: height - 2, class: "live-frame" }));
  }
  svg.addEventListener("click", (event) => {
    const box = svg.getBoundingClientRect();
    const t = Math.floor((((event.clientX - box.left) / box.width) * width - left) / column);
    if (t >= 0 && t < digits.length) choose(t);
  });
  return svg;
}

function bars(answer, vocabulary) {
  const best = answer.indexOf(Math.max(...answer));
  const svg = svgElement("svg", { viewBox: "0 0 340 92", "aria-hidden": "true" });
  for (const [k, p] of answer.entries()) {
    const x = 4 + k * 33;
    svg.append(svgElement("rect", { x, y: 14, width: 28, height: 60, class: "live-empty" }));
    svg.append(svgElement("rect", { x, y: 74 - 60 * p, width: 28, height: 60 * p, class: "live-plus" }));
    svg.append(svgElement("text", { x: x + 14, y: 88, "text-anchor": "middle" }, vocabulary[k]));
    if (k === best) svg.append(svgElement("text", { x: x + 14, y: 10, "text-anchor": "middle" }, p.toFixed(2)));
  }
  return svg;
}

function numbers(step, units) {
  const table = element("table", {}, element("caption", {}, "Gates and cell state of these units at this step"));
  const head = ["unit", "forget", "input", "output", "state"];
  table.append(element("tr", {}, ...head.map((name) => element("th", { scope: "col" }, name))));
  for (const unit of units) {
    const values = PANELS.map(([name]) => element("td", {}, step[name][unit].toFixed(2)));
    table.append(element("tr", {}, element("th", { scope: "row" }, String(unit)), ...values));
  }
  return table;
}

export async function demonstrate(stage, name) {
  const network = await load(name);
  const { digits: example, show: units } = network.description.example;

  const [text, textField] = field("Digits", { type: "text", inputmode: "numeric", maxlength: MOST, value: example });
  const [at, atField, atValue] = field("Ask after step", { type: "range", min: 1, max: 1, value: 1 });
  const [extra, extraField, extraValue] = field("Added to the forget biases", {
    type: "range", min: 0, max: 4, step: 0.5, value: 0,
  });
  const buttons = LENGTHS.map((count) =>
    element("button", { type: "button", class: "live-button" }, `${count} random digits`));
  const answer = element("p", { class: "live-answer", role: "status" });
  const probabilities = element("figure", {});
  const panels = element("div", { class: "live-panels" });
  const legend = element("p", { class: "live-legend" },
    `Rows: ${units.length} of the ${network.layers[0].arrays[1].shape[0]} units, with their numbers. `
    + "Full colour: the gate is open (1); no colour: it is shut (0). "
    + "Cell state: blue above zero, orange below, full colour from 2 on.");
  const details = element("details", {}, element("summary", {}, "The numbers at this step"));
  const table = element("div", {
    class: "live-table", tabindex: 0, role: "region", "aria-label": "Numbers at this step",
  });
  details.append(table);
  stage.replaceChildren(
    element("div", { class: "live-controls" }, textField, atField, extraField),
    element("div", { class: "live-buttons" }, ...buttons),
    answer, probabilities, panels, legend, details,
  );

  let steps = [];
  let digits = [];

  function show() {
    const chosen = Number(at.value) - 1;
    atValue.textContent = at.value;
    extraValue.textContent = `+ ${Number(extra.value).toFixed(1)}`;
    panels.replaceChildren();
    probabilities.replaceChildren();
    table.replaceChildren();
    if (!steps.length) {
      answer.textContent = "Type some digits, for example 4703391582.";
      return;
    }
    const step = steps[chosen];
    const best = step.answer.indexOf(Math.max(...step.answer));
    const says = `After ${chosen + 1} of ${digits.length} digits the network says ${network.vocabulary[best]}, `
      + `with probability ${step.answer[best].toFixed(2)}.`;
    const truth = chosen < 1 ? " It has not read a second digit yet."
      : ` The second digit was ${digits[1]}: ${digits[1] === network.vocabulary[best] ? "right" : "wrong"}.`;
    const unknown = [...text.value].length - digits.length;
    answer.textContent = says + truth + (unknown ? " It reads digits only: the rest is left out." : "");
    const title = element("figcaption", {}, "Probability of each answer");
    probabilities.append(title, bars(step.answer, network.vocabulary));
    for (const [key, title] of PANELS)
      panels.append(element("figure", {}, element("figcaption", {}, title),
        heatMap(key, steps, units, digits, chosen, (t) => { at.value = t + 1; show(); })));
    table.append(numbers(step, units));
  }

  function read() {
    const symbols = network.numbers(text.value);
    digits = symbols.map((symbol) => network.vocabulary[symbol]);
    steps = readAll(network, symbols, Number(extra.value));
    at.max = Math.max(digits.length, 1);
    show();
  }

  function readAndAsk() {
    read();
    at.value = at.max; // ask after the last digit
    show();
  }

  text.addEventListener("input", readAndAsk);
  for (const [k, button] of buttons.entries()) {
    const random = mulberry32(SEED);
    button.addEventListener("click", () => {
      text.value = Array.from({ length: LENGTHS[k] }, () => Math.floor(10 * random())).join("");
      readAndAsk();
    });
  }
  at.addEventListener("input", show);
  extra.addEventListener("input", read);
  readAndAsk();
}
