// The moving parts of decompositions.py.

export function svd({ column_1, column_2 }, { circle, flag }) {
  const [[a, c], [b, d]] = [column_1, column_2]; // A = [[a, b], [c, d]]
  const angle = Math.atan2(2 * (a * b + c * d), a * a + c * c - b * b - d * d) / 2; // of V_1, from -90 to 90 degrees
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const A = ([x, y]) => [a * x + b * y, c * x + d * y];
  const turn = ([x, y]) => [cos * x + sin * y, cos * y - sin * x];
  const V = [[cos, sin], [-sin, cos]];
  const sigma = V.map((v) => Math.hypot(...A(v)));
  const scale = ([x, y]) => [sigma[0] * x, sigma[1] * y];
  const moved = { column_1: [[0, 0], column_1], column_2: [[0, 0], column_2] };
  [(x) => x, turn, (x) => scale(turn(x)), A].forEach((map, stage) => {
    moved[`circle ${stage}`] = circle.map(map);
    moved[`flag ${stage}`] = [...flag, flag[0]].map(map);
    V.forEach((v, i) => {
      moved[`V_${i + 1} ${stage}`] = [[0, 0], map(v)];
      moved[`tip of V_${i + 1} ${stage}`] = [map(v)];
    });
  });
  return moved;
}

// x, at so many degrees, and A x.
function xAndImage([[a, b], [c, d]], angle) {
  const turn = (angle * Math.PI) / 180;
  const x = [Math.cos(turn), Math.sin(turn)];
  return [x, [a * x[0] + b * x[1], c * x[0] + d * x[1]]];
}

export function eigenvector({ preset, angle }, { presets }) {
  const [x, y] = xAndImage(presets[preset], angle);
  const cosine = Math.abs(x[0] * y[0] + x[1] * y[1]) / Math.hypot(...y);
  const between = (Math.acos(Math.min(cosine, 1)) * 180) / Math.PI;
  return { angle: [[0, 0], x], Ax: [[0, 0], y], here: [[angle % 180, between]] };
}

export function amplification({ first, second, turn, angle }) {
  const [cos, sin] = [Math.cos((turn * Math.PI) / 180), Math.sin((turn * Math.PI) / 180)];
  const off = (first - second) * cos * sin;
  const A = [[first * cos ** 2 + second * sin ** 2, off], [off, first * sin ** 2 + second * cos ** 2]];
  const [x, y] = xAndImage(A, angle);
  return { angle: [[0, 0], x], Ax: [[0, 0], y], length: [[angle % 180, Math.hypot(...y)]] };
}
