/** One element, and what its optimiser keeps of it. */
export interface Element {
  w: number;
  a: number;
  b: number;
}
/** Moves one element by its gradient at step 1, 2, ...; `touched` says whether its row has one. */
export type Oracle = (element: Element, gradient: number, step: number, touched: boolean) => void;

const BETA1 = 0.9, BETA2 = 0.999, EPSILON = 1e-8;

/** The moments of Adam, `a` and `b`. */
function average(x: Element, gradient: number): void {
  x.a = BETA1 * x.a + (1 - BETA1) * gradient;
  x.b = BETA2 * x.b + (1 - BETA2) * gradient * gradient;
}
function moveByAdam(x: Element, lr: number, step: number): void {
  const m = x.a / (1 - BETA1 ** step), v = x.b / (1 - BETA2 ** step);
  x.w -= lr * m / (Math.sqrt(v) + EPSILON);
}

/** torch.optim's optimisers with their defaults but the learning rate, in float64, from the pages of its documentation. */
export const oracles: Readonly<Record<string, (lr: number) => Oracle>> = {
  adam: (lr) => (x, gradient, step) => {
    average(x, gradient);
    moveByAdam(x, lr, step);
  },
  lazyAdam: (lr) => (x, gradient, step, touched) => { // SparseAdam: step_size = lr sqrt(1 - b2^t) / (1 - b1^t)
    if (!touched) return;
    average(x, gradient);
    x.w -= lr * Math.sqrt(1 - BETA2 ** step) / (1 - BETA1 ** step) * x.a / (Math.sqrt(x.b) + EPSILON);
  },
  adamw: (lr) => (x, gradient, step) => {
    x.w -= lr * 0.01 * x.w; // weight_decay
    average(x, gradient);
    moveByAdam(x, lr, step);
  },
  adagrad: (lr) => (x, gradient) => {
    x.a += gradient * gradient;
    x.w -= lr * gradient / (Math.sqrt(x.a) + 1e-10);
  },
  sgd: (lr) => (x, gradient) => {
    x.w -= lr * gradient;
  },
};
