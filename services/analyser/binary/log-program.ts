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
import { EventLoops } from './event-loops.ts';
import { siteAddress, siteRegex } from './lms-site.ts';
import { LogPaths } from './log-paths.ts';
import { syscallOf } from './syscall-names.ts';
import { type GuardedFunction, verbosityOf, withAllLogged } from './verbosity.ts';

export function logProgram(
  program: ProgramValues,
  targets: CallTargets,
  callbacks: ImportCallbacks,
  logs: LogSites,
): LogProgram {
  const { sites, bySite } = lmsSites(program, logs);
  const unknown = program.found.functions.length;
  const calledBy = (site: CallSite): Called => calledAt(program, targets, callbacks, site, unknown);
  const calls = program.sites.map((own) => own.map(calledBy));
  const relevant = relevantFunctions(program, calls, bySite);
  const loops = new EventLoops(unknown + 1);
  const drafts = new Map<number, GuardedFunction<PlacedBlock>>();
  for (const index of relevant) {
    const blocks = blocksOf(program, index, calls[index]!, relevant, bySite, loops);
    drafts.set(index, { blocks, conditions: program.functions[index]!.conditions });
  }
  const verbosity = verbosityOf(drafts.values());
  const logging = new Map([...drafts].map(([fn, draft]) => [fn, withAllLogged(draft, verbosity)]));
  const paths = new LogPaths(program, logging, printingFunctions(calls, bySite));
  const functions = program.found.functions.map((fn): LogFunction => {
    const name = fn.name ?? `sub_${fn.address.toString(16)}`;
    return { name, blocks: paths.blocks(fn.index) ?? silent };
  });
  // Runs where a pointer may lead to what nobody found.
  functions.push({ name: 'unknown', blocks: silent }, ...loops.functions);
  const entries = program.found.functions
    .filter((fn) => fn.exported || fn.addressTaken || fn.address === program.image.entry)
    .map((fn) => fn.index);
  return { sites, functions, entries };
}

const silent: readonly LogBlock[] = [{ events: [], successors: [], returns: true }];

/** What a call runs in the program, and the system call that it stands for. */
interface Called {
  readonly functions: readonly number[];
  readonly syscall: string | undefined;
  /** They run any number of times, each after the system call. */
  readonly repeats: boolean;
}

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

function calledAt(
  program: ProgramValues,
  targets: CallTargets,
  callbacks: ImportCallbacks,
  site: CallSite,
  unknown: number,
): Called {
  const syscall = site.name === undefined ? undefined : syscallOf.get(site.name);
  const callee = site.callee === undefined ? undefined : program.found.functions[site.callee]!;
  if (callee === undefined && site.name === undefined) {
    return { functions: [...targets.targets(site), unknown], syscall, repeats: false };
  }
  if (callee !== undefined && callee.importName === undefined) {
    return { functions: [callee.index], syscall, repeats: false };
  }
  const run = callbacks.run(site);
  if (run.length === 0) return { functions: [], syscall, repeats: false };
  return { functions: [...run, unknown], syscall, repeats: callbacks.repeats(site) };
}

/** Functions that print or make a system call, or call such a one. */
function relevantFunctions(
  program: ProgramValues,
  calls: readonly (readonly Called[])[],
  bySite: SitesOf,
): Set<number> {
  const relevant = new Set<number>();
  for (const [fn, called] of calls.entries()) {
    const own = called.some(({ syscall }, i) => syscall !== undefined || bySite.has(program.sites[fn]![i]!));
    if (own || program.functions[fn]!.syscalls.length > 0) relevant.add(fn);
  }
  return withCallers(relevant, calls);
}

function printingFunctions(calls: readonly (readonly Called[])[], bySite: SitesOf): Set<number> {
  return withCallers(new Set([...bySite.keys()].map(({ fn }) => fn)), calls);
}

/** Adds all that call one of them, through any number of others. */
function withCallers(relevant: Set<number>, calls: readonly (readonly Called[])[]): Set<number> {
  const callers = new Map<number, number[]>();
  for (const [fn, called] of calls.entries()) {
    for (const callee of called.flatMap(({ functions }) => functions)) {
      const known = callers.get(callee);
      if (known === undefined) callers.set(callee, [fn]);
      else known.push(fn);
    }
  }
  const todo = [...relevant];
  for (let fn = todo.pop(); fn !== undefined; fn = todo.pop()) {
    for (const caller of callers.get(fn) ?? []) {
      if (relevant.has(caller)) continue;
      relevant.add(caller);
      todo.push(caller);
    }
  }
  return relevant;
}

function blocksOf(
  program: ProgramValues,
  fn: number,
  calls: readonly Called[],
  relevant: ReadonlySet<number>,
  bySite: SitesOf,
  loops: EventLoops,
): PlacedBlock[] {
  const graph = program.graph(fn);
  const draft = new BlockDraft(graph);
  const sites = program.sites[fn]!;
  for (const [i, site] of sites.entries()) {
    if (site.cameFrom !== undefined) draft.divide(site.block, site.cameFrom);
    const own = eventsOf(site, calls[i]!, relevant, bySite, loops);
    // A conditional jump to another function: one way runs that function and returns, the other goes on.
    if (site.tail && graph.successors[site.block]!.length > 0) draft.branch(site.block, site.at, own);
    else draft.add(site.block, site.cameFrom, site.at, own);
  }
  return draft.blocks();
}

function eventsOf(
  site: CallSite,
  { functions, syscall, repeats }: Called,
  relevant: ReadonlySet<number>,
  bySite: SitesOf,
  loops: EventLoops,
): LogEvent[] {
  const events: LogEvent[] = [];
  const printed = bySite.get(site);
  if (printed !== undefined) events.push({ kind: 'log', sites: printed });
  const waits: LogEvent[] = syscall === undefined ? [] : [{ kind: 'syscall', name: syscall }];
  const targets = functions.filter((target) => relevant.has(target));
  // What a log function itself does is not the program's story.
  if (printed !== undefined || targets.length === 0) return [...events, ...waits];
  const silent = targets.length < functions.length;
  const call: LogEvent = { kind: 'call', targets: silent ? functions.slice() : targets };
  if (repeats) return [{ kind: 'call', targets: [loops.of([...waits, call])] }];
  return [...waits, call];
}
