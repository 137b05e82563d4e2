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

/** Attributes of items: genres, categories, brands. Rows are items, targets attributes. */
export interface Attributes extends Relation {
  readonly names: readonly string[]; // [attributes]
}

/** Interactions of another kind than those trained on: views, carts. Rows are users, targets items. */
export interface Behaviour extends Relation {
  readonly name: string;
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
  readonly attributes?: Attributes;
  /** Rows and targets are users: row u holds those whom u follows or trusts, which need not be mutual. */
  readonly friends?: Relation;
  /** Rows are users, targets items they are known not to like: low ratings, skips. */
  readonly dislikes?: Relation;
  /** Weaker behaviours, the strongest first. */
  readonly behaviours?: readonly Behaviour[];
  readonly knowledge?: KnowledgeGraph;
}
