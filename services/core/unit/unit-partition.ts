/**
 * Cuts each process into execution units: one turn of its event-handling loop.
 *
 * Without a profile a unit is what one accepted connection encloses, or, in a worker that was forked without exec,
 * one job read from a pipe that it inherited. Where several connections are open in one process, what happens is
 * told apart by descriptor: the connection touched last is the one being served. With an LMS-CFG (Satapathy et al.,
 * INFOCOM 2023, algorithm 2) its loop starts and ends cut as well.
 *
 * It must not know edges, files or how a descriptor came to stand for a connection.
 */
import type { LmsCfg, LmsNode } from '../lms/lms-cfg.ts';
import { StateTable } from '../state-table.ts';

export interface Unit {
  id: string;
  ordinal: number;
  start: bigint;
  /** Vertex of the connection or pipe that bounds it; undefined for a unit cut by log lines alone. */
  connection: string | undefined;
  reason: 'connection' | 'job' | 'lms-cfg';
  /** The connection is closed: it stays the current unit for what trails, until something else begins. */
  closing: bigint | undefined;
  /** Node of the LMS-CFG that its last line matched. */
  node: number | undefined;
  /** Its loop's last line was printed: it ends with one of these calls, or at once where there is none. */
  endSyscalls: string[] | undefined;
}

interface ProcessUnits {
  next: number;
  current: number | undefined;
  /** Ordinals of open units, ascending; those whose connection is closed but that may trail stand in `closing` too. */
  open: number[];
  closing: number[];
  /** Units that ended last, for log lines that are placed late. */
  recent: { id: string; start: bigint; end: bigint }[];
}

/** Work that trails a closed connection (its access line, clean-up) is its unit's for so long at most. */
const trailing_ns_max = 1_000_000_000n;
/** Open units of one process; the one that began first is closed when another would exceed it. */
const openUnits_max = 4_096;
const recentUnits_max = 32;

export class UnitPartition {
  readonly #processes: StateTable<ProcessUnits>;
  /** By process and ordinal. */
  readonly #open: StateTable<Unit>;
  /** Process and connection → ordinal of the newest unit of it. */
  readonly #ofConnection: StateTable<number>;
  readonly #unitId: (process: string, ordinal: number) => string;

  constructor(saved: ReadonlyMap<string, string>, unitId: (process: string, ordinal: number) => string) {
    this.#processes = new StateTable('units', saved);
    this.#open = new StateTable('open-unit', saved);
    this.#ofConnection = new StateTable('unit-of', saved);
    this.#unitId = unitId;
  }

  /** The unit that something done by `process` at `time` belongs to; undefined outside of any. */
  current(process: string, time: bigint): Unit | undefined {
    const units = this.#processes.get(process);
    const unit = units?.current === undefined ? undefined : this.#get(process, units.current);
    if (unit?.closing === undefined || time - unit.closing <= trailing_ns_max) return unit;
    this.#end(process, units!, unit, unit.closing);
    return undefined;
  }

  /** The id of the unit that was running at `time`, which may be past: the latest that had begun by then. */
  at(process: string, time: bigint): string | undefined {
    const units = this.#processes.get(process);
    if (units === undefined) return undefined;
    const ordinal = units.open.findLast((o) => this.#get(process, o)!.start <= time);
    let best: { id: string; start: bigint } | undefined;
    if (ordinal !== undefined) best = this.#get(process, ordinal);
    for (const unit of units.recent) {
      const within = unit.start <= time && time <= unit.end + trailing_ns_max;
      if (within && (best === undefined || unit.start > best.start)) best = unit;
    }
    return best?.id;
  }

  begin(process: string, connection: string | undefined, reason: Unit['reason'], time: bigint): Unit {
    const units = this.#units(process);
    for (const ordinal of [...units.closing]) {
      const unit = this.#get(process, ordinal)!;
      this.#end(process, units, unit, unit.closing!);
    }
    if (units.open.length >= openUnits_max)
      this.#end(process, units, this.#get(process, units.open[0]!)!, time);
    const ordinal = units.next++;
    const unit: Unit = {
      id: this.#unitId(process, ordinal),
      ordinal,
      start: time,
      connection,
      reason,
      closing: undefined,
      node: undefined,
      endSyscalls: undefined,
    };
    this.#open.set(unitKey(process, ordinal), unit);
    if (connection !== undefined) this.#ofConnection.set(connectionKey(process, connection), ordinal);
    units.open.push(ordinal);
    units.current = ordinal;
    this.#processes.touch(process);
    return unit;
  }

  /** A descriptor was used: the unit of its connection, or the one that opened it, is the one being served. */
  touched(process: string, connection: string | undefined, openedBy: string | undefined): void {
    const units = this.#processes.get(process);
    if (units === undefined) return;
    const unit = this.ofConnection(process, connection) ?? this.#ofOpener(process, openedBy);
    if (unit === undefined || units.current === unit.ordinal) return;
    units.current = unit.ordinal;
    this.#processes.touch(process);
  }

  /** The newest unit of a connection, open or trailing. */
  ofConnection(process: string, connection: string | undefined): Unit | undefined {
    if (connection === undefined) return undefined;
    const ordinal = this.#ofConnection.get(connectionKey(process, connection));
    return ordinal === undefined ? undefined : this.#get(process, ordinal);
  }

  /** The connection was closed by this process. */
  close(process: string, connection: string, time: bigint): void {
    const unit = this.ofConnection(process, connection);
    if (unit === undefined || unit.closing !== undefined) return;
    this.#close(process, this.#units(process), unit, time);
  }

  /** A log line of the process matched a node of its LMS-CFG; the unit that the line belongs to. */
  line(process: string, cfg: LmsCfg, candidates: readonly LmsNode[], time: bigint): Unit | undefined {
    let unit = this.current(process, time);
    const node = chooseNode(cfg, candidates, unit?.node);
    if (node === undefined) return unit;
    const follows = unit?.node === undefined || cfg.successors(unit.node).includes(node.id);
    if (node.loopStart && (unit === undefined || unit.endSyscalls !== undefined || !follows)) {
      unit = this.begin(process, unit?.connection, 'lms-cfg', time);
    }
    if (unit === undefined) return undefined;
    unit.node = node.id;
    if (node.loopEnd || cfg.successors(node.id).length === 0) unit.endSyscalls = [...node.endSyscalls];
    this.#open.touch(unitKey(process, unit.ordinal));
    return unit;
  }

  /** A syscall of the process is done: it ends a unit whose loop had printed its last line. */
  syscall(process: string, name: string, time: bigint): void {
    const units = this.#processes.get(process);
    const unit = units?.current === undefined ? undefined : this.#get(process, units.current);
    if (unit?.endSyscalls === undefined || unit.connection !== undefined || unit.closing !== undefined)
      return;
    if (unit.endSyscalls.length > 0 && !unit.endSyscalls.includes(name)) return;
    this.#close(process, units!, unit, time);
  }

  /** The process ended or executes another image: none of its units goes on. */
  exited(process: string): void {
    const units = this.#processes.get(process);
    if (units === undefined) return;
    for (const ordinal of [...units.open]) {
      const unit = this.#get(process, ordinal)!;
      this.#end(process, units, unit, unit.closing ?? unit.start);
    }
    this.#processes.delete(process);
  }

  drainInto(into: Map<string, string | undefined>): void {
    this.#processes.drainInto(into);
    this.#open.drainInto(into);
    this.#ofConnection.drainInto(into);
  }

  #units(process: string): ProcessUnits {
    const fresh = { next: 1, current: undefined, open: [], closing: [], recent: [] };
    return this.#processes.get(process) ?? this.#processes.set(process, fresh);
  }

  #get(process: string, ordinal: number): Unit | undefined {
    return this.#open.get(unitKey(process, ordinal));
  }

  /** The open unit that opened a descriptor, given by its id. */
  #ofOpener(process: string, id: string | undefined): Unit | undefined {
    if (id === undefined) return undefined;
    const unit = this.#get(process, Number(id.slice(id.lastIndexOf('#') + 1)));
    return unit?.id === id && unit.closing === undefined ? unit : undefined;
  }

  #close(process: string, units: ProcessUnits, unit: Unit, time: bigint): void {
    if (units.current === unit.ordinal) {
      unit.closing = time;
      units.closing.push(unit.ordinal);
      this.#open.touch(unitKey(process, unit.ordinal));
      this.#processes.touch(process);
    } else this.#end(process, units, unit, time);
  }

  #end(process: string, units: ProcessUnits, unit: Unit, time: bigint): void {
    remove(units.open, unit.ordinal);
    remove(units.closing, unit.ordinal);
    if (units.current === unit.ordinal) units.current = undefined;
    units.recent.push({ id: unit.id, start: unit.start, end: time });
    if (units.recent.length > recentUnits_max) units.recent.shift();
    this.#processes.touch(process);
    this.#open.delete(unitKey(process, unit.ordinal));
    if (unit.connection === undefined) return;
    const key = connectionKey(process, unit.connection);
    if (this.#ofConnection.get(key) === unit.ordinal) this.#ofConnection.delete(key);
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

/** The LMS-CFG decides among candidates: a successor of the last node first, then a loop start, then the most specific. */
function chooseNode(
  cfg: LmsCfg,
  candidates: readonly LmsNode[],
  last: number | undefined,
): LmsNode | undefined {
  const next = last === undefined ? [] : cfg.successors(last);
  return candidates.find((n) => next.includes(n.id)) ?? candidates.find((n) => n.loopStart) ?? candidates[0];
}
