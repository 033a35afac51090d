// The moving parts of least_squares.py.

const sum = (values) => values.reduce((total, value) => total + value, 0);

export function residuals({ point }, fixed) {
  const [t, y] = [[...fixed.t, point[0]], [...fixed.y, point[1]]];
  const [meanT, meanY] = [sum(t) / t.length, sum(y) / y.length];
  const stt = sum(t.map((each) => (each - meanT) ** 2));
  const syy = sum(y.map((each) => (each - meanY) ** 2));
  const sty = sum(t.map((each, i) => (each - meanT) * (y[i] - meanY)));
  const slopes = { vertical: sty / stt, perpendicular: Math.tan(Math.atan2(2 * sty, stt - syy) / 2) };
  const moved = { point: [point], copy: [point] };
  for (const [kind, slope] of Object.entries(slopes)) {
    const at = (place) => meanY + slope * (place - meanT);
    const foot = (i) => (kind === "vertical" ? t[i] : (t[i] + slope * (y[i] - at(0))) / (1 + slope ** 2));
    moved[`${kind} line`] = [-9, 9].map((place) => [place, at(place)]);
    moved[`${kind} residuals`] = t.flatMap((each, i) => [[each, y[i]], [foot(i), at(foot(i))], null]).slice(0, -1);
  }
  return moved;
}
