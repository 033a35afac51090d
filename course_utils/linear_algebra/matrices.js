// The moving parts of matrices.py.

export function orthogonal({ angle, mirror }, { letter }) {
  const [cos, sin] = [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)];
  const sign = mirror ? -1 : 1;
  const Q = ([x, y]) => [cos * x - sin * sign * y, sin * x + cos * sign * y];
  return { angle: [[0, 0], Q([1, 0])], "column 2": [[0, 0], Q([0, 1])], letter: [...letter, letter[0]].map(Q) };
}
