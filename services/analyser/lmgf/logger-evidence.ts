/**
 * Log functions that no known function shows, because they format by themselves, write through a pointer, or are in a
 * library that is not analysed along: functions that are mostly given constant messages, with conversions among them,
 * and from which a sink can be reached, or which leave a message nowhere to go but out. It must not know names of
 * programs.
 */
import { Op } from '../disasm/micro-op.ts';
import type { CallSite, ProgramValues } from '../value/program-values.ts';
import { Atom, STALE } from '../value/value-table.ts';
import { formatShape } from './format-shape.ts';

const sites_min = 6;
const constant_share_min = 0.6;
const sentence_share_min = 0.5;
const conversion_share_min = 0.15;
const plain_share_min = 0.9;
const used_share_max = 0.05;
const reach_max = 3;
const arguments_max = 8;
/** They write what is given. What formats is followed instead: a message that ends there is found without evidence. */
const sinks = new Set(['write', 'writev', 'pwrite64', 'fwrite', 'fputs', 'fputc', 'sendto', 'sendmsg']);

export interface Logger {
  readonly fn: number | string;
  readonly argument: number;
  readonly mode: 'format';
  readonly values: number | undefined;
}

export function findLoggers(
  program: ProgramValues,
  callers: ReadonlyMap<number | string, readonly CallSite[]>,
  isKnown: (fn: number | string) => boolean,
): Logger[] {
  const reaching = reachesSink(program);
  const imports = new Set(program.image.imports.values());
  const loggers: Logger[] = [];
  for (const [fn, sites] of callers) {
    if (sites.length < sites_min || isKnown(fn) || !mayTakeAny(program, imports, fn)) continue;
    const argument = messageArgument(program, sites);
    if (argument === undefined) continue;
    const writes = typeof fn === 'number' && reaching.has(fn);
    if (writes || leavesOnlyOut(program, sites, argument))
      loggers.push({ fn, argument, mode: 'format', values: argument + 1 });
  }
  return loggers;
}

/** Whether it takes any number of arguments, as far as can be seen: nothing of an import can. */
function mayTakeAny(
  { functions }: ProgramValues,
  imports: ReadonlySet<string>,
  fn: number | string,
): boolean {
  return typeof fn === 'number' ? functions[fn]!.variadic : imports.has(fn);
}

/** Nothing that could take the message is passed before it, and nothing is made of what comes back. */
function leavesOnlyOut(program: ProgramValues, sites: readonly CallSite[], argument: number): boolean {
  const { values } = program;
  const isPlain = (value: number): boolean => values.kind(value) === Atom.constant;
  const plain = sites.filter(({ args }) => args.slice(0, argument).every(isPlain));
  const used = sites.filter((site) => isResultUsed(program, site));
  return plain.length >= sites.length * plain_share_min && used.length <= sites.length * used_share_max;
}

/** Before the next jump or call, or another result in its place; what a tail call gives is its function's to use. */
function isResultUsed({ found: { ops }, convention }: ProgramValues, site: CallSite): boolean {
  const { resultRegister } = convention;
  for (let at = site.at + 1; at < ops.length && !isControl(ops.op[at]!); at++) {
    if ([ops.a[at], ops.b[at], ops.x[at]].includes(resultRegister)) return true;
    if (ops.d[at] === resultRegister) return false;
  }
  return false;
}

function isControl(op: number): boolean {
  return op >= Op.call && op <= Op.halt;
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
