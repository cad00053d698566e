/**
 * Inclusion constraints between sets of locations, solved as they grow. A set with too many objects is a mixture, not
 * the values of one thing: it may point anywhere, and says nothing more than that. Source: Andersen, "Program Analysis
 * and Specialization for the C Programming Language", 1994, 4; members of structures apart as in Pearce, Kelly and
 * Hankin, "Efficient Field-Sensitive Pointer Analysis of C", 2004. It must not know programs.
 */

const memory_max = 16;
const file_max = 128;
const functions_max = 128;
/** Steps along one object that one sum of a pointer and a number makes. */
const steps_each_max = 2;
/** Stands for what may be anywhere. */
const ANYWHERE = -1;

export interface LocationSpace {
  /** The location `n` bytes further; undefined outside of its object. */
  shift(location: number, n: number): number | undefined;
  /** Number of the object that a location is of. */
  objectOf(location: number): number;
  isFunction(location: number): boolean;
  /** Not in the file, but in memory that the program gets. */
  isMemory(location: number): boolean;
}

class Node {
  // Most have little: what is not needed is not made.
  #locations: Set<number> | undefined;
  #copies: Map<number, number[]> | undefined;
  #loads: [to: number, displacement: number][] | undefined;
  #stores: [from: number, displacement: number][] | undefined;
  #watchers: ((location: number) => void)[] | undefined;
  functions = 0;
  memory = 0;
  file = 0;
  steps: Map<number, number> | undefined;
  readonly functionsOnly: boolean;

  constructor(functionsOnly: boolean) {
    this.functionsOnly = functionsOnly;
  }

  get locations(): ReadonlySet<number> {
    return this.#locations ?? noLocations;
  }

  get copies(): ReadonlyMap<number, number[]> {
    return this.#copies ?? noCopies;
  }

  get loads(): readonly (readonly [to: number, displacement: number])[] {
    return this.#loads ?? noAccesses;
  }

  get stores(): readonly (readonly [from: number, displacement: number])[] {
    return this.#stores ?? noAccesses;
  }

  get watchers(): readonly ((location: number) => void)[] {
    return this.#watchers ?? noWatchers;
  }

  locate(location: number): void {
    this.#locations = (this.#locations ?? new Set()).add(location);
  }

  copy(to: number, offsets: number[]): void {
    this.#copies = (this.#copies ?? new Map<number, number[]>()).set(to, offsets);
  }

  load(to: number, displacement: number): void {
    this.#loads ??= [];
    this.#loads.push([to, displacement]);
  }

  store(from: number, displacement: number): void {
    this.#stores ??= [];
    this.#stores.push([from, displacement]);
  }

  watch(watcher: (location: number) => void): void {
    this.#watchers ??= [];
    this.#watchers.push(watcher);
  }
}

const noLocations: ReadonlySet<number> = new Set();
const noCopies: ReadonlyMap<number, number[]> = new Map();
const noAccesses: readonly (readonly [number, number])[] = [];
const noWatchers: readonly ((location: number) => void)[] = [];

export class PointsTo {
  readonly #space: LocationSpace;
  readonly #nodes: Node[] = [];
  readonly #cells = new Map<number, number>();
  readonly #queue: number[] = [];
  readonly #onCell: (location: number, node: number) => void;
  #steps = 0;

  /** `onCell` is told of every location that holds something. */
  constructor(space: LocationSpace, onCell: (location: number, node: number) => void) {
    this.#space = space;
    this.#onCell = onCell;
  }

  add(functionsOnly = false): number {
    return this.#nodes.push(new Node(functionsOnly)) - 1;
  }

  /** What is held at a location. */
  cell(location: number): number {
    const known = this.#cells.get(location);
    if (known !== undefined) return known;
    const node = this.add();
    this.#cells.set(location, node);
    this.#onCell(location, node);
    return node;
  }

  locations(node: number): ReadonlySet<number> {
    return this.#nodes[node]!.locations;
  }

  /** Whether a set says nothing about where it points. */
  isVague(node: number): boolean {
    const { locations, memory, file } = this.#nodes[node]!;
    return locations.has(ANYWHERE) || memory + file === 0;
  }

  put(node: number, location: number): void {
    this.#steps++;
    const into = this.#nodes[node]!;
    if (into.locations.has(location) || !this.#takes(into, location)) return;
    const isFunction = location !== ANYWHERE && this.#space.isFunction(location);
    let many = false;
    if (isFunction) into.functions++;
    else if (location !== ANYWHERE) {
      many = this.#space.isMemory(location) ? ++into.memory > memory_max : ++into.file > file_max;
    }
    const taken = many ? ANYWHERE : location;
    into.locate(taken);
    this.#queue.push(node, taken);
  }

  /** `to` gets all that `from` has, `offset` bytes further. */
  copy(from: number, to: number, offset = 0): void {
    if (from === to && offset === 0) return;
    this.#steps++;
    const source = this.#nodes[from]!;
    const offsets = source.copies.get(to);
    if (offsets === undefined) source.copy(to, [offset]);
    else if (offsets.includes(offset)) return;
    else offsets.push(offset);
    for (const location of [...source.locations]) {
      if (this.#passesOn(source, location)) this.#copyOne(location, to, offset);
    }
  }

  load(pointer: number, displacement: number, to: number): void {
    const node = this.#nodes[pointer]!;
    node.load(to, displacement);
    for (const location of [...node.locations]) this.#loadOne(location, displacement, to);
  }

  store(pointer: number, displacement: number, from: number): void {
    const node = this.#nodes[pointer]!;
    node.store(from, displacement);
    for (const location of [...node.locations]) this.#storeOne(location, displacement, from);
  }

  /** Tells every location of a node once, those to come too. */
  watch(node: number, watcher: (location: number) => void): void {
    const watched = this.#nodes[node]!;
    watched.watch(watcher);
    for (const location of [...watched.locations]) watcher(location);
  }

  /** Whether it came to an end before it took `steps_max` steps in all. */
  solve(steps_max: number): boolean {
    while (this.#queue.length > 0) {
      if (this.#steps > steps_max) return false;
      const location = this.#queue.pop()!;
      const node = this.#nodes[this.#queue.pop()!]!;
      for (const watcher of node.watchers) watcher(location);
      if (!this.#passesOn(node, location)) continue;
      for (const [to, offsets] of node.copies)
        for (const offset of offsets) this.#copyOne(location, to, offset);
      for (const [to, displacement] of node.loads) this.#loadOne(location, displacement, to);
      for (const [from, displacement] of node.stores) this.#storeOne(location, displacement, from);
    }
    return true;
  }

  #takes({ locations, functions, functionsOnly }: Node, location: number): boolean {
    if (location === ANYWHERE) return !functionsOnly;
    if (this.#space.isFunction(location)) return functions < functions_max;
    return !functionsOnly && !locations.has(ANYWHERE);
  }

  /** A mixture's functions are for who calls through it: passed on, they would be in all mixtures. */
  #passesOn({ locations }: Node, location: number): boolean {
    return location === ANYWHERE || !locations.has(ANYWHERE) || !this.#space.isFunction(location);
  }

  #copyOne(location: number, to: number, offset: number): void {
    const moved = offset === 0 || location === ANYWHERE ? location : this.#space.shift(location, offset);
    if (moved === undefined) return;
    // Steps that go round would never end by themselves.
    if (moved !== location && this.#hasStepped(this.#nodes[to]!, moved)) return;
    this.put(to, moved);
  }

  #hasStepped(node: Node, location: number): boolean {
    if (node.locations.has(location)) return true;
    const object = this.#space.objectOf(location);
    node.steps ??= new Map();
    const count = node.steps.get(object) ?? 0;
    node.steps.set(object, count + 1);
    return count >= steps_each_max;
  }

  #loadOne(location: number, displacement: number, to: number): void {
    const at = this.#place(location, displacement);
    if (at !== undefined) this.copy(this.cell(at), to);
  }

  #storeOne(location: number, displacement: number, from: number): void {
    const at = this.#place(location, displacement);
    if (at !== undefined) this.copy(from, this.cell(at));
  }

  #place(location: number, displacement: number): number | undefined {
    if (location === ANYWHERE || this.#space.isFunction(location)) return undefined;
    return this.#space.shift(location, displacement);
  }
}
