// The demonstration "player": choose a tune, see it on a staff, play it with the sound of a simple synthesiser.

import { element, field } from "./parts.js";

const EIGHTH = 12; // units of time in an eighth note
const LEAD = 0.1; // seconds before the first note, so that nothing is late

// When each note begins and ends, in seconds, and its frequency; `notes` are [time, duration, MIDI number].
export const schedule = (notes, eighthsAMinute) => notes.map(([time, duration, pitch]) => {
  const second = eighthsAMinute * EIGHTH / 60; // units of time in a second
  return { from: time / second, to: (time + duration) / second, hertz: 440 * 2 ** ((pitch - 69) / 12) };
});

// A plucked string, roughly: three partials that die away.
function sound(context, { from, to, hertz }) {
  for (const [partial, loudness] of [[1, 0.16], [2, 0.06], [3, 0.025]]) {
    const oscillator = new OscillatorNode(context, { type: "sine", frequency: partial * hertz });
    const gain = new GainNode(context, { gain: 0 });
    const start = context.currentTime + LEAD + from;
    const end = start + Math.max(0.95 * (to - from), 0.05);
    gain.gain.setValueAtTime(0, start);
    gain.gain.linearRampToValueAtTime(loudness, start + 0.012);
    gain.gain.exponentialRampToValueAtTime(loudness / 4, end - 0.02);
    gain.gain.linearRampToValueAtTime(0, end);
    oscillator.connect(gain).connect(context.destination);
    oscillator.start(start);
    oscillator.stop(end);
  }
}

// Play notes; return how long they last, and a function that stops them. `note` is called with the number of each note
// when it begins, `end` when all were played.
export function play(tune, eighthsAMinute, { note = () => {}, end }) {
  const notes = schedule(tune, eighthsAMinute);
  const context = new AudioContext();
  for (const one of notes) sound(context, one);
  const seconds = notes.at(-1).to;
  const timers = notes.map(({ from }, k) => setTimeout(() => note(k), 1000 * (from + LEAD)));
  timers.push(setTimeout(end, 1000 * (seconds + 2 * LEAD)));
  const stop = () => {
    timers.forEach(clearTimeout);
    if (context.state !== "closed") context.close();
  };
  return { seconds, stop };
}

export async function demonstrate(stage, name) {
  const address = new URL(`../tunes/${name}.json`, import.meta.url);
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${name}.json is not there`);
  const tunes = await response.json();

  const [choice, choiceField] = field("Tune", {}, element("select", {}));
  for (const [k, { title }] of tunes.entries()) choice.append(element("option", { value: k }, title));
  const [speed, speedField, speedValue] = field("Eighth notes a minute", {
    type: "range", min: 120, max: 480, step: 20, value: 320,
  });
  const [playButton, stopButton] = ["Play", "Stop"].map((title) =>
    element("button", { type: "button", class: "live-button" }, title));
  const status = element("p", { class: "live-status", role: "status" });
  const picture = element("img", { class: "live-tune", alt: "" });
  const mark = element("span", { class: "live-mark", hidden: "", "aria-hidden": "true" });
  const sheet = element("div", { class: "live-sheet" }, picture, mark);
  const scroll = element("div", { class: "live-table", role: "group", tabindex: 0, "aria-label": "Staff notation" }, sheet);
  const hint = element("p", { class: "live-hint" }, "The staff is wider than the page: move it sideways.");
  stage.replaceChildren(
    element("div", { class: "live-controls" }, choiceField, speedField),
    element("div", { class: "live-buttons" }, playButton, stopButton), status, hint, scroll,
  );

  let playing = null;
  let now = 0; // the note that is playing

  function end(message) {
    playing?.stop();
    playing = null;
    now = 0;
    mark.hidden = true;
    stage.dataset.state = "stopped";
    status.textContent = message;
    playButton.textContent = "Play";
    if (document.activeElement === stopButton) playButton.focus();
    stopButton.disabled = true;
  }

  // Mark a note on the staff, and move the staff so far that it is seen.
  function show(number) {
    now = number;
    const [right, down] = tunes[choice.value].places[number];
    mark.style.left = `${100 * right}%`;
    mark.style.top = `${100 * down}%`;
    mark.hidden = false;
    const at = right * sheet.clientWidth - scroll.scrollLeft;
    if (at < 20 || at > scroll.clientWidth - 40) scroll.scrollLeft += at - 40;
  }

  // Play from a note on, with the speed of now.
  function begin(first) {
    playing?.stop();
    const { notes } = tunes[choice.value];
    const rest = notes.slice(first).map(([time, duration, pitch]) => [time - notes[first][0], duration, pitch]);
    playing = play(rest, Number(speed.value), { note: (k) => show(first + k), end: () => end("Played to its end.") });
    stage.dataset.state = "playing";
    playButton.textContent = "Play again";
    stopButton.disabled = false;
    const seconds = schedule(notes, Number(speed.value)).at(-1).to;
    status.textContent = `Playing: ${notes.length} notes in ${Math.round(seconds)} seconds.`;
  }

  function choose() {
    end("Choose a tune and press Play.");
    const { title, picture: file } = tunes[choice.value];
    picture.src = new URL(file, address);
    picture.alt = `${title}, on a staff.`;
  }

  playButton.addEventListener("click", () => begin(0));
  stopButton.addEventListener("click", () => end("Stopped."));
  choice.addEventListener("change", choose);
  speed.addEventListener("input", () => {
    speedValue.textContent = speed.value;
    if (playing) begin(now);
  });
  stage.addEventListener("keydown", (event) => event.key === "Escape" && playing && end("Stopped."));
  new ResizeObserver(() => { hint.hidden = scroll.scrollWidth <= scroll.clientWidth; }).observe(sheet);
  window.addEventListener("resize", () => { hint.hidden = scroll.scrollWidth <= scroll.clientWidth; });
  speedValue.textContent = speed.value;
  choose();
}
