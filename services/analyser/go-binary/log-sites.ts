/**
 * Which calls of a Go program print which texts: from the known functions upwards through functions that hand an
 * argument on to them, at most BT callers. It must not know the order of calls.
 */
import type { FoundLms, LogSites } from '../lmgf/log-sites.ts';
import { linesOf, normalForm } from '../source/message/message.ts';
import type { CallSite, ProgramValues } from '../value/program-values.ts';
import { Atom } from '../value/value-table.ts';
import { GoText } from './go-text.ts';
import { type GoFunction, goFunctionsKnown } from './known-functions.ts';

interface Slot extends GoFunction {
  readonly fn: string | number;
  readonly lmgf: string;
  readonly depth: number;
}

export function findGoLogSites(program: ProgramValues, bt: number): LogSites {
  const text = new GoText(program);
  const callers = callersOf(program);
  const found = new Map<string, FoundLms>();
  const known = [...goFunctionsKnown].map(
    ([name, slot]): Slot => ({ ...slot, fn: name, lmgf: name, depth: 0 }),
  );
  const queue = [...known];
  const queued = new Set<string>();
  for (let slot = queue.shift(); slot !== undefined; slot = queue.shift()) {
    for (const site of callers.get(slot.fn) ?? []) {
      if (isOwn(program, site) || !isLog(program, site, slot)) continue;
      const { messages, arguments: given } = text.at(site, slot.at, slot.mode, slot.spaced === true);
      for (const message of messages) for (const line of linesOf(message)) emit(site, normalForm(line), slot);
      for (const { at, mode } of given) {
        const key = `${site.fn} ${at} ${mode}`;
        if (slot.depth >= bt || queued.has(key)) continue;
        queued.add(key);
        const { spaced } = slot;
        queue.push({
          fn: site.fn,
          at,
          mode,
          lmgf: slot.lmgf,
          depth: slot.depth + 1,
          ...(spaced ? { spaced } : {}),
        });
      }
    }
  }
  return { found: [...found.values()], exported: new Map() };

  function emit(site: CallSite, line: string, { lmgf }: Slot): void {
    const key = `${site.at} ${site.cameFrom ?? ''} ${line}`;
    const says = /[\p{L}\p{N}]/u.test(line.replace(/%s/g, ''));
    if (says && !found.has(key)) found.set(key, { site, text: line, mode: 'format', lmgf, dialect: 'c' });
  }
}

/** The runtime prints of itself when a program dies. */
function isOwn({ found }: ProgramValues, site: CallSite): boolean {
  return /^(?:runtime|internal\/[^.]*)\./.test(found.functions[site.fn]!.name ?? '');
}

/** What is handed on by a caller is somebody's connection or buffer. */
function isLog({ values }: ProgramValues, site: CallSite, { writer }: Slot): boolean {
  if (writer === undefined) return true;
  const value = site.args[writer + 1] ?? 0;
  return values.members(value).some((atom) => values.kind(atom) === Atom.global);
}

/** By name and by index: a wrapper is known by its index. */
function callersOf({ sites }: ProgramValues): Map<number | string, CallSite[]> {
  const callers = new Map<number | string, CallSite[]>();
  for (const site of sites.flat()) {
    for (const key of [site.name, site.callee]) {
      if (key === undefined) continue;
      const known = callers.get(key);
      if (known === undefined) callers.set(key, [site]);
      else known.push(site);
    }
  }
  return callers;
}
