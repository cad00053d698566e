/** The log message strings of a program by their place and text. It must not know how a text was found. */
import type { LmsSite } from '../lms-cfg/log-program.ts';
import { regexOf } from './message/message.ts';
import type { Position } from './syntax/line-table.ts';

export class SiteTable {
  readonly #paths: readonly string[];
  readonly #sites = new Map<string, LmsSite>();
  readonly #order = new Map<string, readonly [string, number, number]>();

  constructor(paths: readonly string[]) {
    this.#paths = paths;
  }

  site({ address, text, function: function_, lmgf }: Omit<LmsSite, 'regex'>): LmsSite {
    const key = JSON.stringify([address, text]);
    let site = this.#sites.get(key);
    if (site === undefined) {
      site = { address, text, regex: regexOf(text), function: function_, lmgf };
      this.#sites.set(key, site);
    }
    return site;
  }

  /** `line:column`; with the path before it where the program has several files. */
  address(path: string, { line, column }: Position): string {
    const address = this.#paths.length > 1 ? `${path}:${line}:${column}` : `${line}:${column}`;
    this.#order.set(address, [path, line, column]);
    return address;
  }

  compare(a: LmsSite, b: LmsSite): number {
    const [pathA, lineA, columnA] = this.#order.get(a.address)!;
    const [pathB, lineB, columnB] = this.#order.get(b.address)!;
    if (pathA !== pathB) return pathA < pathB ? -1 : 1;
    return lineA - lineB || columnA - columnB || (a.text < b.text ? -1 : a.text > b.text ? 1 : 0);
  }
}
