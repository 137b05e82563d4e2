import type { Attributes } from "../../datasets/metadata.ts";
import { innerProducts } from "../../random/dpp/inner_products.ts";
import type { Kernel } from "../../random/dpp/kernel.ts";
import { blend, cosine, type Features, radial } from "../../random/dpp/similarities.ts";
import type { Rng } from "../../random/rng.ts";

/** How items are compared. */
export interface SpaceOptions {
  readonly similarity: keyof typeof similarities;
  /** Of rbf: e^(-width |a - b|^2). */
  readonly width: number;
  /** Weight of attributes. */
  readonly attributes: number;
  /** Width that vectors are projected to before they are compared by cosine; 0 is as they are. */
  readonly project: number;
}

/** The items of an epoch, compared. */
export interface Space {
  /** Features whose inner product is (1 - w) cosine of vectors + w cosine of attributes: what penalties compare by. */
  readonly cosines: Features;
  /** The kernel q_a S_ab q_b of some items. */
  kernel(ids: Int32Array, quality: Float64Array): Kernel;
}

/** What a similarity is made of. */
interface Parts {
  readonly vectors: Features;
  readonly units: Features;
  readonly cosines: Features;
  /** S with that of attributes in its place: (1 - w) S + w S_attributes. */
  readonly withAttributes: (similarity: Features) => Features;
  readonly attributes?: Features;
  readonly options: SpaceOptions;
}
const similarities: Readonly<Record<"cosine" | "mapped" | "rbf", (parts: Parts) => Space["kernel"]>> = {
  cosine: ({ cosines }) => (ids, quality) => ({ ...cosines, ids, quality }),
  mapped: ({ units, withAttributes }) => { // (1 + cosine) / 2
    const ones = { features: new Float64Array(units.features.length / units.width).fill(1), width: 1 };
    const mapped = withAttributes(blend(units, ones, 0.5));
    return (ids, quality) => ({ ...mapped, ids, quality });
  },
  rbf: ({ vectors, attributes, options: { width, attributes: w } }) => (ids, quality) => {
    const near = radial(vectors, ids, width);
    return {
      quality,
      similarity: attributes ? (a, b) => (1 - w) * near(a, b) + w * inner(attributes, ids[a]!, ids[b]!) : near,
    };
  },
};

/** S = (1 - w) S_vectors + w S_attributes. Each is positive semidefinite, hence S is. */
export function space(vectors: Features, metadata: Attributes | undefined, options: SpaceOptions, rng: Rng): Space {
  const narrow = options.project > 0 && options.project < vectors.width;
  const units = cosine(narrow ? projected(vectors, options.project, rng) : vectors);
  const attributes = options.attributes > 0 && metadata ? multiHot(metadata) : undefined;
  const withAttributes = (of: Features) => attributes ? blend(of, attributes, options.attributes) : of;
  const cosines = withAttributes(units);
  const parts = { vectors, units, cosines, withAttributes, ...attributes && { attributes }, options };
  return { cosines, kernel: similarities[options.similarity](parts) };
}

/**
 * Random projection: inner products with `width` normal directions. Cosines stay, in expectation and up to deviations of
 * about 1 / sqrt(width), and with them volumes (Gillenwater, Kulesza & Taskar, EMNLP 2012).
 */
function projected({ width: from, features }: Features, width: number, rng: Rng): Features {
  const directions = Float64Array.from({ length: from * width }, () => rng.normal()), count = features.length / from;
  return {
    features: innerProducts(
      Float64Array.from(features),
      count,
      directions,
      width,
      from,
      new Float64Array(count * width),
    ),
    width,
  };
}

/** Unit vectors of attributes, 1 / sqrt(n) at each of an item's n. */
function multiHot({ names, offsets, targets }: Attributes): Features {
  const width = names.length, items = offsets.length - 1, features = new Float64Array(items * width);
  for (let item = 0; item < items; item++) {
    const first = offsets[item]!, last = offsets[item + 1]!;
    for (let at = first; at < last; at++) features[item * width + targets[at]!] = 1 / Math.sqrt(last - first);
  }
  return { features, width };
}

function inner({ features, width }: Features, a: number, b: number): number {
  let sum = 0;
  for (let d = 0; d < width; d++) sum += features[a * width + d]! * features[b * width + d]!;
  return sum;
}
