// The demonstration "composer": a network of the chapter on fiddle tunes writes a new tune, which is drawn on a staff
// and can be played. Part for part it is what the chapter builds in Keras: an LSTM with a copy head.

import { concatenate, dense, dot, draw, loadParts, lstmStep, mulberry32, relu, rowOf, softmax } from "./lstm.js";
import { element, field } from "./parts.js";
import { play } from "./player.js";
import { abc, BAR, staff } from "./staff.js";

const KINDS = ["p", "d"]; // pitch, duration
const BARS = [1, 2, 3, 4, 6, 8, 12, 16]; // how many bars ago: marks of the copy head
const AGO = [1, 2, 4, 8, 16]; // how many bars ago: inputs of the LSTM
const LONGEST = 8; // so many notes are compared
const KEY = [1, 2, 4, 6, 7, 9, 11]; // the notes of D major, modulo 12

// --------------------------------------------------------------------------------------------------------------------
// Looking back

// How many symbols before the places i and j agree?
function agreement(symbols, i, j) {
  let k = 0;
  while (k < LONGEST && i > k && symbols[i - 1 - k] === symbols[j - 1 - k]) k++;
  return k;
}

// Each earlier note of this tune: how many pitches before it agree with those before the next note, and how many bars
// lie between, if it stood at the same place?
function lookBack({ p, spot, bar }) {
  const now = p.length;
  return p.map((_, j) => {
    const apart = spot[j] === spot[now] ? bar[now] - bar[j] : 0;
    return { j, match: agreement(p, j, now), apart };
  });
}

// --------------------------------------------------------------------------------------------------------------------
// The network

// The marks of an earlier note, as the copy head sees them.
const marksOf = ({ match, apart }) => [
  1, ...[1, 2, 3, 4, 6, 8].map((k) => Number(match >= k)), ...BARS.map((bars) => Number(apart === bars)),
  Number(apart > 0 && !BARS.includes(apart)),
];

export class Composer {
  constructor({ description, parts }) {
    Object.assign(this, { description, parts });
  }

  // An empty tune whose first note begins at this place (a number of the table of places) in this bar.
  begin(spot, bar) {
    const units = this.parts.lstm[1].shape[0];
    const states = { h: new Float64Array(units), c: new Float64Array(units) };
    return { p: [], d: [], spot: [spot], bar: [bar], states, keys: [] };
  }

  // What the network expects of the next note: probabilities of pitches and durations, and the share it copies.
  expect(tune) {
    const { parts } = this;
    const now = tune.p.length;
    const past = lookBack(tune);

    // What the LSTM reads: nine numbers, each embedded.
    const last = KINDS.map((kind) => tune[kind][now - 1] ?? -1);
    const then = AGO.map((bars) => past.findLast(({ apart }) => apart === bars));
    const step = [...last, tune.spot[now], tune.bar[now] % 8, ...then.map((note) => (note ? tune.p[note.j] : -1))];
    const embedded = step.map((number, i) => rowOf(parts.embeddings[i], number + 1));
    tune.states = lstmStep(parts.lstm, concatenate(...embedded), tune.states);
    const { h } = tune.states;

    // The copy head shares out one unit of trust: for a note of its own, and for each
    // earlier note.
    const query = dense(parts.query, h);
    const weight = dense(parts.marks, h);
    const fits = (note, k) =>
      dot(query, tune.keys[k]) / 8 + dot(weight, marksOf(note));
    const scores = past.map(fits);
    const [own, ...copied] = softmax(concatenate(dense(parts.own, h), scores));
    tune.keys.push(dense(parts.key, h));

    const hidden = relu(dense(parts.hidden, h));
    const [p, d] = KINDS.map((kind) => {
      const alone = softmax(dense(parts[`scores ${kind}`], hidden));
      const mixture = alone.map((value) => own * value);
      for (const { j } of past) mixture[tune[kind][j]] += copied[j];
      return mixture;
    });
    return { p, d, copied: 1 - own };
  }

  // Write a note into the tune, and where the next one begins.
  add(tune, p, d) {
    const { durations, spots } = this.description;
    const now = tune.p.length;
    const [metre, place] = spots[tune.spot[now]];
    const time = place + durations[d];
    const next = spots.findIndex(([other, at]) => other === metre && at === time % BAR[metre]);
    tune.p.push(p);
    tune.d.push(d);
    tune.spot.push(next);
    tune.bar.push(tune.bar[now] + Math.floor(time / BAR[metre]));
  }

  // Write a tune note by note. The upbeat is drawn from those of the training tunes.
  * write({ metre, temperature, bars, seed }) {
    const { pitches, durations, spots, starts } = this.description;
    const random = mulberry32(seed);
    const spot = Number(Object.keys(starts[metre])[draw(Object.values(starts[metre]), random)]);
    const tune = this.begin(spot, spots[spot][1] ? 0 : 1);
    while (tune.bar.at(-1) <= bars) {
      const [bar, place] = [tune.bar.at(-1), spots[tune.spot.at(-1)][1]];
      const { p, d, copied } = this.expect(tune);
      const [pitch, length] = [p, d].map((shares) => softmax(shares.map((share) => Math.log(share + 1e-7)), temperature));
      const known = (duration) =>
        spots.some(([other, at]) => other === metre && at === (place + duration) % BAR[metre]);
      const possible = length.map((share, k) => (known(durations[k]) ? share : 0));
      const sum = possible.reduce((a, b) => a + b);
      const chosen = [draw(pitch, random), draw(possible.map((share) => share / sum), random)];
      this.add(tune, ...chosen);
      const duration = Math.min(durations[chosen[1]], (bars + 1 - bar) * BAR[metre] - place); // not beyond the last bar
      yield { bar, place, duration, pitch: pitches[chosen[0]], copied };
    }
  }
}

// What the chapter measures: how many bars repeat an earlier one, and the share of notes in the key.
export function judge(notes) {
  const bars = {};
  for (const { bar, place, pitch } of notes) (bars[bar] ??= []).push(`${place} ${pitch}`);
  const different = new Set(Object.values(bars).map(String));
  const count = Object.keys(bars).length;
  const inKey = notes.filter(({ pitch }) => KEY.includes(pitch % 12)).length;
  return { bars: count, again: count - different.size, inKey: inKey / notes.length };
}

// --------------------------------------------------------------------------------------------------------------------
// The page

const percent = (share) => `${Math.round(100 * share)}\u00a0%`;
const METRES = { "4/4": "4/4, as reels and hornpipes", "6/8": "6/8, as jigs", "9/8": "9/8, as slip jigs" };

export async function demonstrate(stage, name) {
  const composer = new Composer(await loadParts(name));
  const { example } = composer.description;
  const still = matchMedia("(prefers-reduced-motion: reduce)");

  const [metre, metreField] = field("Metre", {}, element("select", {}));
  for (const [value, title] of Object.entries(METRES)) metre.append(element("option", { value }, title));
  metre.value = example.metre;
  const [temperature, temperatureField, temperatureValue] = field("Temperature", {
    type: "range", min: 0, max: 1.5, step: 0.05, value: example.temperature,
  });
  const [seed, seedField] = field("Seed", { type: "number", min: 0, max: 999999, step: 1, value: example.seed });
  const [speed, speedField, speedValue] = field("Eighth notes a minute", {
    type: "range", min: 120, max: 480, step: 20, value: 320,
  });
  const [newButton, anotherButton, playButton, stopButton] = ["New tune", "Another", "Play", "Stop"].map((title) =>
    element("button", { type: "button", class: "live-button" }, title));
  const status = element("p", { class: "live-status", role: "status" });
  const picture = element("figure", { class: "live-staff" });
  const legend = element("p", { class: "live-legend" },
    "Blue notes: here the copy head gave more than half of its trust to earlier notes of the tune.");
  const text = element("pre", {});
  const details = element("details", {}, element("summary", {}, "The tune as text, in ABC notation"), text);
  const result = element("div", {}, picture, legend, details);
  stage.replaceChildren(
    element("div", { class: "live-controls" }, metreField, temperatureField, seedField, speedField),
    element("div", { class: "live-buttons" }, newButton, anotherButton, playButton, stopButton), status, result,
  );
  result.hidden = true;

  let tune = null; // { notes, metre }
  let turn = 0; // counts what was begun, so that an older one stops by itself
  let silence = null; // stops what is played

  function show() {
    const wide = stage.clientWidth > 560;
    const svg = staff(tune.notes, { metre: tune.metre, sharps: 2, barsALine: wide ? 4 : 2 });
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", `The new tune on a staff: ${tune.notes.length} notes, ${tune.metre}, two sharps.`);
    picture.replaceChildren(svg);
    result.hidden = false;
  }

  function hush(message) {
    silence?.();
    silence = null;
    turn += 1;
    stage.dataset.state = "stopped";
    for (const note of picture.querySelectorAll(".live-sounding")) note.classList.remove("live-sounding");
    if (message) status.textContent = message;
  }

  async function compose() {
    hush();
    const mine = turn;
    const settings = {
      metre: metre.value, temperature: Number(temperature.value), bars: example.bars, seed: Number(seed.value),
    };
    tune = { notes: [], metre: settings.metre };
    stage.dataset.state = "writing";
    status.textContent = "Writing.";
    text.textContent = "";
    let began = performance.now();
    for (const note of composer.write(settings)) {
      const newBar = note.bar !== tune.notes.at(-1)?.bar;
      if (newBar && tune.notes.length && !still.matches) show(); // with less motion: all at once, at the end
      tune.notes.push(note);
      if (performance.now() - began < 40) continue;
      await new Promise((resolve) => { setTimeout(resolve); }); // let the page breathe
      if (turn !== mine) return;
      began = performance.now();
    }
    show();
    text.textContent = abc(tune.notes, { metre: tune.metre, sharps: 2, title: `New tune, seed ${settings.seed}` });
    const { bars, again, inKey } = judge(tune.notes);
    stage.dataset.state = "stopped";
    status.textContent = `${tune.notes.length} notes. Of ${bars} bars, ${again} repeat an earlier one; `
      + `${percent(inKey)} of the notes are in the key. Press Play to hear it.`;
  }

  function sound() {
    if (!tune?.notes.length || stage.dataset.state === "writing") {
      status.textContent = "Ask for a new tune first.";
      return;
    }
    hush();
    const size = BAR[tune.metre];
    const first = tune.notes[0].bar * size + tune.notes[0].place;
    const notes = tune.notes.map(({ bar, place, duration, pitch }) => [bar * size + place - first, duration, pitch]);
    stage.dataset.state = "playing";
    const heads = [...picture.querySelectorAll(".live-note")];
    const { stop, seconds } = play(notes, Number(speed.value), {
      note: (k) => {
        heads[k - 1]?.classList.remove("live-sounding");
        heads[k].classList.add("live-sounding");
      },
      end: () => hush("Played to its end."),
    });
    silence = stop;
    status.textContent = `Playing: ${notes.length} notes in ${Math.round(seconds)} seconds.`;
  }

  newButton.addEventListener("click", compose);
  anotherButton.addEventListener("click", () => {
    seed.value = Number(seed.value) + 1;
    compose();
  });
  playButton.addEventListener("click", sound);
  stopButton.addEventListener("click", () => hush("Stopped."));
  stage.addEventListener("keydown", (event) => event.key === "Escape" && hush("Stopped."));
  seed.addEventListener("keydown", (event) => event.key === "Enter" && compose());
  const adjust = () => {
    temperatureValue.textContent = Number(temperature.value).toFixed(2);
    speedValue.textContent = speed.value;
  };
  temperature.addEventListener("input", adjust);
  speed.addEventListener("input", adjust);
  adjust();
  status.textContent = "Press New tune, and the network writes one.";
}
