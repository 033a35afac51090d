// The moving parts of finite_differences.py.

const wave = (x) => Math.sin(x) + (x * x) / 8;
const forward = (x, h) => (wave(x + h) - wave(x)) / h;
const central = (x, h) => (wave(x + h) - wave(x - h)) / (2 * h);

export function secant({ x, h, method }, constants) {
  const isForward = method === constants.forward;
  const slope = Math.cos(x) + x / 4;
  const found = (isForward ? forward : central)(x, h);
  const ends = isForward ? [x, x + h] : [x - h, x + h];
  const line = (start, rise) => [-9, 9].map((place) => [place, wave(start) + rise * (place - start)]);
  return {
    x: [[x, wave(x)]],
    ends: ends.map((end) => [end, wave(end)]),
    tangent: line(x, slope),
    secant: line(ends[0], found),
    forward: constants.steps.map((step) => [step, forward(x, step)]),
    central: constants.steps.map((step) => [step, central(x, step)]),
    slope: [[-1, slope], [3, slope]],
    quotient: [[h, found]],
  };
}
