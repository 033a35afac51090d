// The moving parts of models.py.

const sum = (values) => values.reduce((total, value) => total + value, 0);
const through = ([w, b]) => [-9, 9].map((x) => [x, w * x + b]);

export function line({ weight, bias, outlier }, fixed) {
  const [x, y] = [[...fixed.x, outlier[0]], [...fixed.y, outlier[1]]];
  return {
    outlier: [outlier],
    residuals: x.flatMap((each, i) => [[each, y[i]], [each, weight * each + bias], null]).slice(0, -1),
    "best in L1": through(leastAbsolute(x, y)),
    "best in L2": through(leastSquares(x, y)),
  };
}

function leastSquares(x, y) {
  const [meanX, meanY] = [sum(x) / x.length, sum(y) / y.length];
  const w = sum(x.map((each, i) => (each - meanX) * (y[i] - meanY))) / sum(x.map((each) => (each - meanX) ** 2));
  return [w, meanY - w * meanX];
}

// Of the lines through two of the points, the one with the smallest sum of absolute residuals.
function leastAbsolute(x, y) {
  let [best, least] = [[0, 0], Infinity];
  for (let i = 0; i < x.length; i++) {
    for (let j = i + 1; j < x.length; j++) {
      const w = (y[j] - y[i]) / (x[j] - x[i]);
      const b = y[i] - w * x[i];
      const loss = sum(x.map((each, k) => Math.abs(y[k] - w * each - b)));
      if (loss < least) [best, least] = [[w, b], loss];
    }
  }
  return best;
}
