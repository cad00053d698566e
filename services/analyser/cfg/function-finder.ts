/**
 * Where functions begin and end: unwind tables, symbols and call targets say it, also for stripped files. Parts that
 * only one function jumps to are that function's. It must not know values or strings.
 */
import type { InstructionSet } from '../disasm/instruction-set.ts';
import { MicroOps, Op } from '../disasm/micro-op.ts';
import type { ElfImage } from '../elf/elf-image.ts';
import type { ImageReader } from '../elf/read-image.ts';
import type { MachineFunction, OpRange } from './machine-function.ts';

export interface FoundFunctions {
  readonly ops: MicroOps;
  readonly functions: readonly MachineFunction[];
  /** Index of the function that an address is the entry of. */
  readonly byAddress: ReadonlyMap<number, number>;
  /** Bytes of code in functions. */
  readonly code_bytes: number;
}

interface Part extends OpRange {
  owner: number;
}

export function findFunctions(image: ElfImage, reader: ImageReader, isa: InstructionSet): FoundFunctions {
  const ops = new MicroOps();
  const names = symbolNames(image);
  const ranges = lowerRanges(image, reader, isa, ops, new Set(names.keys()));
  ops.trim();
  const called = calledAddresses(ops);
  const pointers = codePointers(image, reader, ops);
  addJumpedTo(ops, ranges, pointers);
  const exported = new Set(image.symbols.filter((s) => s.exported).map((s) => s.address));
  const starts = new Set([...names.keys(), ...called, ...image.initialisers, image.entry]);
  for (const range of ranges) starts.add(range.address);
  for (const stub of jumpedStubs(image, ops, ranges)) starts.add(stub);
  const parts = split(ops, ranges, starts);
  const wanted = new Set([...called, ...pointers, ...exported, ...image.initialisers, image.entry]);
  own(ops, parts, wanted, names);
  const found = assemble(image, ops, parts, names, { exported, pointers });
  unwrapThunks(found);
  return found;
}

/** What goes through a speculation thunk is a computed jump or call, or a return. */
function unwrapThunks({ ops, functions, byAddress }: FoundFunctions): void {
  for (let at = 0; at < ops.length; at++) {
    const op = ops.op[at]!;
    if (op !== Op.call && op !== Op.jump) continue;
    const target = functions[byAddress.get(ops.imm[at]!) ?? -1];
    if (target === undefined) continue;
    if (target.jumpsThrough !== undefined) {
      ops.op[at] = op === Op.call ? Op.callRegister : Op.jumpRegister;
      ops.a[at] = target.jumpsThrough;
    } else if (op === Op.jump && ops.op[target.ranges[0]!.from] === Op.ret) ops.op[at] = Op.ret;
  }
}

function symbolNames(image: ElfImage): Map<number, string> {
  const names = new Map<number, string>();
  for (const { name, address, kind } of image.symbols) {
    if (kind !== 'function') continue;
    const known = names.get(address);
    if (known === undefined || plainness(name) < plainness(known)) names.set(address, name);
  }
  return names;
}

/** Of several names of one function the public one has the fewest leading underscores, and is the shortest. */
function plainness(name: string): number {
  return name.search(/[^_]/) * 1000 + name.length;
}

/** Lowers what unwind tables and symbols cover, then what is called outside of it, until nothing new is called. */
function lowerRanges(
  image: ElfImage,
  reader: ImageReader,
  isa: InstructionSet,
  ops: MicroOps,
  named: ReadonlySet<number>,
): OpRange[] {
  const extents: { address: number; end: number }[] = [];
  for (const { address, size } of image.frames) extents.push({ address, end: address + size });
  for (const s of image.symbols) {
    if (s.kind === 'function' && s.size > 0) extents.push({ address: s.address, end: s.address + s.size });
  }
  extents.sort((a, b) => a.address - b.address || b.end - a.end);
  const ranges: OpRange[] = [];
  let covered = 0;
  for (const extent of extents) {
    const address = Math.max(extent.address, covered);
    if (extent.end <= address) continue;
    const range = lowerRange(reader, isa, ops, address, extent.end);
    if (range !== undefined) ranges.push(range);
    covered = extent.end;
  }
  const outside = [image.entry, ...image.initialisers, ...named];
  let scanned = 0;
  for (let round = 0; round < gap_rounds_max; round++) {
    for (; scanned < ops.length; scanned++) {
      const op = ops.op[scanned]!;
      if (op === Op.call || op === Op.jump || op === Op.constant) outside.push(ops.imm[scanned]!);
    }
    if (round === 0) for (const at of image.pointers) outside.push(reader.readU64(at) ?? 0);
    if (lowerGaps(reader, isa, ops, ranges, outside) === 0) break;
    outside.length = 0;
  }
  return ranges.sort((a, b) => a.address - b.address);
}

const gap_rounds_max = 64;

function lowerGaps(
  reader: ImageReader,
  isa: InstructionSet,
  ops: MicroOps,
  ranges: OpRange[],
  wanted: readonly number[],
): number {
  const known = ranges.toSorted((a, b) => a.address - b.address);
  const candidates = [...new Set(wanted)].filter((a) => reader.isCode(a)).sort((a, b) => a - b);
  let next = 0;
  let end = 0;
  let found = 0;
  for (const [at, address] of candidates.entries()) {
    while (next < known.length && known[next]!.address <= address) end = Math.max(end, known[next++]!.end);
    if (address < end) continue;
    const following = Math.min(known[next]?.address ?? Infinity, candidates[at + 1] ?? Infinity);
    const range = lowerRange(reader, isa, ops, address, Math.min(following, codeEnd(reader, address)));
    if (range === undefined) continue;
    ranges.push(range);
    end = Math.max(end, range.end);
    found++;
  }
  return found;
}

function codeEnd(reader: ImageReader, address: number): number {
  const segment = reader.segmentOf(address)!;
  return segment.address + segment.bytes.length;
}

function lowerRange(
  reader: ImageReader,
  isa: InstructionSet,
  ops: MicroOps,
  address: number,
  end: number,
): OpRange | undefined {
  const bytes = reader.isCode(address) ? reader.bytesAt(address, end - address) : undefined;
  if (bytes === undefined) return undefined;
  const from = ops.length;
  isa.lower(bytes, address, ops);
  return { from, to: ops.length, address, end };
}

function calledAddresses(ops: MicroOps): Set<number> {
  const called = new Set<number>();
  for (let at = 0; at < ops.length; at++) {
    // A call to what follows it only asks where it is.
    if (ops.op[at] === Op.call && ops.imm[at] !== ops.imm2[at]) called.add(ops.imm[at]!);
  }
  return called;
}

/** Addresses that data or instructions hold and that lie in code. */
function codePointers(image: ElfImage, reader: ImageReader, ops: MicroOps): Set<number> {
  const pointers = new Set<number>();
  const consider = (address: number | undefined): void => {
    if (address !== undefined && reader.isCode(address)) pointers.add(address);
  };
  for (const at of image.pointers) consider(reader.readU64(at));
  if (!image.relocatable) {
    for (const { executable, address, bytes } of image.segments) {
      if (executable) continue;
      for (let at = 0; at + 8 <= bytes.length; at += 8) consider(reader.readU64(address + at));
    }
  }
  for (let at = 0; at < ops.length; at++) {
    if (ops.op[at] === Op.constant) consider(ops.imm[at]);
    else if (ops.op[at] === Op.storeConstant) consider(ops.imm2[at]);
  }
  return pointers;
}

/** Who points to a mere jump points to where it goes: start files hand over `main` so. */
function addJumpedTo(ops: MicroOps, ranges: readonly OpRange[], pointers: Set<number>): void {
  for (const pointer of [...pointers]) {
    const range = ranges[containing(ranges, pointer) ?? -1];
    if (range === undefined) continue;
    const at = firstAt(ops, range.from, range.to, pointer);
    if (at < range.to && ops.op[at] === Op.jump && isPadding(ops, at, pointer)) pointers.add(ops.imm[at]!);
  }
}

/** Stubs of imports that are only jumped to: calls at the end of a function. */
function jumpedStubs(image: ElfImage, ops: MicroOps, ranges: readonly OpRange[]): Set<number> {
  const stubs = new Set<number>();
  for (const { from, to, address, end } of ranges) {
    for (let at = from; at < to; at++) {
      const target = ops.imm[at]!;
      if (ops.op[at] !== Op.jump || (target >= address && target < end) || stubs.has(target)) continue;
      const range = ranges[containing(ranges, target) ?? -1];
      if (range === undefined) continue;
      const first = firstAt(ops, range.from, range.to, target);
      if (importOf(image, ops, { ...range, from: first }) !== undefined) stubs.add(target);
    }
  }
  return stubs;
}

function split(ops: MicroOps, ranges: readonly OpRange[], starts: ReadonlySet<number>): Part[] {
  const sorted = [...starts].sort((a, b) => a - b);
  const parts: Part[] = [];
  let next = 0;
  for (const range of ranges) {
    while (next < sorted.length && sorted[next]! <= range.address) next++;
    let { from, address } = range;
    for (; next < sorted.length && sorted[next]! < range.end; next++) {
      const to = firstAt(ops, from, range.to, sorted[next]!);
      // Inside of an instruction: data among code, or a guess gone wrong.
      if (to < range.to && ops.address[to] !== sorted[next] && !isPadding(ops, to, sorted[next]!)) continue;
      parts.push({ from, to, address, end: sorted[next]!, owner: -1 });
      from = to;
      address = sorted[next]!;
    }
    parts.push({ from, to: range.to, address, end: range.end, owner: -1 });
  }
  return parts;
}

/** An entry may begin with instructions that have no operation (`endbr64`). */
function isPadding(ops: MicroOps, to: number, address: number): boolean {
  return ops.address[to]! - address <= 16;
}

export function firstAt(ops: MicroOps, from: number, to: number, address: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ops.address[middle]! < address) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A part that nobody calls, names or points to, and that one function alone jumps into, belongs to that function. */
function own(
  ops: MicroOps,
  parts: Part[],
  wanted: ReadonlySet<number>,
  names: ReadonlyMap<number, string>,
): void {
  const byAddress = new Map(parts.map((part, i) => [part.address, i]));
  const jumpers = new Map<number, number>();
  for (const [i, part] of parts.entries()) {
    for (let at = part.from; at < part.to; at++) {
      const op = ops.op[at]!;
      if (op !== Op.jump && op !== Op.jumpIf) continue;
      const target = ops.imm[at]!;
      if (target >= part.address && target < part.end) continue;
      const other = byAddress.get(target) ?? containing(parts, target);
      if (other === undefined || other === i) continue;
      const before = jumpers.get(other);
      jumpers.set(other, before === undefined || before === i ? i : several);
    }
  }
  for (const [i, part] of parts.entries()) {
    const name = names.get(part.address);
    const apart = name === undefined || /\.cold(\.\d+)?$/.test(name);
    const jumper = jumpers.get(i);
    part.owner =
      apart && !wanted.has(part.address) && jumper !== undefined && jumper !== several ? jumper : i;
  }
  // Two fragments that jump to each other alone are nobody's: the first is its own.
  for (const [i, part] of parts.entries()) {
    let root = i;
    for (let steps = 0; parts[root]!.owner !== root && steps < 16; steps++) root = parts[root]!.owner;
    part.owner = parts[root]!.owner === root ? root : i;
  }
}

const several = -1;

function containing(parts: readonly OpRange[], address: number): number | undefined {
  let low = 0;
  let high = parts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (parts[middle]!.address <= address) low = middle + 1;
    else high = middle;
  }
  return low > 0 && address < parts[low - 1]!.end ? low - 1 : undefined;
}

function assemble(
  image: ElfImage,
  ops: MicroOps,
  parts: readonly Part[],
  names: ReadonlyMap<number, string>,
  known: { exported: ReadonlySet<number>; pointers: ReadonlySet<number> },
): FoundFunctions {
  const ranges = new Map<number, OpRange[]>();
  for (const [i, part] of parts.entries()) if (part.owner === i) ranges.set(i, [part]);
  for (const [i, part] of parts.entries()) {
    if (part.owner !== i) (ranges.get(part.owner) ?? ranges.get(i) ?? []).push(part);
  }
  const functions: MachineFunction[] = [];
  const byAddress = new Map<number, number>();
  let code_bytes = 0;
  for (const own of ranges.values()) {
    const { address } = own[0]!;
    byAddress.set(address, functions.length);
    code_bytes += own.reduce((sum, range) => sum + range.end - range.address, 0);
    functions.push({
      index: functions.length,
      address,
      name: names.get(address),
      exported: known.exported.has(address),
      addressTaken: known.pointers.has(address),
      ranges: own,
      importName: importOf(image, ops, own[0]!),
      jumpsThrough: thunkRegister(ops, own[0]!),
    });
  }
  return { ops, functions, byAddress, code_bytes };
}

/** The stub of a procedure linkage table: it only loads an import's slot and jumps there. */
function importOf(image: ElfImage, ops: MicroOps, { from, to }: OpRange): string | undefined {
  const constants = new Map<number, number>();
  let slot: number | undefined;
  for (let at = from; at < Math.min(to, from + stub_max); at++) {
    const base = ops.b[at]!;
    const start = base === -1 ? 0 : constants.get(base);
    const place = start === undefined || ops.x[at] !== -1 ? undefined : start + ops.imm[at]!;
    switch (ops.op[at]) {
      case Op.constant:
        constants.set(ops.d[at]!, ops.imm[at]!);
        break;
      case Op.load:
        slot = place;
        break;
      case Op.add:
        constants.delete(ops.d[at]!);
        break;
      case Op.jumpMemory:
        return place === undefined ? undefined : image.imports.get(place);
      case Op.jumpRegister:
        return slot === undefined ? undefined : image.imports.get(slot);
      default:
        return undefined;
    }
  }
  return undefined;
}

const stub_max = 6;

function thunkRegister(ops: MicroOps, { from, to }: OpRange): number | undefined {
  return to > from && ops.op[from] === Op.jumpRegister ? ops.a[from] : undefined;
}
