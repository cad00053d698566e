/**
 * Which functions of a program an imported function runs: those that it is given, or that another function of its
 * library was given before. It must not know programs, or which functions log.
 */
import type { FunctionPointers } from './function-pointers.ts';
import type { CallSite, ProgramValues } from './program-values.ts';
import { Atom } from './value-table.ts';

/** Functions of the C library that run what they are given before they return, with the argument. */
const atOnce = new Map([
  ...arguments_('qsort qsort_r', [3]),
  ...arguments_('bsearch lfind lsearch', [4]),
  ...arguments_('scandir scandir64', [2, 3]),
  ...arguments_('ftw ftw64 nftw nftw64 twalk pthread_once call_once', [1]),
  ...arguments_('tsearch tfind tdelete glob glob64', [2]),
  ...arguments_('__libc_start_main dl_iterate_phdr', [0]),
]);

/** What these are given runs in another thread, on a signal or at the end. */
const elsewhere = new Set(
  'pthread_create thrd_create clone signal sigset bsd_signal sysv_signal __sysv_signal sigaction atexit on_exit'
    .concat(' __cxa_atexit pthread_key_create tss_create pthread_atfork __register_atfork makecontext')
    .split(' '),
);

/** Words in the name of what runs callbacks that others registered; of what runs them again and again. */
const dispatches =
  /accept|action|authenticate|catch|clear|connect|destroy|dispatch|exec|handle|handshake|iterat|loop|parse|perform|poll|process|read|run|step|wait|write/i;
const repeats = /dispatch|loop|main|run/i;
const runsOnce = /main|once/;
/** Words in the name of what runs its callback itself, whatever else its library has. */
const runsItself = /each|iterat|lookup|once|search|sort|traverse|walk/i;

const function_share_min = 0.5;
const arguments_max = 8;

function arguments_(names: string, given: readonly number[]): [string, readonly number[]][] {
  return names.split(' ').map((name) => [name, given]);
}

export class ImportCallbacks {
  readonly #program: ProgramValues;
  readonly #pointers: FunctionPointers;
  /** Arguments that are functions, by import. */
  readonly #taken: ReadonlyMap<string, readonly number[]>;
  /** Functions that a library was given, by the first word of its names. */
  readonly #registered = new Map<string, Set<number>>();
  /** Libraries that say themselves when they run them. */
  readonly #dispatching = new Set<string>();

  constructor(program: ProgramValues, pointers: FunctionPointers) {
    this.#program = program;
    this.#pointers = pointers;
    const imports = importCalls(program);
    this.#taken = new Map([...imports].map(([name, sites]) => [name, this.#functionArguments(sites)]));
    for (const [name, sites] of imports) {
      const library = libraryOf(name);
      if (library === undefined || atOnce.has(name) || elsewhere.has(name)) continue;
      const given = sites.flatMap((site) => this.#given(site, this.#taken.get(name)!));
      if (given.length === 0) {
        if (dispatches.test(name)) this.#dispatching.add(library);
        continue;
      }
      const known = this.#registered.get(library) ?? new Set();
      for (const fn of given) known.add(fn);
      this.#registered.set(library, known);
    }
  }

  /** Functions that the call of an import can run before it comes back, ascending. */
  run(site: CallSite): readonly number[] {
    const name = site.name!;
    if (elsewhere.has(name)) return [];
    const known = atOnce.get(name);
    if (known !== undefined) return this.#given(site, known);
    const taken = this.#taken.get(name) ?? [];
    const library = libraryOf(name);
    const registered = library === undefined ? undefined : this.#registered.get(library);
    const asked = registered !== undefined && this.#dispatching.has(library!);
    if (taken.length > 0) return asked && !runsItself.test(name) ? [] : this.#given(site, taken);
    return asked && dispatches.test(name) ? [...registered].sort((a, b) => a - b) : [];
  }

  /** Whether what it runs runs any number of times: a comparison, an event loop. */
  repeats(site: CallSite): boolean {
    const name = site.name!;
    if (atOnce.has(name)) return !runsOnce.test(name);
    return repeats.test(name) && (this.#taken.get(name) ?? []).length === 0;
  }

  /** Arguments that are a function or nothing at most calls: what a register still holds by chance is none. */
  #functionArguments(sites: readonly CallSite[]): number[] {
    const found: number[] = [];
    for (let argument = 0; argument < arguments_max; argument++) {
      const values = sites.map((site) => site.args[argument]!).filter((value) => !this.#isNull(value));
      const functions = values.filter((value) => this.#isFunction(value)).length;
      if (functions > 0 && functions >= values.length * function_share_min) found.push(argument);
    }
    return found;
  }

  #given(site: CallSite, given: readonly number[]): number[] {
    const found = new Set<number>();
    for (const argument of given) {
      for (const fn of this.#pointers.held(site.fn, site.args[argument]!, false)) found.add(fn);
    }
    return [...found].sort((a, b) => a - b);
  }

  #isFunction(value: number): boolean {
    const { values, found } = this.#program;
    return values
      .members(value)
      .some((atom) => values.kind(atom) === Atom.constant && found.byAddress.has(values.a(atom)));
  }

  #isNull(value: number): boolean {
    const { values } = this.#program;
    return values.kind(value) === Atom.constant && values.a(value) === 0;
  }
}

/** Libraries begin the names of what they export with a word of theirs; the C library does not. */
function libraryOf(name: string): string | undefined {
  return /^([A-Za-z][A-Za-z0-9]+)_/.exec(name)?.[1];
}

function importCalls({ sites, found }: ProgramValues): Map<string, CallSite[]> {
  const calls = new Map<string, CallSite[]>();
  for (const site of sites.flat()) {
    if (site.name === undefined) continue;
    if (site.callee !== undefined && found.functions[site.callee]!.importName === undefined) continue;
    const known = calls.get(site.name);
    if (known === undefined) calls.set(site.name, [site]);
    else known.push(site);
  }
  return calls;
}
