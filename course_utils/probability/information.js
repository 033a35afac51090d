// The moving parts of information.py.

const sum = (values) => values.reduce((total, value) => total + value, 0);
const normalised = (weights) => weights.map((weight) => (sum(weights) ? weight / sum(weights) : 1 / weights.length));
const cross = (p, q) => sum(p.map((chance, i) => (chance ? -chance * Math.log(q[i]) : 0)));

const box = (left, right, low, high) => [[left, low], [right, low], [right, high], [left, high]];

export function lab(values, { base, ceiling }) {
  const numbers = [1, 2, 3, 4];
  const [p, q] = ["p", "q"].map((name) => normalised(numbers.map((i) => values[`${name}_${i}`])));
  const [entropy, crossed, reverse] = [cross(p, p), cross(p, q), cross(q, p) - cross(q, q)].map(
    (nats) => nats / Math.log(base[values.unit]),
  );
  const H = Math.min(entropy, ceiling);
  const moved = {
    entropy: box(0, H, -0.4, 0.4),
    divergence: box(H, H + Math.min(crossed - entropy, ceiling - H), -0.4, 0.4),
    "cross entropy": box(0, Math.min(crossed, ceiling), 0.6, 1.4),
    reverse: box(0, Math.min(reverse, ceiling), 1.6, 2.4),
    "end of the entropy": [[H, -0.6], [H, 2.6]],
  };
  numbers.forEach((i) => {
    moved[`bar of p_${i}`] = box(i - 0.39, i - 0.01, 0, values[`p_${i}`]);
    moved[`bar of q_${i}`] = box(i + 0.01, i + 0.39, 0, values[`q_${i}`]);
  });
  return moved;
}
