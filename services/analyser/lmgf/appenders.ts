/**
 * Functions that append to a text which an object holds: a pointer to the text, kept in a structure that callers pass
 * on. They are told by what they do: they copy to somewhere behind the beginning of what a member of an argument points
 * to, or hand on to one that does. It must not know which functions log.
 */
import type { CallSite, ProgramValues } from '../value/program-values.ts';
import { Atom, STALE } from '../value/value-table.ts';
import type { KnownFunctions } from './known-functions.ts';

export interface Appender {
  /** Which argument is the object. */
  readonly object: number;
  /** Which argument is the text; undefined: it appends a value. */
  readonly text: number | undefined;
  /** The text is the argument itself, one character. */
  readonly isCharacter: boolean;
}

interface Copier {
  readonly destination: number;
  readonly text: number;
  /** Which argument says how many bytes. */
  readonly length: number | undefined;
}

const rounds = 4;

/** Pointers that functions load from members of what their arguments point to. */
export class HeldPointers {
  readonly #program: ProgramValues;
  /** By function: where a pointer is loaded, and from behind what. */
  readonly #loads = new Map<number, ReadonlyMap<number, number>>();

  constructor(program: ProgramValues) {
    this.#program = program;
  }

  /**
   * What a pointer is a member of that a function loads, or is given back by one that loads it: an atom; undefined of
   * what is none, or of several.
   */
  holder(fn: number, atom: number): number | undefined {
    const { values } = this.#program;
    if (values.kind(atom) === Atom.result) return this.#given(values.a(atom));
    if (values.kind(atom) !== Atom.field) return undefined;
    return singleOf(this.#program, this.#loadsOf(fn).get(values.b(atom)) ?? STALE);
  }

  /** By the call at an operation, where it gives back nothing but what one of its arguments holds. */
  #given(at: number): number | undefined {
    const { sitesAt, functions, values } = this.#program;
    const [site, ...others] = sitesAt.get(at) ?? [];
    if (site?.callee === undefined || others.length > 0) return undefined;
    const loaded = values.members(functions[site.callee]!.result).map((atom) => {
      const isLoaded = values.kind(atom) === Atom.field;
      return argumentOf(this.#program, isLoaded ? this.holder(site.callee!, atom) : undefined);
    });
    const [holder] = loaded;
    const isOne = holder !== undefined && loaded.every((each) => each === holder);
    return isOne ? singleOf(this.#program, site.args[holder] ?? STALE) : undefined;
  }

  #loadsOf(fn: number): ReadonlyMap<number, number> {
    let loads = this.#loads.get(fn);
    if (loads === undefined) {
      loads = new Map(this.#program.functions[fn]!.loads.map(({ at, pointer }) => [at, pointer]));
      this.#loads.set(fn, loads);
    }
    return loads;
  }
}

export function findAppenders(
  program: ProgramValues,
  held: HeldPointers,
  known: KnownFunctions,
): ReadonlyMap<number, Appender> {
  const copiers = findCopiers(program, known);
  const appenders = new Map<number, Appender>();
  for (let round = 0; round < rounds; round++) {
    const before = appenders.size;
    for (const [fn, sites] of program.sites.entries()) {
      if (appenders.has(fn)) continue;
      const appends = sites.flatMap((site) => {
        const appender = ofCopy(program, held, copiers, site) ?? ofAppend(program, appenders, site);
        return appender === undefined ? [] : [{ appender, at: site.at }];
      });
      // Several are a text that is put together.
      if (new Set(appends.map(({ at }) => at)).size === 1) appenders.set(fn, appends[0]!.appender);
    }
    if (appenders.size === before) break;
  }
  return appenders;
}

/** The one thing that a value is. */
export function singleOf({ values }: ProgramValues, value: number): number | undefined {
  const members = values.members(value);
  return members.length === 1 && values.kind(members[0]!) >= 0 ? members[0] : undefined;
}

/** Which argument of its function a value is. */
export function argumentOf(program: ProgramValues, value: number | undefined): number | undefined {
  const atom = singleOf(program, value ?? STALE);
  const isArgument = atom !== undefined && program.values.kind(atom) === Atom.argument;
  return isArgument ? program.values.a(atom) : undefined;
}

/** Functions of the program that hand their arguments on to a known function that copies. */
function findCopiers(program: ProgramValues, known: KnownFunctions) {
  const own = new Map<number, Copier>();
  const of = ({ name, callee }: CallSite): Copier | undefined => {
    const { role, destination, text } = (name === undefined ? undefined : known.get(name)) ?? {};
    if (role === 'copy' && typeof destination === 'number' && text !== undefined)
      return { destination, text, length: text + 1 };
    return callee === undefined ? undefined : own.get(callee);
  };
  for (const [fn, sites] of program.sites.entries()) {
    for (const site of sites) {
      const copier = of(site);
      if (copier === undefined) continue;
      const destination = argumentOf(program, site.args[copier.destination]);
      const text = argumentOf(program, site.args[copier.text]);
      if (destination === undefined || text === undefined) continue;
      own.set(fn, { destination, text, length: argumentOf(program, site.args[copier.length ?? -1]) });
    }
  }
  return of;
}

function ofCopy(
  program: ProgramValues,
  held: HeldPointers,
  copierOf: (site: CallSite) => Copier | undefined,
  site: CallSite,
): Appender | undefined {
  const copier = copierOf(site);
  if (copier === undefined) return undefined;
  const { values } = program;
  for (const atom of values.members(site.args[copier.destination] ?? STALE)) {
    // Somewhere behind the pointer: at its beginning would be another text, not more of one.
    if (values.kind(atom) !== Atom.beyond || values.b(atom) !== 0) continue;
    const holder = held.holder(site.fn, values.a(atom));
    const object = argumentOf(program, holder);
    if (object === undefined) continue;
    const character = characterOf(program, site, copier, object);
    if (character !== undefined) return { object, text: character, isCharacter: true };
    const text = argumentOf(program, site.args[copier.text]);
    return { object, text, isCharacter: false };
  }
  return undefined;
}

/** Of a function of an object and something else that copies one byte of its own stack: the something else. */
function characterOf(
  program: ProgramValues,
  site: CallSite,
  { text, length }: Copier,
  object: number,
): number | undefined {
  const { values, functions } = program;
  const [from, bytes] = [text, length ?? -1].map((i) => singleOf(program, site.args[i] ?? STALE));
  const isOne = bytes !== undefined && values.kind(bytes) === Atom.constant && values.a(bytes) === 1;
  const isOwn = from !== undefined && values.kind(from) === Atom.stack;
  return isOne && isOwn && functions[site.fn]!.parameters === 2 && object < 2 ? 1 - object : undefined;
}

function ofAppend(
  program: ProgramValues,
  appenders: ReadonlyMap<number, Appender>,
  { callee, args }: CallSite,
): Appender | undefined {
  const appender = callee === undefined ? undefined : appenders.get(callee);
  if (appender === undefined) return undefined;
  const object = argumentOf(program, args[appender.object]);
  if (object === undefined) return undefined;
  const text = appender.text === undefined ? undefined : argumentOf(program, args[appender.text]);
  return { object, text, isCharacter: appender.isCharacter };
}
