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
