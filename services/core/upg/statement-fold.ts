/**
 * Folds a printed line into its template: by the statement of a profile, or by one that is learned where there is none.
 * It must not know how it was found who printed it.
 */
import type { StreamEntry } from '../app-log/app-entry.ts';
import type { SaidStatement } from '../graph-store.ts';
import { LearnedStatements } from '../lms/learned-statements.ts';
import type { FoldParts } from './flow/flow-context.ts';
import { lmsId, templateId, term } from './identity.ts';
import type { Process } from './process-table.ts';

export type TemplateOf = (message: string) => { template: string; variables: readonly string[] };

interface Printed {
  readonly program: string;
  readonly host: string;
  readonly container: string | undefined;
  readonly time: bigint;
}

export class StatementFold {
  readonly #parts: FoldParts;
  readonly #templateOf: TemplateOf;
  readonly #learned: LearnedStatements;
  /** Templates of which it turned out just now that their statement is that of an older one. */
  #joined: string[] = [];

  constructor(parts: FoldParts, saved: ReadonlyMap<string, string>, templateOf: TemplateOf) {
    this.#parts = parts;
    this.#templateOf = templateOf;
    this.#learned = new LearnedStatements(saved, (_, founder) => this.#joined.push(founder));
  }

  /** `emitter`: the vertex that printed it; `statement`: that of a profile. */
  print(
    entry: StreamEntry,
    writer: Process | undefined,
    emitter: string,
    time: bigint,
    statement: SaidStatement | undefined,
  ): void {
    const { template, variables } = this.#templateOf(entry.message);
    const program = writer === undefined ? entry.source : baseName(writer.exe);
    const id = templateId(program, template);
    const container = writer?.container ?? entry.container;
    const printed = { program, host: entry.host, container, time };
    if (statement !== undefined)
      this.#template(printed, template, lmsId(program, statement.text), statement.text);
    else this.#learnedTemplate(printed, template);
    for (const founder of this.#joined.splice(0)) {
      // It was printed before, and maybe elsewhere: where stays as it is.
      if (founder !== template) this.#learnedTemplate({ ...printed, container: undefined }, founder);
    }
    this.#parts.reduction.flow(emitter, id, 'log', time, entry.byteLength);
    const place = { stream: entry.stream, number: entry.line, count: entry.lines };
    const said = statement === undefined ? {} : { statement };
    this.#parts.builder.use({ template: id, emitter, time, variables, place, ...said });
  }

  drainInto(into: Map<string, string | undefined>): void {
    this.#learned.drainInto(into);
  }

  #learnedTemplate(printed: Printed, template: string): void {
    const { program } = printed;
    this.#template(printed, template, templateId(program, this.#learned.of(program, template)));
  }

  /** `statement`: what the statement is known by that printed it; `lms` its text, where a profile has it. */
  #template(printed: Printed, template: string, statement: string, lms?: string): void {
    const { program, ...place } = printed;
    const id = templateId(program, template);
    const isOwn = statement === id;
    this.#parts.builder.vertex({
      id,
      kind: 'template',
      label: lms ?? template,
      ...place,
      terms: [term('template', template), ...(isOwn ? [] : [term('statement', statement)])],
      properties: { program, ...(isOwn ? {} : { statement }), ...(lms === undefined ? {} : { lms }) },
    });
  }
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
