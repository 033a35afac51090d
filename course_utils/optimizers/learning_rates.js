// The moving parts of learning_rate_pictures.py.

export function byHand({ rate_0, rate_1, rate_2, rate_3 }, { nodes }) {
  return { schedule: [rate_0, rate_1, rate_2, rate_3].map((rate, i) => [nodes[i], rate]) };
}
