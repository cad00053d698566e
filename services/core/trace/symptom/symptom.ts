/** Where a trace starts, and what a reader of the input (one meaning that it may have) is given. It must not know forms. */
import type { GraphReader, TemplateUse, Vertex } from '../../graph-store.ts';
import type { TraceStart } from '../traversal.ts';

/** Reads one line as its log's reader would; time 0n and pid undefined where the line names none. */
export type ParseLine = (line: string) => { message: string; time: bigint; pid: number | undefined };
export type TemplateOf = (message: string) => { template: string; variables: readonly string[] };

export interface Symptom {
  readonly starts: readonly TraceStart[];
  readonly matched: readonly Vertex[];
  /** In words: what the input was taken for, and how well it fits. */
  readonly how: string;
  /** In words: what else it could be, the likeliest first. */
  readonly also: readonly string[];
  /** The last step of every path, where the symptom is a printed line. */
  readonly printed: readonly TemplateUse[];
  /** More matched than was looked at. */
  readonly more: boolean;
}

export interface Question {
  readonly reader: GraphReader;
  readonly input: string;
  /** ns; only what was there by then. */
  readonly before: bigint;
  readonly parseLine: ParseLine;
  readonly templateOf: TemplateOf;
}

/** An input that can be nothing but what it can't be: a regular expression that is none. */
export class SymptomError extends Error {
  override readonly name = 'SymptomError';
  readonly code = 'symptom';
}

/** One meaning that an input may have. */
export interface Meaning {
  /** In words; undefined where it goes without saying that it was tried. */
  readonly how: string | undefined;
  /** Whether asking takes so little that it is asked for what else the input could be. */
  readonly isCheap: boolean;
  /** Undefined where nothing matches. Rejects with SymptomError, or with what the store rejects with. */
  find(question: Question): Promise<Symptom | undefined>;
}

/** Vertices that one symptom may start from; the newest count. */
export const matches_max = 64;

export const nothing = { starts: [], matched: [], printed: [], also: [], more: false };

export function fromVertices(
  matched: readonly Vertex[],
  before: bigint,
  how: string,
  more: boolean,
): Symptom {
  return { ...nothing, starts: matched.map((v) => ({ vertex: v.id, time: before })), matched, how, more };
}

/** What printed these lines. */
export async function fromUses(
  { reader, before }: Question,
  printed: readonly TemplateUse[],
  how: string,
  more: boolean,
): Promise<Symptom> {
  return {
    starts: printed.map((u) => ({ vertex: u.emitter, time: u.time < before ? u.time : before })),
    matched: await reader.vertices([...new Set(printed.map((u) => u.emitter))]),
    how,
    also: [],
    printed,
    more,
  };
}
