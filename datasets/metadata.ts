/** Who is related to what, as sparse rows (CSR): row r's targets are `targets[offsets[r] .. offsets[r + 1])`. */
export interface Relation {
  readonly offsets: Int32Array; // [rows + 1]
  /** Ascending and without repeats within a row. */
  readonly targets: Int32Array; // [entries]
  /** How strong each entry is, where that is known. */
  readonly weights?: Float32Array; // [entries]
  /** When each entry was first seen, in the unit of the interactions' times, where that is known. */
  readonly times?: Float64Array; // [entries]
}

/** Attributes: genres, categories and brands of items; age groups, occupations of users. Targets are attributes. */
export interface Attributes extends Relation {
  readonly names: readonly string[]; // [attributes]
}

/** Interactions of another kind than those trained on: views, carts. Rows are users, targets items. */
export interface Behaviour extends Relation {
  readonly name: string;
}

/** Vectors of items from elsewhere, such as embeddings of their texts or images: item i's is row `rows[i]` of `data`. */
export interface ItemVectors {
  /** What they are of: "text", "image". */
  readonly name: string;
  readonly width: number;
  readonly data: Float32Array; // [n, width]
  /** -1 where an item has none. */
  readonly rows: Int32Array; // [items]
}

/**
 * Who met what in another domain, whose items are its own. Rows are users: those of the log, by the same ids, then those
 * that only this domain has.
 */
export interface SourceDomain extends Relation {
  readonly items: number;
}

/** Facts (head, relation, tail) over entities, of which entity i is item i for i < items. */
export interface KnowledgeGraph {
  readonly entities: number;
  readonly relations: number;
  readonly heads: Int32Array; // [facts]
  readonly kinds: Int32Array; // [facts]
  readonly tails: Int32Array; // [facts]
}

/** What is known of users and items beyond who met what. Every part is optional: a method that needs one says so. */
export interface Metadata {
  /** Rows are items. */
  readonly attributes?: Attributes;
  /** Rows are users. */
  readonly userAttributes?: Attributes;
  /** Modalities of items. */
  readonly vectors?: readonly ItemVectors[];
  /** Rows and targets are users: row u holds those whom u follows or trusts, which need not be mutual. */
  readonly friends?: Relation;
  /** Rows are users, targets items they are known not to like: low ratings, skips. */
  readonly dislikes?: Relation;
  /** Weaker behaviours, the strongest first. */
  readonly behaviours?: readonly Behaviour[];
  readonly source?: SourceDomain;
  readonly knowledge?: KnowledgeGraph;
}
