/** Functions of Go that print, by name, and in which words of their arguments the text is. Data, as for C. */
import table from './known-functions.json' with { type: 'json' };

/** Words of arguments count from 0: a text is two (where, how long), a slice three, an interface two. */
export interface GoWords {
  /**
   * `format`: a text with verbs; `text`: as it is; `values`: a slice of what is printed one after the other; `closure`:
   * a function that carries one of these.
   */
  readonly mode: GoMode;
  readonly at: number;
  /** A space between two values. */
  readonly spaced?: boolean;
}

export interface GoFunction extends GoWords {
  /** An io.Writer: only a variable's is a log, not what a caller hands on. */
  readonly writer?: number;
}

export type GoMode = 'format' | 'text' | 'values' | 'closure';

type Row = readonly [names: string, GoFunction];

export const goFunctionsKnown: ReadonlyMap<string, GoFunction> = new Map(
  (table as unknown as { functions: Row[] }).functions.flatMap(([names, known]) =>
    names.split(' ').map((name) => [name, known] as const),
  ),
);
