/**
 * The units of each process: which are open, which of them each thread is in, which ended last. State of a process is
 * bounded, whatever it does. It must not know why a unit begins or ends.
 */
import { StateTable } from '../state-table.ts';
import type { Walk } from './lms-walk.ts';
import type { Unit } from './unit.ts';

export interface ProcessUnits {
  next: number;
  /** Thread → ordinal of the unit that it is in. */
  current: Record<string, number>;
  /** Ordinals of open units, ascending; those whose connection is closed stand in `closing` too, in order of that. */
  open: number[];
  closing: number[];
  /** Units that ended last, for log lines that are placed late. */
  recent: { id: string; start: bigint; end: bigint }[];
  /** Where it is in its LMS-CFG outside of any unit. */
  outside: Walk | undefined;
  /** Some unit of it was cut by log lines. */
  isCutByLines: boolean;
  /** Some thread of it came back to a unit after it had been in another one. */
  interleaves: boolean;
}

/** Work that trails a closed connection (its access line, clean-up) is its unit's for so long at most. */
export const trailing_ns_max = 1_000_000_000n;
/** Open units of one process; the one that began first is closed when another would exceed it. */
const openUnits_max = 4_096;
const threads_max = 1_024;
const recentUnits_max = 32;

export class UnitTable {
  readonly #processes: StateTable<ProcessUnits>;
  /** By process and ordinal. */
  readonly #open: StateTable<Unit>;
  /** Process and connection → ordinal of the newest unit of it. */
  readonly #ofConnection: StateTable<number>;
  readonly #unitId: (process: string, ordinal: number) => string;
  /** By process and thread, what `current` says: it is asked for several times in each call. */
  readonly #entered = new Map<string, Map<number, Unit>>();

  constructor(saved: ReadonlyMap<string, string>, unitId: (process: string, ordinal: number) => string) {
    this.#processes = new StateTable('units', saved);
    this.#open = new StateTable('open-unit', saved);
    this.#ofConnection = new StateTable('unit-of', saved);
    this.#unitId = unitId;
  }

  find(process: string): ProcessUnits | undefined {
    return this.#processes.get(process);
  }

  /** Those of `process`, which may be new. */
  of(process: string): ProcessUnits {
    return (
      this.#processes.get(process) ??
      this.#processes.set(process, {
        next: 1,
        current: {},
        open: [],
        closing: [],
        recent: [],
        outside: undefined,
        isCutByLines: false,
        interleaves: false,
      })
    );
  }

  get(process: string, ordinal: number | undefined): Unit | undefined {
    return ordinal === undefined ? undefined : this.#open.get(unitKey(process, ordinal));
  }

  /** The unit that a thread is in. */
  current(process: string, thread: number): Unit | undefined {
    const known = this.#entered.get(process)?.get(thread);
    if (known !== undefined) return known;
    const unit = this.get(process, this.find(process)?.current[thread]);
    if (unit !== undefined) this.#remember(process, thread, unit);
    return unit;
  }

  /** An open unit by its id. */
  byId(process: string, id: string | undefined): Unit | undefined {
    if (id === undefined) return undefined;
    const unit = this.get(process, Number(id.slice(id.lastIndexOf('#') + 1)));
    return unit?.id === id ? unit : undefined;
  }

  /** The newest unit of a connection, open or trailing. */
  ofConnection(process: string, connection: string): Unit | undefined {
    return this.get(process, this.#ofConnection.get(connectionKey(process, connection)));
  }

  add(process: string, fields: Pick<Unit, 'reason' | 'thread'> & Partial<Unit>, time: bigint): Unit {
    const units = this.of(process);
    for (;;) {
      const trailing = this.get(process, units.closing[0]);
      if (trailing === undefined || time - trailing.closing! <= trailing_ns_max) break;
      this.end(process, trailing, trailing.closing!);
    }
    if (units.open.length >= openUnits_max) this.end(process, this.get(process, units.open[0])!, time);
    const ordinal = units.next++;
    const unit: Unit = {
      id: this.#unitId(process, ordinal),
      ordinal,
      start: time,
      connection: undefined,
      peer: undefined,
      session: false,
      finished: false,
      heard: false,
      answered: undefined,
      closing: undefined,
      interleaved: false,
      guessed: false,
      words: undefined,
      label: undefined,
      walk: undefined,
      endSyscalls: undefined,
      ...fields,
    };
    this.#open.set(unitKey(process, ordinal), unit);
    if (unit.connection !== undefined) {
      this.#ofConnection.set(connectionKey(process, unit.connection), ordinal);
    }
    units.open.push(ordinal);
    this.#processes.touch(process);
    return unit;
  }

  /** `unit` is what `thread` is in from now on. */
  enter(process: string, thread: number, unit: Unit): void {
    const units = this.of(process);
    const before = units.current[thread];
    if (before === unit.ordinal) return;
    const left = this.get(process, before);
    units.current[thread] = unit.ordinal;
    unit.thread = thread;
    if (before === undefined) this.#limitThreads(process, units.current);
    this.#remember(process, thread, unit);
    if (left?.closing !== undefined) this.end(process, left, left.closing);
    this.touch(process, unit);
    this.#processes.touch(process);
  }

  /** `thread` does something for the thread that is in `unit`. */
  lend(process: string, thread: number, unit: Unit): void {
    const { current } = this.of(process);
    current[thread] = unit.ordinal;
    this.#limitThreads(process, current);
    this.#remember(process, thread, unit);
    this.#processes.touch(process);
  }

  /** `thread` is in no unit any more. */
  leave(process: string, thread: number): void {
    const units = this.#processes.get(process);
    if (units?.current[thread] === undefined) return;
    delete units.current[thread];
    this.#entered.get(process)?.delete(thread);
    this.#processes.touch(process);
  }

  /** Its connection is closed: it ends when its thread does something else, or nothing for long. */
  close(process: string, unit: Unit, time: bigint): void {
    const units = this.of(process);
    if (units.current[unit.thread] !== unit.ordinal) {
      this.end(process, unit, time);
      return;
    }
    unit.closing = time;
    units.closing.push(unit.ordinal);
    this.touch(process, unit);
    this.#processes.touch(process);
  }

  end(process: string, unit: Unit, time: bigint): void {
    const units = this.of(process);
    remove(units.open, unit.ordinal);
    remove(units.closing, unit.ordinal);
    for (const thread in units.current) {
      if (units.current[thread] !== unit.ordinal) continue;
      delete units.current[thread];
      this.#entered.get(process)?.delete(Number(thread));
    }
    units.recent.push({ id: unit.id, start: unit.start, end: time });
    if (units.recent.length > recentUnits_max) units.recent.shift();
    this.#processes.touch(process);
    this.#open.delete(unitKey(process, unit.ordinal));
    if (unit.connection === undefined) return;
    const key = connectionKey(process, unit.connection);
    if (this.#ofConnection.get(key) === unit.ordinal) this.#ofConnection.delete(key);
  }

  /** The process is gone: none of its units goes on. */
  drop(process: string): void {
    const units = this.#processes.get(process);
    if (units === undefined) return;
    for (const ordinal of [...units.open]) {
      const unit = this.get(process, ordinal)!;
      this.end(process, unit, unit.closing ?? unit.start);
    }
    this.#processes.delete(process);
    this.#entered.delete(process);
  }

  touch(process: string, unit: Unit): void {
    this.#open.touch(unitKey(process, unit.ordinal));
  }

  touchProcess(process: string): void {
    this.#processes.touch(process);
  }

  drainInto(into: Map<string, string | undefined>): void {
    this.#processes.drainInto(into);
    this.#open.drainInto(into);
    this.#ofConnection.drainInto(into);
  }

  #remember(process: string, thread: number, unit: Unit): void {
    const threads = this.#entered.get(process);
    if (threads === undefined) this.#entered.set(process, new Map([[thread, unit]]));
    else threads.set(thread, unit);
  }

  /** That of the smallest number goes; state comes back in the same order, whatever order it was made in. */
  #limitThreads(process: string, current: Record<string, number>): void {
    const threads = Object.keys(current);
    if (threads.length <= threads_max) return;
    delete current[threads[0]!];
    this.#entered.delete(process);
  }
}

function unitKey(process: string, ordinal: number): string {
  return `${process}#${ordinal}`;
}

function connectionKey(process: string, connection: string): string {
  return `${process} ${connection}`;
}

function remove(ordinals: number[], ordinal: number): void {
  const at = ordinals.indexOf(ordinal);
  if (at >= 0) ordinals.splice(at, 1);
}
