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
