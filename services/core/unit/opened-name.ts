/**
 * Which units of a process opened a file of a name lately: by that, lines that a server kept in a buffer and wrote
 * together, in the name of whichever unit was running then, are told whose they are. It must not know how units are
 * cut, nor what a line is matched with.
 */
import { StateTable } from '../state-table.ts';
import type { Unit } from './unit.ts';

/** What of a line says whose it is. */
export interface BufferedLine {
  readonly message: string;
  /** Of the request that it reports: one line for each. */
  readonly path: string | undefined;
  /** When the request was, at the latest and at the earliest (ns); undefined where the line has no time. */
  readonly time: { readonly from: bigint; readonly until: bigint } | undefined;
  /** The log that it is of. */
  readonly log: string;
}

interface Opened {
  readonly order: number;
  readonly path: string;
  /** The last ones, in the order in which they opened it; `told` names the logs that have reported it. */
  readonly units: { readonly id: string; readonly start: bigint; told?: string[] }[];
}

/** Of all processes; beyond it those that were met first are forgotten. */
const names_max = 16_384;
const unitsOfName_max = 64;
const logs_max = 8;
const paths_max = 4;
const searched_length_max = 1_024;
const path_length_max = 512;
/** A unit begins with what it reads, its line's time may be of its end. */
const slack_ns = 2_000_000_000n;

const pathInLine = /(?<![^\s"'=([])\/[^\s"'?&#)\]]+/g;

export class OpenedNames {
  readonly #names: StateTable<Opened>;
  /** Process and log → when the lines before were written. */
  readonly #written: StateTable<bigint>;
  /** Process → its keys in both. */
  readonly #keys = new Map<string, Set<string>>();
  #order: number;

  constructor(saved: ReadonlyMap<string, string>) {
    this.#names = new StateTable('opened-name', saved);
    this.#written = new StateTable('buffer-written', saved);
    this.#order = 0;
    for (const [key, { order }] of this.#names.entries()) {
      this.#order = Math.max(this.#order, order);
      this.#keep(key);
    }
    for (const [key] of this.#written.entries()) this.#keep(key);
  }

  opened(process: string, path: string, { id, start }: Unit): void {
    if (path.length > path_length_max) return;
    const key = `${process} ${nameOf(path)}`;
    this.#keep(key);
    const known = this.#names.get(key);
    if (known?.units.at(-1)?.id === id) return;
    // Another file of the same name: lines that name it can't be told apart from the first one's.
    const units = known?.path === path ? known.units : [];
    units.push({ id, start });
    if (units.length > unitsOfName_max) units.shift();
    this.#names.set(key, { order: ++this.#order, path, units });
    if (this.#names.size > names_max * 1.1) this.#forget();
  }

  /** All that `origin` was asked of was written at `time`: what a log gets next is of later requests. */
  written(process: string, log: string, time: bigint): void {
    const key = `${process} ${log}`;
    this.#written.set(key, time);
    this.#keep(key);
  }

  /** The process is gone. */
  drop(process: string): void {
    for (const key of this.#keys.get(process) ?? []) {
      this.#names.delete(key);
      this.#written.delete(key);
    }
    this.#keys.delete(process);
  }

  /**
   * The unit that the line is of, by its id: of those that opened what it names since its log was written to, and at
   * its time, the first that it has not reported, where it reports requests; or else the last. Undefined where none did.
   */
  origin(process: string, line: BufferedLine): string | undefined {
    const written = this.#written.get(`${process} ${line.log}`);
    const from = written === undefined ? 0n : written - slack_ns;
    for (const path of pathsIn(line)) {
      const key = `${process} ${nameOf(path)}`;
      const opened = this.#names.get(key);
      if (opened === undefined || !opened.path.endsWith(path)) continue;
      const atTime = opened.units.filter(({ start }) => start >= from && isWithin(start, line.time));
      if (line.path === undefined) return atTime.at(-1)?.id;
      const next = atTime.find(({ told }) => told?.includes(line.log) !== true);
      if (next === undefined) continue;
      next.told = [...(next.told ?? []), line.log].slice(-logs_max);
      this.#names.touch(key);
      return next.id;
    }
    return undefined;
  }

  drainInto(into: Map<string, string | undefined>): void {
    this.#names.drainInto(into);
    this.#written.drainInto(into);
  }

  #keep(key: string): void {
    const process = key.slice(0, key.indexOf(' '));
    const keys = this.#keys.get(process);
    if (keys === undefined) this.#keys.set(process, new Set([key]));
    else keys.add(key);
  }

  #forget(): void {
    for (const [key, { order }] of [...this.#names.entries()]) {
      if (order > this.#order - names_max) continue;
      this.#names.delete(key);
      this.#keys.get(key.slice(0, key.indexOf(' ')))?.delete(key);
    }
  }
}

function pathsIn({ path, message }: BufferedLine): readonly string[] {
  if (path !== undefined) return [path.split(/[?#]/, 1)[0]!];
  return message.slice(0, searched_length_max).match(pathInLine)?.slice(0, paths_max) ?? [];
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function isWithin(start: bigint, time: BufferedLine['time']): boolean {
  return time === undefined || (start >= time.from - slack_ns && start <= time.until + slack_ns);
}
