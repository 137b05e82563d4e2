import assert from "node:assert/strict";
import { gradients } from "../../graphs/autodiff.ts";
import { GraphBuilder, RowGradient } from "../../graphs/builder.ts";
import { zeros } from "../../graphs/initializers.ts";
import { mul, sub } from "../../graphs/ops/arithmetic.ts";
import { softplus } from "../../graphs/ops/activation.ts";
import { gather } from "../../graphs/ops/index.ts";
import { mean, sum } from "../../graphs/ops/reduce.ts";
import { split } from "../../graphs/ops/shape.ts";
import { print } from "../../graphs/print.ts";

Deno.test("BPR with matrix factorisation and its row gradient print as one would write them", () => {
  const g = new GraphBuilder();
  const users = g.variable("users", [100, 4], zeros), items = g.variable("items", [50, 4], zeros);
  const user = gather(users, g.input("user", "int32", [8]));
  const score = (name: string) => sum(mul(user, gather(items, g.input(name, "int32", [8]))), [1]);
  const loss = mean(softplus(sub(score("negative"), score("positive"))));
  assert.equal(
    print(g, [loss]),
    `user: int32 [8] = input
negative: int32 [8] = input
positive: int32 [8] = input
users: float32 [100,4] = variable
items: float32 [50,4] = variable
Gather_0: float32 [8,4] = Gather(users, user) axis=0
Gather_1: float32 [8,4] = Gather(items, negative) axis=0
Mul_2: float32 [8,4] = Mul(Gather_0, Gather_1)
ReduceSum_3: float32 [8] = ReduceSum(Mul_2, [1]) keepdims=0
Gather_4: float32 [8,4] = Gather(items, positive) axis=0
Mul_5: float32 [8,4] = Mul(Gather_0, Gather_4)
ReduceSum_6: float32 [8] = ReduceSum(Mul_5, [1]) keepdims=0
Sub_7: float32 [8] = Sub(ReduceSum_3, ReduceSum_6)
Softplus_8: float32 [8] = Softplus(Sub_7)
ReduceMean_9: float32 [] = ReduceMean(Softplus_8, [0]) keepdims=0
-> ReduceMean_9`,
  );
  const gradient = gradients(loss, [items]).get(items);
  assert(gradient instanceof RowGradient);
  const [negative] = gradient.parts.filter(({ ids }) => ids.name === "negative");
  const text = print(g, [negative!.rows]); // 1/8 sigmoid(s_n - s_p) u, and the table itself is not touched
  assert.match(text, /Sigmoid_\d+: float32 \[8\] = Sigmoid\(Sub_7\)/);
  assert.match(text, /Mul_\d+: float32 \[8\] = Mul\(0\.125, Sigmoid_\d+\)/);
  assert.doesNotMatch(text, /Scatter|\[50,4\] = [^v]/);
});

Deno.test("large constants are named by type, states and several outputs are told apart", () => {
  const g = new GraphBuilder(), state = g.variable("m", [9], zeros, { trainable: false });
  const [a, b] = split(mul(state, g.constant(Float32Array.from({ length: 9 }, (_, at) => at))), 0, [4, 5]);
  assert.equal(
    print(g, [a!, b!]),
    `m: float32 [9] = state
Mul_0: float32 [9] = Mul(m, float32 [9] constant)
Split_1: float32 [4], Split_1:1: float32 [5] = Split(Mul_0, [4, 5]) axis=0
-> Split_1, Split_1:1`,
  );
});
