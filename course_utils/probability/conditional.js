// The moving parts of conditional.py.

const normal = (x, mean, sigma) => Math.exp(-(((x - mean) / sigma) ** 2) / 2) / (sigma * Math.sqrt(2 * Math.PI));

export function slice({ rho, x }, { places }) {
  const [marginal, sigma] = [normal(x, 0, 1), Math.sqrt(1 - rho * rho)];
  const conditional = places.map((y) => [y, normal(y, rho * x, sigma)]);
  return { known: [[x, -4], [x, 4]], conditional, slice: conditional.map(([y, p]) => [y, marginal * p]) };
}
