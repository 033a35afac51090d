// The moving parts of vectors.py.

export function innerProduct({ y }, { x }) {
  const dot = (a, b) => a[0] * b[0] + a[1] * b[1];
  const product = dot(x, y);
  const foot = x.map((each) => (each * product) / dot(x, x));
  const length = Math.hypot(...y);
  const products = [];
  for (let angle = 0; angle <= 360; angle += 2) {
    const turn = (angle * Math.PI) / 180;
    products.push([angle, length * dot(x, [Math.cos(turn), Math.sin(turn)])]);
  }
  const angle = ((Math.atan2(y[1], y[0]) * 180) / Math.PI + 360) % 360;
  return { y: [[0, 0], y], drop: [y, foot], shadow: [[0, 0], foot], products, product: [[angle, product]] };
}
