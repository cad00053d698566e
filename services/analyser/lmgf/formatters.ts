/** Functions of the program that hand a format on to a known formatter and give the text to their caller. */
import type { CallSite, ProgramValues } from '../value/program-values.ts';
import { Atom } from '../value/value-table.ts';
import type { KnownFunction, KnownFunctions } from './known-functions.ts';

const rounds = 3;

export function findFormatters(program: ProgramValues, known: KnownFunctions): Map<number, KnownFunction> {
  const found = new Map<number, KnownFunction>();
  for (let round = 0; round < rounds; round++) {
    let more = false;
    for (const [fn, sites] of program.sites.entries()) {
      if (found.has(fn)) continue;
      for (const site of sites) {
        const role = roleOf(site, known, found);
        const derived = role === undefined ? undefined : derive(program, site, role);
        if (derived === undefined) continue;
        found.set(fn, derived);
        more = true;
        break;
      }
    }
    if (!more) break;
  }
  return found;
}

/** What makes or passes on text at a call, if it does; `found`: functions of the program that do. */
export function roleOf(
  site: CallSite,
  known: KnownFunctions,
  found: ReadonlyMap<number, KnownFunction>,
): KnownFunction | undefined {
  const named = site.name === undefined ? undefined : known.get(site.name);
  if (named !== undefined && named.role !== 'none') return named;
  return site.callee === undefined ? undefined : found.get(site.callee);
}

function derive(program: ProgramValues, site: CallSite, role: KnownFunction): KnownFunction | undefined {
  const { values, functions } = program;
  if (role.role !== 'format' || role.format === undefined || role.destination === undefined) return undefined;
  const argumentOf = (value: number | undefined): number | undefined => {
    const atom = values.members(value ?? 0).find((one) => values.kind(one) === Atom.argument);
    return atom === undefined ? undefined : values.a(atom);
  };
  const format = argumentOf(site.args[role.format]);
  if (format === undefined) return undefined;
  const fn = functions[site.fn]!;
  const base = {
    role: 'format',
    format,
    ...(fn.variadic ? { values: format + 1 } : {}),
    ...(role.dialect === undefined ? {} : { dialect: role.dialect }),
  } as const;
  const given = values
    .members(fn.result)
    .some((atom) => isResult(values.kind(atom)) && values.a(atom) === site.at);
  if (given && (role.destination === 'result' || role.pointed)) return { ...base, destination: 'result' };
  if (typeof role.destination !== 'number') return undefined;
  const destination = argumentOf(site.args[role.destination]);
  if (destination === undefined) return undefined;
  return { ...base, destination, ...(role.pointed ? { pointed: true } : {}) };
}

function isResult(kind: number): boolean {
  return kind === Atom.result || kind === Atom.resultWithin;
}
