/**
 * Cuts each process into execution units: one turn of its event-handling loop.
 *
 * Syscalls cut first. What an accepted connection encloses is one unit; where it is kept alive, each request on it is
 * one, which begins when something is read after an answer was written. In a worker that was forked without exec, so
 * is each job read from a pipe that it inherited. Each thread is in one unit at a time, the one of the connection it
 * touched last, so that an event loop that serves many connections is told apart by descriptor, and a connection that
 * another thread goes on with takes its unit along.
 *
 * Log lines cut what no connection does (Satapathy et al., INFOCOM 2023, algorithm 2, completed): the walk over the
 * LMS-CFG begins a unit at the first line of a loop's turn, and ends it with the calls that follow the last one.
 *
 * It must not know edges, files or how a descriptor came to stand for a connection.
 */
import type { LmsCfg, LmsNode } from '../lms/lms-cfg.ts';
import { StateTable } from '../state-table.ts';
import { lineTokens, numberedWords, words_max } from './line-token.ts';
import { type Candidate, emptyWalk, type Step, step } from './lms-walk.ts';
import { type BufferedLine, OpenedNames } from './opened-name.ts';
import { SelfPipes } from './self-pipes.ts';
import { ThreadHandOver } from './thread-hand-over.ts';
import type { Unit } from './unit.ts';
import { trailing_ns_max, UnitTable } from './unit-table.ts';

export interface PrintedLine {
  readonly message: string;
  readonly cfg: LmsCfg | undefined;
  /** What it may be, in the matcher's order. */
  readonly candidates: readonly Candidate[];
}

export interface PlacedLine {
  readonly unit: Unit | undefined;
  /** The unit begins with the line. */
  readonly began: boolean;
  /** Position among the candidates of what it is. */
  readonly chosen: number;
}

interface Named {
  ordinal: number;
  connection: string;
  order: number;
}

/** Tokens of lines that are remembered, of all processes; beyond it those that were met first are forgotten. */
const tokens_max = 20_000;

export class UnitPartition {
  readonly #table: UnitTable;
  readonly #handOver: ThreadHandOver;
  readonly selfPipes: SelfPipes;
  /** Process and token of a line → what it names. */
  readonly #named: StateTable<Named>;
  readonly #orders: StateTable<number>;
  readonly #opened: OpenedNames;

  constructor(saved: ReadonlyMap<string, string>, unitId: (process: string, ordinal: number) => string) {
    this.#table = new UnitTable(saved, unitId);
    this.#handOver = new ThreadHandOver(saved);
    this.selfPipes = new SelfPipes(saved);
    this.#named = new StateTable('unit-token', saved);
    this.#orders = new StateTable('unit-token-order', saved);
    this.#opened = new OpenedNames(saved);
  }

  /** The unit that something done by `thread` at `time` belongs to; undefined outside of any. */
  current(process: string, thread: number, time: bigint): Unit | undefined {
    const units = this.#table.find(process);
    if (units === undefined) return undefined;
    const unit = this.#table.current(process, thread) ?? this.#lent(process, thread);
    if (unit === undefined) return undefined;
    if (unit.closing !== undefined) {
      if (time - unit.closing <= trailing_ns_max) return unit;
      this.#table.end(process, unit, unit.closing);
      return undefined;
    }
    // An event loop that has answered, and does something much later, does it for no request.
    const rests = units.interleaves && unit.answered !== undefined && !unit.session;
    return rests && time - unit.answered! > trailing_ns_max ? undefined : unit;
  }

  /** The id of the unit that was running at `time`, which may be past: the latest that had begun by then. */
  at(process: string, time: bigint): string | undefined {
    const units = this.#table.find(process);
    if (units === undefined) return undefined;
    let best: { id: string; start: bigint } | undefined;
    const ordinal = units.open.findLast((o) => this.#table.get(process, o)!.start <= time);
    if (ordinal !== undefined) best = this.#table.get(process, ordinal);
    for (const unit of units.recent) {
      const within = unit.start <= time && time <= unit.end + trailing_ns_max;
      if (within && (best === undefined || unit.start > best.start)) best = unit;
    }
    return best?.id;
  }

  begin(
    process: string,
    fields: Pick<Unit, 'reason' | 'thread'> &
      Partial<Pick<Unit, 'connection' | 'peer' | 'session' | 'heard' | 'guessed'>>,
    time: bigint,
  ): Unit {
    const unit = this.#table.add(process, fields, time);
    this.#table.enter(process, fields.thread, unit);
    return unit;
  }

  /**
   * A descriptor was used: the unit of its connection, or the one that opened it, is what `thread` is at now; where it
   * reads what that unit asked for, whoever else is at the unit. Gives that unit where this is how it turned out to be
   * interleaved with others.
   */
  touched(
    process: string,
    thread: number,
    connection: string | undefined,
    openedBy: string | undefined,
    isAnswer = false,
  ): Unit | undefined {
    const units = this.#table.find(process);
    if (units === undefined || units.open.length === 0) return undefined;
    if (connection !== undefined && this.#table.current(process, thread)?.connection === connection) {
      return undefined;
    }
    const own = connection === undefined ? undefined : this.#table.ofConnection(process, connection);
    const unit = own ?? this.#ofOpener(process, thread, openedBy, isAnswer);
    if (unit === undefined || units.current[thread] === unit.ordinal) return undefined;
    if (own === undefined && this.#isHelper(process, thread)) {
      this.#table.lend(process, thread, unit);
      return undefined;
    }
    const isBack = unit.thread === thread && units.current[thread] !== undefined;
    this.#table.enter(process, thread, unit);
    if (!isBack) return undefined;
    units.interleaves = true;
    if (unit.interleaved) return undefined;
    unit.interleaved = true;
    return unit;
  }

  /** The newest unit of a connection, open or trailing: as a rule the one that `thread` is in. */
  ofConnection(process: string, thread: number, connection: string): Unit | undefined {
    const current = this.#table.current(process, thread);
    return current?.connection === connection ? current : this.#table.ofConnection(process, connection);
  }

  /** Something came from the connection: after an answer it is another request, whose unit is given. */
  received(process: string, thread: number, connection: string, time: bigint): Unit | undefined {
    const unit = this.ofConnection(process, thread, connection);
    if (unit === undefined || unit.closing !== undefined) return undefined;
    if (!unit.heard) {
      // What was written before was a greeting, and answered nothing.
      unit.heard = true;
      unit.answered = undefined;
      this.#table.touch(process, unit);
      this.#handOver.asked(process, thread, unit.ordinal);
      return undefined;
    }
    if (unit.answered === undefined || unit.session || unit.finished) return undefined;
    const { peer } = unit;
    this.#table.end(process, unit, time);
    const next = this.begin(process, { thread, reason: 'request', connection, peer, heard: true }, time);
    this.#handOver.asked(process, thread, next.ordinal);
    return next;
  }

  /** Something was written to the connection. */
  answered(process: string, thread: number, connection: string, time: bigint): void {
    const unit = this.ofConnection(process, thread, connection);
    if (unit === undefined || unit.closing !== undefined) return;
    if (unit.answered === undefined) this.#handOver.answered(process, unit.ordinal);
    unit.answered = time;
    this.#table.touch(process, unit);
  }

  /** Nothing more is answered on the connection: what still comes from it is no other request. */
  finished(process: string, connection: string): void {
    const unit = this.#table.ofConnection(process, connection);
    if (unit === undefined) return;
    unit.finished = true;
    this.#table.touch(process, unit);
  }

  /** Whether the unit of that id goes on, and has not answered yet. */
  isAtWork(process: string, id: string | undefined): boolean {
    const unit = this.#table.byId(process, id);
    return unit !== undefined && unit.answered === undefined;
  }

  /** The connection was closed by this process. */
  close(process: string, connection: string, time: bigint): void {
    const unit = this.#table.ofConnection(process, connection);
    if (unit !== undefined && unit.closing === undefined) this.#table.close(process, unit, time);
  }

  /** `thread` wrote to what another thread of its process may read: it hands over what it is at. */
  woke(process: string, thread: number, waker: string, time: bigint): void {
    if (thread === 0) return;
    const unit = this.current(process, thread, time);
    const isHelper = this.#handOver.woke(process, thread, waker, unit?.ordinal);
    if (isHelper && unit?.thread !== thread) this.#table.leave(process, thread);
  }

  /**
   * `thread` opens a file: a helper does that for the request whose lines have a word of its path, or else for the one
   * that has waited longest.
   */
  opens(process: string, thread: number, path: string): void {
    if (this.#isHelper(process, thread)) {
      const isOf = (ordinal: number): boolean =>
        this.#table.get(process, ordinal)?.words?.some((word) => path.includes(word)) === true;
      const unit = this.#table.get(process, this.#handOver.taken(process, thread, isOf));
      if (unit !== undefined) this.#table.lend(process, thread, unit);
    }
    const unit = this.#table.current(process, thread);
    if (unit !== undefined && !unit.session) this.#opened.opened(process, path, unit);
  }

  /** The unit, by its id, of a line that was written together with others: not who wrote it. */
  originOf(process: string, line: BufferedLine): string | undefined {
    return this.#opened.origin(process, line);
  }

  /** Such lines came to a log. */
  wroteTogether(process: string, log: string, time: bigint): void {
    this.#opened.written(process, log, time);
  }

  /** `thread` read what other threads wake it by. */
  woken(process: string, thread: number, waker: string): void {
    if (thread === 0) return;
    const unit = this.#table.get(process, this.#handOver.woken(process, thread, waker));
    if (unit !== undefined) this.#table.enter(process, thread, unit);
  }

  /** A line that `thread` printed: which of its candidates it is, and the unit that it belongs to. */
  line(process: string, thread: number, line: PrintedLine, time: bigint): PlacedLine {
    const at = this.#about(process, line.message, this.current(process, thread, time));
    if (at !== undefined && this.#handOver.hasHelpers(process)) this.#note(process, at, line.message);
    const { cfg } = line;
    if (cfg === undefined || line.candidates.length === 0) return { unit: at, began: false, chosen: 0 };
    const units = this.#table.of(process);
    units.outside ??= at === undefined ? emptyWalk() : undefined;
    const walk = at === undefined ? units.outside! : (at.walk ?? emptyWalk());
    const before = walk.places[0]?.node;
    const stepped = step(walk, cfg, line.candidates, line.message)!;
    const { node } = line.candidates[stepped.chosen]!;
    this.#table.touchProcess(process);
    const begun = this.#begunBy(process, thread, node, at, { stepped, before, cfg }, time);
    const unit = begun ?? at;
    if (unit === undefined) return { unit, began: false, chosen: stepped.chosen };
    unit.walk = begun === undefined ? walk : { places: walk.places, lines: 1, strayed: 0 };
    if (begun !== undefined && at === undefined) units.outside = undefined;
    if (node.loopEnd || cfg.successors(node.id).length === 0) unit.endSyscalls = [...node.endSyscalls];
    this.#table.touch(process, unit);
    return { unit, began: begun !== undefined, chosen: stepped.chosen };
  }

  /** A syscall of the process is done: it ends a unit whose loop had printed its last line. */
  syscall(process: string, thread: number, name: string, time: bigint): void {
    const units = this.#table.find(process);
    const unit = units === undefined ? undefined : this.#table.current(process, thread);
    if (unit?.endSyscalls === undefined || unit.connection !== undefined || unit.closing !== undefined)
      return;
    if (unit.endSyscalls.length > 0 && !unit.endSyscalls.includes(name)) return;
    this.#table.close(process, unit, time);
  }

  /** The process ended or executes another image: none of its units goes on. */
  exited(process: string): void {
    this.#table.drop(process);
    this.#handOver.drop(process);
    this.selfPipes.drop(process);
    this.#opened.drop(process);
  }

  drainInto(into: Map<string, string | undefined>): void {
    this.#table.drainInto(into);
    this.#handOver.drainInto(into);
    this.selfPipes.drainInto(into);
    this.#named.drainInto(into);
    this.#orders.drainInto(into);
    this.#opened.drainInto(into);
  }

  #note(process: string, unit: Unit, message: string): void {
    const words = numberedWords(message).filter((word) => unit.words?.includes(word) !== true);
    if (words.length === 0) return;
    unit.words = [...(unit.words ?? []), ...words].slice(0, words_max);
    this.#table.touch(process, unit);
  }

  #isHelper(process: string, thread: number): boolean {
    return thread !== 0 && this.#handOver.served(process, thread) !== undefined;
  }

  /** A thread that wakes another one, and is in no unit itself, works for what that one is at. */
  #lent(process: string, thread: number): Unit | undefined {
    const served = thread === 0 ? undefined : this.#handOver.served(process, thread);
    if (served === undefined) return undefined;
    const unit = this.#table.get(process, this.#table.find(process)!.current[served]);
    if (unit !== undefined) this.#table.lend(process, thread, unit);
    return unit;
  }

  /** The unit that opened a descriptor, given by its id, unless it was answered or another thread is in it. */
  #ofOpener(process: string, thread: number, id: string | undefined, isAnswer: boolean): Unit | undefined {
    const unit = this.#table.byId(process, id);
    if (unit === undefined || unit.closing !== undefined) return undefined;
    if (isAnswer && thread !== 0) return unit;
    if (unit.answered !== undefined) return undefined;
    const { current } = this.#table.find(process)!;
    if (this.#isHelper(process, thread)) return unit;
    const isElsewhere = unit.thread !== thread && current[unit.thread] === unit.ordinal;
    return isElsewhere && current[thread] !== undefined ? undefined : unit;
  }

  /** The unit that a line is about: one that it names, or that of the thread which printed it. */
  #about(process: string, message: string, current: Unit | undefined): Unit | undefined {
    const tokens = lineTokens(message);
    if (tokens.length === 0) return current;
    let about: Unit | undefined;
    for (const token of tokens) {
      if (token === current?.peer) return current;
      const named = this.#unitNamed(process, token);
      if (named !== undefined && named === current) return current;
      if (named === undefined && current?.connection !== undefined) this.#name(process, token, current);
      about ??= named;
    }
    return about ?? current;
  }

  #unitNamed(process: string, token: string): Unit | undefined {
    const named = this.#named.get(`${process} ${token}`);
    if (named !== undefined) {
      return this.#table.get(process, named.ordinal) ?? this.#table.ofConnection(process, named.connection);
    }
    const open = this.#table.find(process)?.open ?? [];
    if (!token.includes(':') || open.length > lookedAt_units_max) return undefined;
    const ordinal = open.findLast((each) => this.#table.get(process, each)!.peer === token);
    return this.#table.get(process, ordinal);
  }

  #name(process: string, token: string, { ordinal, connection }: Unit): void {
    const order = (this.#orders.get('') ?? 0) + 1;
    this.#orders.set('', order);
    this.#named.set(`${process} ${token}`, { ordinal, connection: connection!, order });
    if (this.#named.size <= tokens_max * 1.1) return;
    for (const [key, each] of [...this.#named.entries()]) {
      if (each.order < order - tokens_max) this.#named.delete(key);
    }
  }

  /** The unit that a line begins; undefined where it goes on with `at`, or is of none. */
  #begunBy(
    process: string,
    thread: number,
    node: LmsNode,
    at: Unit | undefined,
    { stepped, before, cfg }: { stepped: Step; before: number | undefined; cfg: LmsCfg },
    time: bigint,
  ): Unit | undefined {
    // What is read from and written to a connection says more of its requests than lines do.
    if (at !== undefined && isCutByCalls(at)) return undefined;
    const units = this.#table.of(process);
    const fields = { thread, reason: 'lms-cfg' as const, connection: at?.connection, peer: at?.peer };
    if (node.loopStart) {
      const isNext = at?.endSyscalls !== undefined || stepped.skipped !== 0 || before === node.id;
      if (at !== undefined && (at.walk === undefined || !isNext)) return undefined;
      units.isCutByLines = true;
      if (at !== undefined) this.#table.end(process, at, time);
      return this.begin(process, fields, time);
    }
    // A turn whose first lines were left out: lower levels come and go at run time.
    if (!units.isCutByLines || !leadsToEnd(cfg, node)) return undefined;
    if (at === undefined) return this.begin(process, { ...fields, guessed: true }, time);
    if (at.endSyscalls === undefined || stepped.skipped === 0) return undefined;
    this.#table.end(process, at, time);
    return this.begin(process, { ...fields, guessed: true }, time);
  }
}

/** Open units that are looked through for the one that an address names. */
const lookedAt_units_max = 512;

/** A source that tells threads apart shows what is read from a connection, and written to it. */
function isCutByCalls(unit: Unit): boolean {
  const isSeen = unit.thread !== 0 || unit.heard || unit.answered !== undefined;
  return unit.session || (unit.connection !== undefined && isSeen);
}

function leadsToEnd(cfg: LmsCfg, node: LmsNode): boolean {
  return node.loopEnd || cfg.successors(node.id).some((next) => cfg.nodes[next]!.loopEnd);
}
