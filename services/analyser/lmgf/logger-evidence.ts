/**
 * Log functions that no known function shows, because they format by themselves or write through a pointer: functions
 * that are mostly given constant messages, with conversions among them, and from which a sink can be reached. It must
 * not know names of programs.
 */
import type { CallSite, ProgramValues } from '../value/program-values.ts';
import { Atom, STALE } from '../value/value-table.ts';
import { formatShape } from './format-shape.ts';

const sites_min = 6;
const constant_share_min = 0.6;
const sentence_share_min = 0.5;
const conversion_share_min = 0.15;
const reach_max = 3;
const arguments_max = 8;
/** They write what is given. What formats is followed instead: a message that ends there is found without evidence. */
const sinks = new Set(['write', 'writev', 'pwrite64', 'fwrite', 'fputs', 'fputc', 'sendto', 'sendmsg']);

export interface Logger {
  readonly fn: number;
  readonly argument: number;
  readonly mode: 'format';
  readonly values: number | undefined;
}

export function findLoggers(
  program: ProgramValues,
  callers: ReadonlyMap<number | string, readonly CallSite[]>,
  known: ReadonlySet<number>,
): Logger[] {
  const reaching = reachesSink(program);
  const loggers: Logger[] = [];
  for (const [fn, { variadic }] of program.functions.entries()) {
    if (known.has(fn) || !variadic || !reaching.has(fn)) continue;
    const sites = callers.get(fn) ?? [];
    if (sites.length < sites_min) continue;
    const argument = messageArgument(program, sites);
    if (argument !== undefined) loggers.push({ fn, argument, mode: 'format', values: argument + 1 });
  }
  return loggers;
}

/** The first argument that is a message at most calls. */
function messageArgument(program: ProgramValues, sites: readonly CallSite[]): number | undefined {
  for (let argument = 0; argument < arguments_max; argument++) {
    const texts = sites.map((site) => constantText(program, site.args[argument] ?? STALE));
    const constant = texts.filter((text) => text !== undefined);
    if (constant.length < sites.length * constant_share_min) continue;
    const sentences = constant.filter((text) => /\p{L}{2}/u.test(text) && /[ :%]/.test(text));
    const converting = constant.filter((text) => formatShape(text).conversions.length > 0);
    const several = new Set(constant).size >= sites_min / 2;
    if (
      several &&
      sentences.length >= constant.length * sentence_share_min &&
      converting.length >= constant.length * conversion_share_min
    ) {
      return argument;
    }
  }
  return undefined;
}

function constantText({ values, reader }: ProgramValues, value: number): string | undefined {
  for (const atom of values.members(value)) {
    if (values.kind(atom) !== Atom.constant || !reader.isReadOnly(values.a(atom))) continue;
    const text = reader.cString(values.a(atom), 4096);
    if (text !== undefined && text.length > 1) return text;
  }
  return undefined;
}

/** Functions from which a sink can be called, at most `reach_max` calls away. */
function reachesSink({ sites, found, neverReturns }: ProgramValues): Set<number> {
  const reaching = new Set<number>();
  for (const fn of found.functions) if (sinks.has(fn.importName ?? '')) reaching.add(fn.index);
  for (let round = 0; round < reach_max; round++) {
    const before = reaching.size;
    for (const [fn, calls] of sites.entries()) {
      if (reaching.has(fn)) continue;
      const does = calls.some(
        (call) =>
          sinks.has(call.name ?? '') ||
          (call.callee !== undefined && reaching.has(call.callee) && !neverReturns.has(call.callee)),
      );
      if (does) reaching.add(fn);
    }
    if (reaching.size === before) break;
  }
  return reaching;
}
