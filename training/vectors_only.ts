import type { GraphBuilder, Node, Value } from "../graphs/builder.ts";
import { holdsExact } from "../models/coordinates.ts";
import type { Encoder } from "../models/backbone.ts";

/** Ops that choose among representations, or lay them out, and leave them as they are. */
const CHOOSING: ReadonlySet<string> = new Set(
  ["Identity", "Reshape", "Squeeze", "Unsqueeze", "Transpose", "Expand", "Tile", "Slice", "Split", "Concat"].concat(
    ["Gather", "GatherElements", "GatherND", "Where"],
  ),
);

/** Watches that a method does not calculate with representations that hold more than vectors. */
export interface VectorsOnly {
  /** The encoder, whose functions may be called while a method is watched. */
  readonly encoder: Encoder;
  /** @throws TypeError where what `build` adds to the graph calculates with representations by itself. */
  watch<T>(whose: "sampler" | "loss", build: () => T): T;
}

/**
 * Ids and truths are no vectors: a mixture of them is nothing that a backbone can score. Where an encoder's representations
 * hold such, methods may choose among representations, by score, say, and no more.
 */
export function vectorsOnly(graph: GraphBuilder, encoder: Encoder): VectorsOnly {
  if (!holdsExact(encoder.coordinates)) return { encoder, watch: (_, build) => build() };
  const own = new Set<Node>(), held = new Set<Value>([encoder.query]);
  const itself = <T>(build: () => T): T => {
    const from = graph.nodes.length, built = build();
    for (const node of graph.nodes.slice(from)) own.add(node);
    return built;
  };
  return {
    encoder: {
      ...encoder,
      items(ids) {
        const items = itself(() => encoder.items(ids));
        held.add(items);
        return items;
      },
      score: (query, items) => itself(() => encoder.score(query, items)),
    },
    watch(whose, build) {
      const from = graph.nodes.length, built = build();
      for (const { op, inputs, outputs } of graph.nodes.slice(from).filter((node) => !own.has(node))) {
        if (!inputs.some((input) => held.has(input))) continue;
        if (!CHOOSING.has(op.type)) throw noVectors(`this ${whose}`);
        for (const output of outputs) held.add(output);
      }
      return built;
    },
  };
}

/** Of a method that takes representations for vectors. */
export const noVectors = (whose: string): TypeError =>
  new TypeError(
    `Cannot combine ${whose} with this backbone: it mixes or compares vectors of users and items, and the backbone's hold ` +
      "what is none, a mask or ids of features, which its joint part reads",
  );
