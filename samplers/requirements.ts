import type { Attributes, Behaviour, KnowledgeGraph, Relation } from "../datasets/metadata.ts";
import type { Setting, Step } from "./sampler.ts";

/** Refuses a backbone whose score is not an inner product. @throws TypeError saying why. */
export function requireDot({ dot }: Pick<Step, "dot">, sampler: string, why: string): void {
  if (!dot) {
    throw new TypeError(`Cannot combine sampler "${sampler}" with this backbone: ${why}, and its score is none`);
  }
}

/** Refuses epochs that do not visit each interaction once. @throws TypeError saying why, and naming the option. */
export function requireEachOnce({ visit = "interactions" }: Setting, sampler: string, why: string): void {
  if (visit !== "interactions") {
    throw new TypeError(
      `Cannot use sampler "${sampler}" with --visit ${visit}: ${why}; --visit interactions, the default, has each once an epoch`,
    );
  }
}

/** What the data must have for a sampler. @throws TypeError naming what is missing, and the option that brings it. */
function required<T>(found: T | undefined, sampler: string, what: string, option: string): T {
  if (found !== undefined) return found;
  throw new TypeError(`Cannot use sampler "${sampler}": the data have no ${what}; ${option} names a file of them`);
}

/** The items' attributes. @throws TypeError where the data have none. */
export const requireAttributes = ({ catalogue }: Setting, sampler: string): Attributes =>
  required(catalogue.metadata.attributes, sampler, "item attributes", "--attributes");

/** Whom users trust. @throws TypeError where the data have none. */
export const requireFriends = ({ catalogue }: Setting, sampler: string): Relation =>
  required(catalogue.metadata.friends, sampler, "friends", "--friends");

/** Weaker behaviours, the strongest first. @throws TypeError where the data have none. */
export const requireBehaviours = ({ catalogue }: Setting, sampler: string): readonly [Behaviour, ...Behaviour[]] =>
  required(
    catalogue.metadata.behaviours?.length ? catalogue.metadata.behaviours as [Behaviour] : undefined,
    sampler,
    "weaker behaviours",
    "--behaviours",
  );

/** What users are known not to like. @throws TypeError where the data have none. */
export const requireDislikes = ({ catalogue }: Setting, sampler: string): Relation =>
  required(catalogue.metadata.dislikes, sampler, "dislikes", "--dislikes");

/** Facts about items. @throws TypeError where the data have none. */
export const requireKnowledge = ({ catalogue }: Setting, sampler: string): KnowledgeGraph =>
  required(catalogue.metadata.knowledge, sampler, "knowledge graph", "--kg");
