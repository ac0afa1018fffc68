// Draw a tune on a staff, or write it in ABC notation: as `lstmbook.notation` does. A note is { bar, place, duration,
// pitch, copied }; time is counted in units of which an eighth note has 12.

import { svgElement } from "./parts.js";

export const BAR = { "4/4": 96, "3/4": 72, "6/8": 72, "9/8": 108, "12/8": 144, "3/8": 36 }; // units of a bar
const BEAT = { "4/4": 48, "3/4": 24 }; // units under one beam; 36 in the other metres
const LETTERS = "CDEFGAB";
const STEPS = [0, 2, 4, 5, 7, 9, 11]; // semitones of C, D, E, ...
const STEP = 3; // from line to space, in pixels of the picture
const UNIT = 1.2; // pixels of a unit of time
const STEM = 6.5; // steps
const CLEF = [ // a line through the staff, from the foot to the curl: right (in steps), line
  [-0.9, -3.2], [-0.3, -4.0], [0.6, -3.4], [0.5, -1.0], [-0.2, 6.0], [0.2, 9.2], [1.0, 8.6], [0.6, 6.2], [-1.0, 4.0],
  [-1.9, 1.8], [-1.0, 0.2], [0.6, 0.0], [1.7, 1.3], [1.2, 3.2], [0.1, 3.6], [-0.7, 2.4], [-0.2, 1.5],
];
const SIGNS = { 1: "♯", 0: "♮", "-1": "♭" };
const SHARPS = [8, 5, 9, 6, 3]; // where the signs of a key stand
const FLATS = [4, 7, 3, 6];

// What a key does to a letter: 1 for a sharp, -1 for a flat.
const inKey = (letter, sharps) =>
  Number("FCGDAEB".slice(0, Math.max(sharps, 0)).includes(letter))
  - Number("BEADGCF".slice(0, Math.max(-sharps, 0)).includes(letter));

// Letter, octave (of middle C: 4) and alteration of a pitch, with a letter of the key where there is one.
function spell(pitch, sharps) {
  const ways = STEPS.map((semitones, k) => {
    const change = ((pitch - semitones + 6) % 12) - 6;
    return { letter: LETTERS[k], octave: Math.floor((pitch - change - semitones) / 12) - 1, change };
  });
  const plain = ways.find(({ letter, change }) => change === inKey(letter, sharps));
  const usual = sharps >= 0 ? 1 : -1;
  const near = ways.filter(({ change }) => Math.abs(change) <= 1);
  return plain ?? near.find(({ change }) => change === 0) ?? near.find(({ change }) => change === usual);
}

// Which sign, if any, has to stand before each note: those of the key and those of the bar so far need none.
function signsOf(notes, sharps) {
  let altered = {};
  return notes.map(({ bar, pitch }, k) => {
    const { letter, octave, change } = spell(pitch, sharps);
    if (bar !== notes[k - 1]?.bar) altered = {};
    const before = altered[letter + octave] ?? inKey(letter, sharps);
    altered[letter + octave] = change;
    return before === change ? null : change;
  });
}

// A smooth line through points (Catmull and Rom), as the path of an SVG.
function smooth(points) {
  const at = (k) => points[Math.min(Math.max(k, 0), points.length - 1)];
  const pieces = points.slice(1).map((end, i) => {
    const [before, from, after] = [at(i - 1), at(i), at(i + 2)];
    const first = from.map((value, k) => value + (end[k] - before[k]) / 6);
    const second = end.map((value, k) => value - (after[k] - from[k]) / 6);
    return `C${[first, second, end].map((point) => point.map((value) => value.toFixed(2))).join(" ")}`;
  });
  return `M${points[0]}${pieces.join("")}`;
}

export function staff(notes, { metre, sharps, barsALine = 4 }) {
  const size = BAR[metre];
  const upbeat = notes[0].bar === 0 ? size - notes[0].place : 0;
  const lineOf = ({ bar }) => Math.floor(Math.max(bar - 1, 0) / barsALine);
  const head = 24 + 7 * Math.abs(sharps);
  const begin = (line) => head + (line === 0 ? 16 + (upbeat && upbeat * UNIT + 5) : 4); // of the line's first full bar
  const height = 20 * STEP;
  const high = 16 * STEP; // from the top of the picture to the lowest line of the first staff
  const x = (note) => note.bar === 0
    ? head + 16 + (note.place - size + upbeat) * UNIT
    : begin(lineOf(note)) + ((note.bar - 1) % barsALine) * (size * UNIT + 8) + note.place * UNIT;
  const stepOf = ({ pitch }) => {
    const { letter, octave } = spell(pitch, sharps);
    return 7 * octave + LETTERS.indexOf(letter) - 30; // 0: the lowest line
  };
  const y = (line, step) => high + height * line - STEP * step;
  const lines = lineOf(notes.at(-1)) + 1;
  const width = Math.max(begin(0), begin(1)) + barsALine * (size * UNIT + 8);
  const bottom = y(lines - 1, -9);
  const svg = svgElement("svg", { viewBox: `0 0 ${width.toFixed(0)} ${bottom}` });
  const draw = (name, attributes, ...children) => svg.append(svgElement(name, attributes, ...children));
  const stroke = (x1, y1, x2, y2, wide, more = {}) => draw("line", { x1, y1, x2, y2, "stroke-width": wide, ...more });

  for (let line = 0; line < lines; line++) {
    const own = notes.filter((note) => lineOf(note) === line);
    const last = begin(line) + ((own.at(-1).bar - 1) % barsALine + 1) * (size * UNIT + 8) - 5;
    for (let k = 0; k < 10; k += 2) stroke(0, y(line, k), last, y(line, k), 0.6, { class: "live-line" });
    draw("path", { d: smooth(CLEF.map(([right, step]) => [9 + STEP * right, y(line, step)])), class: "live-clef" });
    const signs = (sharps > 0 ? SHARPS : FLATS).slice(0, Math.abs(sharps));
    for (const [k, step] of signs.entries())
      draw("text", { x: 20 + 7 * k, y: y(line, step) + 4, class: "live-sign" }, SIGNS[Math.sign(sharps)]);
    if (line === 0)
      for (const [k, number] of metre.split("/").entries())
        draw("text", { x: head + 2, y: y(0, 4 - 4 * k) - 0.5, class: "live-metre" }, number);
    const bars = new Set(own.map(({ bar }) => bar));
    for (const bar of bars) {
      const at = bar === 0 ? begin(0) - 6 : begin(line) + ((bar - 1) % barsALine + 1) * (size * UNIT + 8) - 5;
      stroke(at, y(line, 0), at, y(line, 8), bar === notes.at(-1).bar ? 2 : 0.8);
    }
  }

  // Notes under one beam share the direction of their stems.
  const signs = signsOf(notes, sharps);
  const groupOf = ({ bar, place }) => 1000 * bar + Math.floor(place / (BEAT[metre] ?? 36));
  for (let start = 0, stop; start < notes.length; start = stop) {
    stop = start + 1;
    const short = (k) => notes[k].duration < 24;
    while (short(start) && stop < notes.length && groupOf(notes[stop]) === groupOf(notes[start]) && short(stop)) stop++;
    const members = notes.slice(start, stop);
    const steps = members.map(stepOf);
    const line = lineOf(members[0]);
    const up = steps.reduce((a, b) => a + b) / steps.length < 4;
    const tip = y(line, up ? Math.max(...steps) + STEM : Math.min(...steps) - STEM);
    const side = up ? 3 : -3;
    for (const [i, note] of members.entries()) {
      const [cx, cy, step] = [x(note) + 4, y(line, steps[i]), steps[i]];
      const mark = svgElement("g", { class: `live-note${note.copied > 0.5 ? " live-copied" : ""}` });
      const add = (name, attributes, ...children) => mark.append(svgElement(name, attributes, ...children));
      for (let k = -2; k >= step; k -= 2)
        stroke(cx - 5.5, y(line, k), cx + 5.5, y(line, k), 0.7, { class: "live-line" });
      for (let k = 10; k <= step; k += 2)
        stroke(cx - 5.5, y(line, k), cx + 5.5, y(line, k), 0.7, { class: "live-line" });
      const turn = `rotate(-20 ${cx.toFixed(2)} ${cy})`;
      add("ellipse", { cx, cy, rx: 3.4, ry: 2.6, transform: turn, class: note.duration >= 48 ? "live-open" : "" });
      if ([18, 36, 72].includes(note.duration)) add("circle", { cx: cx + 6, cy: cy - 1.5, r: 0.9 });
      if (signs[start + i] !== null)
        add("text", { x: cx - 10, y: cy + 4, class: "live-sign" }, SIGNS[signs[start + i]]);
      const stem = cx + side;
      if (note.duration < 96) add("line", { x1: stem, y1: cy, x2: stem, y2: tip, "stroke-width": 0.9 });
      for (let level = 0; level < 2; level++) {
        const belongs = (k) => members[k]?.duration < [24, 9][level];
        if (!belongs(i)) continue;
        const at = tip + (up ? 1 : -1) * 4 * level;
        const beam = { y1: at, y2: at, "stroke-width": 2.4, class: "live-beam" };
        if (members.length === 1)
          add("path", { d: `M${stem} ${at}q5 ${up ? 4 : -4} 4 ${up ? 9 : -9}`, class: "live-flag" });
        else if (belongs(i + 1))
          svg.append(svgElement("line", { x1: stem - 0.45, x2: x(members[i + 1]) + 4 + side + 0.45, ...beam }));
        else if (!belongs(i - 1))
          svg.append(svgElement("line", { x1: stem, x2: stem + (i === 0 ? 4 : -4), ...beam }));
      }
      svg.append(mark);
    }
  }
  return svg;
}

// The length of a note in eighths: "2", "3/2", "/2", nothing for one.
function eighths(duration) {
  const divisor = (a, b) => (b ? divisor(b, a % b) : a);
  const common = divisor(duration, 12);
  const [top, bottom] = [duration / common, 12 / common];
  return (top === 1 ? "" : String(top)) + (bottom === 1 ? "" : `/${bottom}`);
}

// A tune in ABC notation, which many programs and web pages can print and play.
export function abc(notes, { metre, sharps, title = "A tune" }) {
  const size = BAR[metre];
  // A note that lasts over a bar line is cut there.
  const pieces = notes.flatMap(({ bar, place, duration, pitch }) => {
    const parts = [];
    for (let left = duration; left > 0;) {
      const length = Math.min(left, size - place);
      parts.push({ bar, duration: length, pitch, tied: left > length });
      [left, bar, place] = [left - length, bar + 1, 0];
    }
    return parts;
  });
  const signs = signsOf(pieces, sharps);
  const words = pieces.map(({ bar, duration, pitch, tied }, k) => {
    const { letter, octave } = spell(pitch, sharps);
    const line = k && bar !== pieces[k - 1].bar ? (bar % 4 === 1 ? "|\n" : "| ") : "";
    const sign = signs[k] === null ? "" : { 1: "^", 0: "=", "-1": "_" }[signs[k]];
    const name = octave > 4 ? letter.toLowerCase() + "'".repeat(octave - 5) : letter + ",".repeat(4 - octave);
    return `${line}${sign}${name}${eighths(duration)}${tied ? "-" : ""}`;
  });
  const key = { 0: "C", 1: "G", 2: "D", 3: "A", "-1": "F" }[sharps];
  return `X:1\nT:${title}\nM:${metre}\nL:1/8\nK:${key}\n${words.join(" ")} |]`;
}
