/**
 * Tells of logs whose last line was a half when it was kept, and is more than that now: a line that is kept stays what it
 * was, and so what came to it later is lost. It must not know formats.
 */
import type { Diagnostic } from '../core/diagnostic.ts';
import type { GraphReader } from '../core/graph-store.ts';
import { type LineItem, streamOf } from '../core/line/log-line.ts';
import { type FoldInput, trackOf } from '../core/upg/fold.ts';

export class HalfLines {
  readonly #kept: ReadonlyMap<string, bigint>;
  /** Lines as they stand now, where the last line that was kept stood. */
  readonly #now = new Map<string, LineItem>();

  /** `kept`: how far each track was kept before. */
  constructor(kept: ReadonlyMap<string, bigint>) {
    this.#kept = kept;
  }

  /** To be told of every input. */
  see(input: FoldInput): void {
    const { stream, position, item } = input;
    if (item.kind !== 'line' || this.#kept.get(trackOf(input)) !== position + 1n) return;
    this.#now.set(streamOf(stream, item.log), item);
  }

  async *grown(store: GraphReader): AsyncGenerator<Diagnostic> {
    for (const [stream, { number, part, text, name: file }] of this.#now) {
      for await (const line of store.lines({ stream, from: number, until: number, where: [] })) {
        if (line.part !== part || line.text.length >= text.length) continue;
        const message = `${line.text.length} bytes of this line were imported when it was a half: the ${text.length - line.text.length} that it has now besides are not kept, and its entry stays that of the half`;
        yield { severity: 'warning', code: 'half-line', message, file, line: number, column: 0 };
      }
    }
  }
}
