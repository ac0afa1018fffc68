// A trained LSTM network in a page: this file, typed arrays and the weights are all
// there is. The appendix of the book, "Networks in the page", reads it with you. As
// in Keras, vectors are rows, and a layer computes x W + b.

// --------------------------------------------------------------------------------
// The layers

// A matrix is { shape: [rows, columns], values: its rows one after the other }. Add
// the product of a row and a matrix:
export function addProduct(sum, row, { shape: [rows, columns], values }) {
  for (let j = 0; j < rows; j++) {
    if (row[j] === 0) continue; // as all but one entry of a one-hot vector
    for (let k = 0; k < columns; k++) sum[k] += row[j] * values[j * columns + k];
  }
  return sum;
}

const sigmoid = (z) => 1 / (1 + Math.exp(-z));

// One step of an LSTM layer: an input x and the states h and c of the step before
// become the new states. The gates are returned as well, for those who want to look
// at them.
export function lstmStep([kernel, recurrentKernel, bias], x, { h, c }) {
  const z = Float64Array.from(bias.values);
  addProduct(z, x, kernel);
  addProduct(z, h, recurrentKernel);

  const n = h.length; // units; z is four blocks of n, in Keras's order: i, f, c, o
  const block = (number) => z.subarray(number * n, (number + 1) * n);
  const input = block(0).map(sigmoid);
  const forget = block(1).map(sigmoid);
  const candidate = block(2).map(Math.tanh);
  const output = block(3).map(sigmoid);

  // Keep some, write some; then show some.
  const cell = c.map((old, k) => forget[k] * old + input[k] * candidate[k]);
  const hidden = cell.map((value, k) => output[k] * Math.tanh(value));
  return { h: hidden, c: cell, gates: { input, forget, candidate, output } };
}

export function dense([kernel, bias], x) {
  return addProduct(Float64Array.from(bias.values), x, kernel);
}

export const relu = (x) => x.map((value) => Math.max(value, 0));

// A row of an embedding's table, and several rows put one after the other.
export const rowOf = ({ shape: [, columns], values }, k) =>
  values.subarray(k * columns, (k + 1) * columns);
export const concatenate = (...rows) => Float64Array.from(rows.flatMap((row) => [...row]));

export const dot = (a, b) => a.reduce((sum, value, k) => sum + value * b[k], 0);

// The soft window of Graves: where in a text is a pen? A dense layer of the LSTM's
// output h gives three numbers for each of some bells: how high it is, how narrow,
// and how far it moves on. `text` has a row for each character; returned are the new
// places of the bells, the weight of each character, and the weighted sum of rows.
export function windowStep(layer, h, places, text, pace = 0.1) {
  const n = places.length;
  const numbers = dense(layer, h);
  const height = softmax(numbers.subarray(0, n));
  const narrow = numbers.subarray(n, 2 * n).map(Math.exp);
  const moved = places.map((place, k) => place + pace * Math.exp(numbers[2 * n + k]));

  const [characters, size] = text.shape;
  const weights = new Float64Array(characters).map((_, u) =>
    height.reduce((sum, a, k) => sum + a * Math.exp(-narrow[k] * (moved[k] - u) ** 2), 0));
  const seen = addProduct(new Float64Array(size), weights, text);
  return { places: moved, weights, seen };
}

// Additive attention, of Bahdanau and others: which rows of `cells` fit the query?
// `keys` is what a dense layer made of the cells, once for all steps.
export function attend(query, keys, cells, scale) {
  const [count, size] = cells.shape;
  const scores = Float64Array.from({ length: count }, (_, i) =>
    rowOf(keys, i).reduce((sum, key, k) => sum + scale[k] * Math.tanh(query[k] + key), 0));
  const weights = softmax(scores);
  const seen = addProduct(new Float64Array(size), weights, cells);
  return { weights, seen };
}

// A network that reads one symbol a step and gives one score for each possible
// answer. Its states are not kept in it but handed on from call to call, so one
// network can read many sequences.
export class Network {
  constructor(description, layers) {
    this.description = description; // what the JSON file says
    this.vocabulary = description.vocabulary;
    this.layers = layers; // [{ kind: "embedding" | "lstm" | "dense", arrays: [...] }, ...]
  }

  // The states before the first step: zeros.
  start() {
    const recurrent = this.layers.filter((layer) => layer.kind === "lstm");
    return recurrent.map(({ arrays }) => {
      const units = arrays[1].shape[0];
      return { h: new Float64Array(units), c: new Float64Array(units) };
    });
  }

  // Read the symbol with this number in the vocabulary.
  step(symbol, states) {
    let x = new Float64Array(this.vocabulary.length); // one-hot
    x[symbol] = 1;
    const after = [];
    for (const { kind, arrays } of this.layers) {
      if (kind === "lstm") {
        after.push(lstmStep(arrays, x, states[after.length]));
        x = after.at(-1).h;
      } else if (kind === "embedding") {
        const nothing = new Float64Array(arrays[0].shape[1]);
        x = addProduct(nothing, x, arrays[0]); // the symbol's row of the table
      } else {
        x = dense(arrays, x);
      }
    }
    return { scores: x, states: after };
  }

  // Read several symbols and return what the last one gave.
  read(symbols, states = this.start()) {
    let result = { scores: null, states };
    for (const symbol of symbols) result = this.step(symbol, result.states);
    return result;
  }

  // The numbers of the symbols of a text; those that the network does not know are
  // left out.
  numbers(text) {
    const numbers = [...text].map((letter) => this.vocabulary.indexOf(letter));
    return numbers.filter((number) => number >= 0);
  }
}

// --------------------------------------------------------------------------------
// From scores to a choice

const largest = (values) =>
  values.reduce((best, value, k) => (value > values[best] ? k : best), 0);

// A low temperature sharpens the differences, a high one levels them; 0 leaves only
// the largest.
export function softmax(scores, temperature = 1) {
  const best = largest(scores);
  if (temperature === 0) return scores.map((_, k) => (k === best ? 1 : 0));
  const gaps = scores.map((score) => score - scores[best]); // so that none is too large
  const weights = gaps.map((gap) => Math.exp(gap / temperature));
  const sum = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / sum);
}

// Keep the `topK` likeliest, and of these the fewest that make up the share
// `nucleus`; the rest gets probability 0.
export function cut(probabilities, { topK = Infinity, nucleus = 1 } = {}) {
  const order = [...probabilities.keys()]; // the likeliest first
  order.sort((a, b) => probabilities[b] - probabilities[a] || a - b);
  const kept = new Float64Array(probabilities.length);
  let sum = 0;
  for (const k of order.slice(0, topK)) {
    kept[k] = probabilities[k];
    sum += kept[k];
    if (sum >= nucleus) break;
  }
  return kept.map((p) => p / sum);
}

// Random numbers from 0 to 1 that are the same for the same seed (mulberry32, by
// Tommy Ettinger, in the public domain).
export function mulberry32(seed) {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

// Draw a number: 0 with the first probability, 1 with the second, ...
export function draw(probabilities, random) {
  let left = random();
  let last = 0; // the last possible one gets what rounding may leave of 1
  for (let k = 0; k < probabilities.length; k++) {
    if (probabilities[k] === 0) continue;
    last = k;
    left -= probabilities[k];
    if (left < 0) break;
  }
  return last;
}

// Write on, symbol by symbol: each is drawn from what the network expects after all
// before it. `options` has `random` and may have `temperature`, `topK` and
// `nucleus`; it is looked up each time, so it can be changed on the way.
export function* write(network, { scores, states }, options) {
  while (true) {
    const probabilities = softmax(scores, options.temperature);
    const kept = cut(probabilities, options);
    const symbol = draw(kept, options.random);
    yield { symbol, probabilities, kept };
    ({ scores, states } = network.step(symbol, states));
  }
}

// Make a mixture of Gaussians surer of itself, as Graves does: raise the likelier
// ones, and narrow all of them. 0 changes nothing.
export function tidy(parameters, bias) {
  const n = parameters.length / 6;
  return parameters.map((value, k) => {
    const block = Math.floor(k / n);
    if (block === 0) return value * (1 + bias);
    return block === 3 || block === 4 ? value - bias : value;
  });
}

// A point in the plane from a mixture of Gaussians, as `lstmbook.mixture.sample`
// draws it. The network gives six numbers for each Gaussian, in six blocks: scores
// of the weights, two means, logarithms of two standard deviations, and the
// correlation before the tanh.
export function sampleMixture(parameters, random, temperature = 1) {
  const n = parameters.length / 6;
  const chosen = draw(softmax(parameters.slice(0, n), temperature), random);
  const own = (block) => parameters[block * n + chosen];
  const [mean1, mean2] = [own(1), own(2)];
  const sigma1 = Math.sqrt(temperature) * (Math.exp(own(3)) + 0.01);
  const sigma2 = Math.sqrt(temperature) * (Math.exp(own(4)) + 0.01);
  const rho = 0.99 * Math.tanh(own(5));

  // Box and Muller: two uniform numbers make two normal ones.
  const radius = Math.sqrt(-2 * Math.log(1 - random()));
  const angle = 2 * Math.PI * random();
  const z1 = radius * Math.cos(angle);
  const z2 = radius * Math.sin(angle);
  const correlated = rho * z1 + Math.sqrt(1 - rho ** 2) * z2;
  return [mean1 + sigma1 * z1, mean2 + sigma2 * correlated];
}

// --------------------------------------------------------------------------------
// The weights

// A float16 has 1 bit for the sign, 5 for the exponent and 10 for the fraction.
export function half(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

// One array out of the file: bytes as they are, float16, or int8 with a scale
// (float32) for each column.
function decode(bytes, { shape, format, at, scales }) {
  const size = shape.reduce((a, b) => a * b);
  if (format === "uint8") return { shape, values: new Uint8Array(bytes, at, size) };
  if (format === "float16")
    return { shape, values: Float32Array.from(new Uint16Array(bytes, at, size), half) };
  const columns = shape.at(-1);
  const scale = new Float32Array(bytes, scales, columns);
  const steps = new Int8Array(bytes, at, size);
  return { shape, values: Float32Array.from(steps, (q, k) => q * scale[k % columns]) };
}

// Fetch a description and its file; return it with a function that takes an array out
// of the file.
export async function open(name) {
  const get = async (address) => {
    const response = await fetch(new URL(address, import.meta.url));
    if (!response.ok) throw new Error(`${address} is not there`);
    return response;
  };
  const description = await (await get(`${name}.json`)).json();
  const wanted = description.sha256;
  const bytes = await (await get(`${name}.bin?${wanted.slice(0, 8)}`)).arrayBuffer();
  if (crypto.subtle) { // browsers offer it on secure addresses only
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    const found = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    if (found !== wanted) throw new Error(`${name}.bin does not belong to ${name}.json`);
  }
  return { description, array: (place) => decode(bytes, place) };
}

// A network whose layers lie one on top of the other.
export async function load(name) {
  const { description, array } = await open(name);
  const layers = description.layers.map(({ kind, arrays }) => {
    return { kind, arrays: arrays.map(array) };
  });
  return new Network(description, layers);
}

// The layers of any other network, by their names.
export async function loadParts(name) {
  const { description, array } = await open(name);
  const arrays = ({ name: part, arrays: places }) => [part, places.map(array)];
  const parts = Object.fromEntries(description.layers.map(arrays));
  return { description, parts, array };
}
