// The moving parts of gradient_descent.py.

const LANDSCAPES = {
  hills: [(x) => (x * x) / 20 + x / 10 + Math.cos(2 * x), (x) => x / 10 + 0.1 - 2 * Math.sin(2 * x)],
  bowl: [(x) => (x - 3) ** 2 / 5, (x) => (2 * (x - 3)) / 5],
};

export function descent({ start, learning_rate, landscape, rule }, { step, gradient, tolerance, most, far }) {
  const [f, slope] = LANDSCAPES[landscape];
  const path = [start];
  for (;;) {
    const x = path.at(-1);
    const after = x - learning_rate * slope(x);
    if ((rule === gradient && Math.abs(slope(x)) < tolerance) || path.length > most || Math.abs(x) > far) break;
    path.push(after);
    if (rule === step && Math.abs(after - x) < tolerance) break;
  }
  const shown = path.filter((x) => Math.abs(x) <= 10).map((x) => [x, f(x)]);
  const end = Math.abs(path.at(-1)) <= 10 ? shown.slice(-1) : [];
  return { start: [[start, f(start)]], path: shown, end };
}

export function blobs({ blue, red, green }, { offsets }) {
  const cloud = (centre, i) => offsets[i].map(([x, y]) => [centre[0] + x, centre[1] + y]);
  return { "blue points": cloud(blue, 0), "red points": cloud(red, 1), "green points": cloud(green, 2) };
}
