// The update rules of update_rules.py, and the moving parts of update_rule_pictures.py.

const FAR = 100;
const each = (...vectors) => (f) => vectors[0].map((_, i) => f(...vectors.map((vector) => vector[i])));

// rule(gradient, w, state, learning rate, t, mu) -> [w, state], where state is [velocity or mean, sum of squares].
const RULES = {
  "gradient descent": (gradient, w, state, rate) => [each(w, gradient(w))((a, g) => a - rate * g), state],
  momentum: (gradient, w, [rho], rate, t, mu) => {
    const next = each(rho, gradient(w))((r, g) => mu * r - rate * g);
    return [each(w, next)((a, r) => a + r), [next, [0, 0]]];
  },
  Nesterov: (gradient, w, [rho], rate, t, mu) => {
    const next = each(rho, gradient(each(w, rho)((a, r) => a + mu * r)))((r, g) => mu * r - rate * g);
    return [each(w, next)((a, r) => a + r), [next, [0, 0]]];
  },
  AdaGrad: (gradient, w, [, G], rate) => {
    const g = gradient(w);
    const next = each(G, g)((s, d) => s + d * d);
    return [each(w, g, next)((a, d, s) => a - (rate * d) / (Math.sqrt(s) + 1e-10)), [[0, 0], next]];
  },
  RMSProp: (gradient, w, [, G], rate) => {
    const g = gradient(w);
    const next = each(G, g)((s, d) => 0.99 * s + (1 - 0.99) * (d * d));
    return [each(w, g, next)((a, d, s) => a - (rate * d) / (Math.sqrt(s) + 1e-8)), [[0, 0], next]];
  },
  Adam: (gradient, w, [mean, square], rate, t) => {
    const g = gradient(w);
    const m = each(mean, g)((old, d) => 0.9 * old + (1 - 0.9) * d);
    const s = each(square, g)((old, d) => 0.999 * old + (1 - 0.999) * (d * d));
    const root = s.map((value) => Math.sqrt(value / (1 - 0.999 ** t)));
    return [each(w, m, root)((a, value, by) => a - (rate * (value / (1 - 0.9 ** t))) / (by + 1e-8)), [m, s]];
  },
};

const valley = (kappa) => ({
  value: ([a, b]) => (a * a + kappa * b * b) / 2,
  gradient: ([a, b]) => [a, kappa * b],
});

const SURFACES = {
  "Beale's function": {
    value: (w) => beale(w).reduce((sum, r) => sum + r * r, 0),
    gradient: ([x, y]) => {
      const [r1, r2, r3] = beale([x, y]);
      return [
        2 * (r1 * (y - 1) + r2 * (y ** 2 - 1) + r3 * (y ** 3 - 1)),
        2 * x * (r1 + 2 * r2 * y + 3 * r3 * y ** 2),
      ];
    },
  },
  saddle: { value: ([a, b]) => a * a - b * b, gradient: ([a, b]) => [2 * a, -2 * b] },
  valley: valley(20),
};

function beale([x, y]) {
  return [1.5 - x + x * y, 2.25 - x + x * y ** 2, 2.625 - x + x * y ** 3];
}

// The iterates of a rule; one that would go farther than FAR stays where it was.
function run(name, gradient, start, rate, steps, mu = 0.9) {
  const nearby = (w) => gradient(w.map((a) => Math.min(Math.max(a, -FAR), FAR)));
  const path = [start];
  let state = [[0, 0], [0, 0]];
  for (let t = 1; t <= steps; t++) {
    let after;
    [after, state] = RULES[name](nearby, path.at(-1), state, rate, t, mu);
    path.push(after.every((a) => Math.abs(a) < FAR) ? after : path.at(-1));
  }
  return path;
}

export function race({ surface, start, step }, constants) {
  const { rates, shown: [low, high] } = constants[surface];
  const { value, gradient } = SURFACES[surface];
  const moved = { start: [start], update: [[step, low], [step, high]] };
  for (const [name, rate] of Object.entries(rates)) {
    const path = run(name, gradient, start, rate, constants.steps);
    moved[`${name}, path`] = path.slice(0, step + 1);
    moved[`${name}, now`] = [path[step]];
    moved[`${name}, values`] = path.map((w, t) => [t, Math.min(Math.max(value(w), low), high)]);
  }
  return moved;
}

export function lookahead({ w, mu }, { rho, rate, kappa }) {
  const { gradient } = valley(kappa);
  const ahead = each(w, rho)((a, r) => a + mu * r);
  const after = (place) => each(ahead, gradient(place))((a, g) => a - rate * g);
  return { start: [w], both: [w, ahead], ahead: [ahead], momentum: [ahead, after(w)], Nesterov: [ahead, after(ahead)] };
}
