/**
 * Which calls get memory that nobody else has: those of known functions, and of functions that hand on what such a call
 * gave them. Every such call makes a structure of its own. It must not know who uses them.
 */
import { type CallSite, importOf, type ProgramValues } from '../program-values.ts';
import { Atom, slotOf } from '../value-table.ts';

const known = new Set(
  [
    'malloc calloc realloc reallocarray recallocarray memalign aligned_alloc valloc pvalloc mmap mmap64 strdup strndup',
    '__strdup _Znwm _Znam _ZnwmRKSt9nothrow_t _ZnamRKSt9nothrow_t _ZnwmSt11align_val_t g_malloc g_malloc0 g_realloc',
    'g_malloc_n g_malloc0_n g_slice_alloc g_slice_alloc0 g_try_malloc apr_palloc apr_pcalloc apr_palloc_debug',
    'apr_pcalloc_debug CRYPTO_malloc CRYPTO_zalloc event_new sqlite3_malloc talloc_size _talloc_zero',
  ].flatMap((row) => row.split(' ')),
);
/** Functions that hand on to each other. */
const depth_max = 8;

export class Allocators {
  readonly #program: ProgramValues;
  readonly #functions = new Set<number>();
  /** Call operations. */
  readonly #at = new Set<number>();

  constructor(program: ProgramValues) {
    this.#program = program;
    for (const site of program.sites.flat()) if (known.has(site.name ?? '')) this.#at.add(site.at);
    const callers = callersOf(program);
    let waiting: Iterable<number> = program.functions.keys();
    for (let depth = 0; depth < depth_max; depth++) {
      const next = new Set<number>();
      for (const fn of waiting) {
        if (this.#functions.has(fn) || !this.#handsOn(fn)) continue;
        this.#functions.add(fn);
        for (const site of callers.get(fn) ?? []) {
          this.#at.add(site.at);
          next.add(site.fn);
        }
      }
      waiting = next;
    }
  }

  /** Whether the call at an operation gets memory of its own. */
  gets(at: number): boolean {
    return this.#at.has(at);
  }

  /** It gives back what it got; where it makes a structure of it, nobody else must have that too. */
  #handsOn(fn: number): boolean {
    const { values, functions, sites } = this.#program;
    const { result, stores } = functions[fn]!;
    const got = new Set<number>();
    for (const atom of values.members(result)) if (this.#isMemory(atom)) got.add(values.a(atom));
    if (got.size === 0) return false;
    const has = (value: number): boolean =>
      values.members(value).some((atom) => this.#isMemory(atom) && got.has(values.a(atom)));
    if (!stores.some(({ pointer }) => has(pointer))) return true;
    const keeps = stores.some(({ value, place }) => has(value) && values.kind(place) !== Atom.stack);
    const passes = (site: CallSite): boolean =>
      importOf(this.#program, site) === undefined && !this.#at.has(site.at) && site.args.some(has);
    return !keeps && !sites[fn]!.some(passes);
  }

  #isMemory(atom: number): boolean {
    const { values } = this.#program;
    const kind = values.kind(atom);
    if (kind !== Atom.result && kind !== Atom.resultWithin) return false;
    return this.#at.has(values.a(atom)) && slotOf(values.b(atom)) === undefined;
  }
}

function callersOf({ sites }: ProgramValues): Map<number, CallSite[]> {
  const callers = new Map<number, CallSite[]>();
  for (const site of sites.flat()) {
    if (site.callee === undefined) continue;
    const before = callers.get(site.callee);
    if (before === undefined) callers.set(site.callee, [site]);
    else before.push(site);
  }
  return callers;
}
