// The moving parts of pca.py.

export function direction({ angle, subtract_mean }, { X, mean }) {
  const turn = (angle * Math.PI) / 180;
  const g = [Math.cos(turn), Math.sin(turn)];
  const samples = subtract_mean ? X.map((x) => [x[0] - mean[0], x[1] - mean[1]]) : X;
  const along = samples.map((x) => x[0] * g[0] + x[1] * g[1]);
  const shadows = along.map((length) => g.map((each) => length * each));
  const variance = along.reduce((sum, length) => sum + length ** 2, 0) / (along.length - 1);
  return {
    line: [-9, 9].map((length) => g.map((each) => length * each)),
    drops: samples.flatMap((x, i) => [x, shadows[i], null]).slice(0, -1),
    shadows,
    variance: [[angle % 180, variance]],
  };
}
