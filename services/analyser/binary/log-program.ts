/**
 * A program's functions as blocks of log lines, calls and system calls, for the LMS-CFG. What neither prints nor leads
 * to what prints is left out. It must not know instructions or how texts were found.
 */

import type { LogSites } from '../lmgf/log-sites.ts';
import type { LmsSite, LogBlock, LogEvent, LogFunction, LogProgram } from '../lms-cfg/log-program.ts';
import type { PlacedBlock } from '../path/feasible-paths.ts';
import type { CallTargets } from '../value/call-targets.ts';
import type { ImportCallbacks } from '../value/import-callbacks.ts';
import type { CallSite, ProgramValues } from '../value/program-values.ts';
import { BlockDraft } from './block-draft.ts';
import { type Called, CalledFunctions } from './called-functions.ts';
import { EventLoops } from './event-loops.ts';
import { siteAddress, siteRegex } from './lms-site.ts';
import { LogPaths } from './log-paths.ts';
import { type GuardedFunction, verbosityOf, withAllLogged } from './verbosity.ts';

export function logProgram(
  program: ProgramValues,
  targets: CallTargets,
  callbacks: ImportCallbacks,
  logs: LogSites,
): LogProgram {
  const { sites, bySite } = lmsSites(program, logs);
  const unknown = program.found.functions.length;
  const called = new CalledFunctions(program, targets, callbacks, unknown);
  const relevant = called.withCallers(eventful(program, called, bySite));
  const events = new CallEvents(relevant, bySite, new EventLoops(unknown + 1));
  const drafts = new Map<number, GuardedFunction<PlacedBlock>>();
  for (const index of relevant) {
    const blocks = blocksOf(program, index, called.bySite[index]!, events);
    drafts.set(index, { blocks, conditions: program.functions[index]!.conditions });
  }
  const verbosity = verbosityOf(drafts.values());
  const logging = new Map([...drafts].map(([fn, draft]) => [fn, withAllLogged(draft, verbosity)]));
  const printing = called.withCallers(new Set([...bySite.keys()].map(({ fn }) => fn)));
  const paths = new LogPaths(program, logging, printing);
  const functions = program.found.functions.map((fn): LogFunction => {
    const name = fn.name ?? `sub_${fn.address.toString(16)}`;
    return { name, blocks: paths.blocks(fn.index) ?? silent };
  });
  // Runs where a pointer may lead to what nobody found.
  functions.push({ name: 'unknown', blocks: silent }, ...events.loops.functions);
  const entries = program.found.functions
    .filter((fn) => fn.exported || fn.addressTaken || fn.address === program.image.entry)
    .map((fn) => fn.index);
  return { sites, functions, entries };
}

const silent: readonly LogBlock[] = [{ events: [], successors: [], returns: true }];

type SitesOf = ReadonlyMap<CallSite, readonly number[]>;

function lmsSites(program: ProgramValues, logs: LogSites): { sites: LmsSite[]; bySite: SitesOf } {
  const sites: LmsSite[] = [];
  const known = new Map<string, number>();
  const bySite = new Map<CallSite, number[]>();
  for (const { site, text, mode, lmgf, dialect } of logs.found) {
    const fn = program.found.functions[site.fn]!;
    const key = `${site.at} ${text}`;
    let index = known.get(key);
    if (index === undefined) {
      index = sites.length;
      known.set(key, index);
      const address = siteAddress(program.found.ops, site.at);
      sites.push({ address, text, regex: siteRegex(text, mode, dialect), function: fn.name, lmgf });
    }
    const own = bySite.get(site);
    if (own === undefined) bySite.set(site, [index]);
    else own.push(index);
  }
  return { sites, bySite };
}

/** Functions that print or make a system call. */
function eventful(program: ProgramValues, called: CalledFunctions, bySite: SitesOf): Set<number> {
  const found = new Set<number>();
  for (const [fn, calls] of called.bySite.entries()) {
    const own = calls.some(({ syscall }, i) => syscall !== undefined || bySite.has(program.sites[fn]![i]!));
    if (own || program.functions[fn]!.syscalls.length > 0) found.add(fn);
  }
  return found;
}

function blocksOf(
  program: ProgramValues,
  fn: number,
  calls: readonly Called[],
  events: CallEvents,
): PlacedBlock[] {
  const graph = program.graph(fn);
  const draft = new BlockDraft(graph);
  const sites = program.sites[fn]!;
  for (const [i, site] of sites.entries()) {
    if (site.cameFrom !== undefined) draft.divide(site.block, site.cameFrom);
    const own = events.of(site, calls[i]!);
    // A conditional jump to another function: one way runs that function and returns, the other goes on.
    if (site.tail && graph.successors[site.block]!.length > 0) draft.branch(site.block, site.at, own);
    else draft.add(site.block, site.cameFrom, site.at, own);
  }
  return draft.blocks();
}

/** What calls are in a log program. Calls that may run the same functions share one event. */
class CallEvents {
  readonly loops: EventLoops;
  readonly #relevant: ReadonlySet<number>;
  readonly #bySite: SitesOf;
  readonly #calls = new Map<readonly number[], LogEvent | undefined>();

  constructor(relevant: ReadonlySet<number>, bySite: SitesOf, loops: EventLoops) {
    this.#relevant = relevant;
    this.#bySite = bySite;
    this.loops = loops;
  }

  of(site: CallSite, { functions, syscall, repeats }: Called): LogEvent[] {
    const events: LogEvent[] = [];
    const printed = this.#bySite.get(site);
    if (printed !== undefined) events.push({ kind: 'log', sites: printed });
    const waits: LogEvent[] = syscall === undefined ? [] : [{ kind: 'syscall', name: syscall }];
    // What a log function itself does is not the program's story.
    const call = printed === undefined ? this.#callOf(functions) : undefined;
    if (call === undefined) return [...events, ...waits];
    if (repeats) return [{ kind: 'call', targets: [this.loops.of([...waits, call])] }];
    return [...waits, call];
  }

  /** Undefined where they are nothing to the log program. */
  #callOf(functions: readonly number[]): LogEvent | undefined {
    if (this.#calls.has(functions)) return this.#calls.get(functions);
    const targets = functions.filter((target) => this.#relevant.has(target));
    const isSilent = targets.length < functions.length;
    const call: LogEvent | undefined =
      targets.length === 0 ? undefined : { kind: 'call', targets: isSilent ? functions : targets };
    this.#calls.set(functions, call);
    return call;
  }
}
