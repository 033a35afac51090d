// The moving parts of gaussians.py.

export function mixture({ mean_1, mean_2, mean_3 }, { names, heights, ellipses }) {
  const moved = {};
  [mean_1, mean_2, mean_3].forEach((mean, c) => {
    ellipses[c].forEach((ellipse, i) => {
      moved[`${names[c]} ${i + 1}`] = ellipse.map(([x, y]) => [mean + x, heights[c] + y]);
    });
  });
  return moved;
}

export function ellipse({ sigma_1, sigma_2, rho, k }, { z, circle }) {
  const [a, b, d] = [sigma_1 ** 2, rho * sigma_1 * sigma_2, sigma_2 ** 2]; // Sigma = [[a, b], [b, d]]
  const angle = Math.atan2(2 * b, a - d) / 2;
  const V = [[Math.cos(angle), Math.sin(angle)], [-Math.sin(angle), Math.cos(angle)]].map(positive);
  const values = V.map(([x, y]) => a * x * x + 2 * b * x * y + d * y * y);
  const halves = values.map((value) => k * Math.sqrt(value));
  const samples = z.map(([x, y]) => [sigma_1 * x, sigma_2 * (rho * x + Math.sqrt(1 - rho ** 2) * y)]);
  const isInside = (_, i) => Math.hypot(...z[i]) <= k;
  const moved = {
    inside: samples.filter(isInside),
    outside: samples.filter((x, i) => !isInside(x, i)),
    ellipse: circle.map(([c, s]) => [0, 1].map((i) => V[0][i] * halves[0] * c + V[1][i] * halves[1] * s)),
    sigma_1: [[0, 0], [sigma_1, 0]],
    sigma_2: [[0, 0], [0, sigma_2]],
  };
  V.forEach((v, i) => (moved[`axis ${i + 1}`] = [[0, 0], v.map((each) => halves[i] * each)]));
  return moved;
}

// v or -v, whose largest entry is positive, as in `principal_directions`.
function positive(v) {
  const largest = Math.abs(v[0]) > Math.abs(v[1]) ? v[0] : v[1];
  return largest < 0 ? v.map((each) => -each) : v;
}
