/** What one micro-operation does to the state: the meaning of moves, sums, loads and stores over value sets. */
import type { CallingConvention } from '../disasm/instruction-set.ts';
import { type MicroOps, NO_REGISTER, Op } from '../disasm/micro-op.ts';
import type { ImageReader } from '../elf/read-image.ts';
import { packTarget } from './jump-table.ts';
import type { MachineState } from './machine-state.ts';
import {
  Atom,
  leftInSlot,
  MEMBER_BYTES_MAX,
  NOTHING,
  STALE,
  slotOf,
  UNKNOWN,
  type ValueTable,
} from './value-table.ts';

/** Bytes behind a pointer given to a call that the call may have written. */
const written_bytes = 64;
/** Of a `va_list`, as far as it can hold pointers. */
const argumentList_bytes = 24;

export interface Memory {
  readonly reader: ImageReader;
  /** Whether the loader writes an import's address there. */
  isImportSlot(address: number): boolean;
}

export class Transfer {
  readonly values: ValueTable;
  readonly convention: CallingConvention;
  readonly #ops: MicroOps;
  readonly #memory: Memory;
  /** Whether pointers are told apart by where they are loaded. */
  readonly loadsApart: boolean;

  constructor(
    values: ValueTable,
    convention: CallingConvention,
    ops: MicroOps,
    memory: Memory,
    loadsApart: boolean,
  ) {
    this.values = values;
    this.convention = convention;
    this.#ops = ops;
    this.#memory = memory;
    this.loadsApart = loadsApart;
  }

  get reader(): ImageReader {
    return this.#memory.reader;
  }

  /** Applies the operation at `at`; calls are `afterCall`'s. */
  apply(state: MachineState, at: number): void {
    const ops = this.#ops;
    const d = ops.d[at]!;
    const { registers } = state;
    switch (ops.op[at]) {
      case Op.constant:
        if (d >= 0) registers[d] = this.values.constant(ops.imm[at]!);
        return;
      case Op.copy:
        registers[d] = this.register(state, ops.a[at]!);
        return;
      case Op.choose:
        registers[d] = this.values.union(registers[d]!, this.register(state, ops.a[at]!));
        return;
      case Op.add:
        registers[d] = this.#sum(state, this.register(state, ops.a[at]!), ops.imm[at]!);
        return;
      case Op.index:
        registers[d] = this.#index(state, at);
        return;
      case Op.load:
        if (d >= 0) registers[d] = this.loaded(state, at);
        return;
      case Op.store:
        this.#store(state, at, this.register(state, ops.a[at]!));
        return;
      case Op.storeConstant:
        this.#store(state, at, this.values.constant(ops.imm2[at]!));
        return;
      case Op.clobber:
        registers[d] = UNKNOWN;
        return;
      case Op.syscall:
        registers[this.convention.resultRegister] = UNKNOWN;
    }
  }

  register(state: MachineState, register: number): number {
    return register === NO_REGISTER ? UNKNOWN : state.registers[register]!;
  }

  /** The address that a memory operation uses. */
  address(state: MachineState, at: number): number {
    const ops = this.#ops;
    const base = ops.b[at]!;
    const index = ops.x[at]!;
    if (base === NO_REGISTER && index === NO_REGISTER) {
      return ops.scale[at] === 0 ? UNKNOWN : this.values.constant(ops.imm[at]!);
    }
    const from = base === NO_REGISTER ? this.values.constant(0) : this.register(state, base);
    if (index === NO_REGISTER) return this.plus(from, ops.imm[at]!);
    return this.plus(this.#indexed(from, this.register(state, index), ops.scale[at]!), ops.imm[at]!);
  }

  /** The pointer that a memory operation goes out from: an array's, where it goes into one. */
  pointer(state: MachineState, at: number): number {
    const ops = this.#ops;
    const base = ops.b[at]!;
    const index = ops.x[at]!;
    if (base === NO_REGISTER) return this.values.constant(0);
    const from = this.register(state, base);
    const other = index === NO_REGISTER || ops.scale[at] !== 1 ? UNKNOWN : this.register(state, index);
    return other !== UNKNOWN && !this.#isPlace(from) && this.#isPlace(other) ? other : from;
  }

  /** What a computed jump or call goes to. */
  target(state: MachineState, at: number): number {
    const op = this.#ops.op[at]!;
    const inRegister = op === Op.jumpRegister || op === Op.callRegister;
    return inRegister ? this.register(state, this.#ops.a[at]!) : this.loaded(state, at);
  }

  plus(value: number, n: number): number {
    const { values } = this;
    if (n === 0) return value;
    if (value <= NOTHING) return value === NOTHING ? NOTHING : UNKNOWN;
    if (values.kind(value) >= 0) return this.#plusOne(value, n);
    let all = NOTHING;
    for (const atom of values.members(value))
      all = values.union(all, atom === UNKNOWN ? UNKNOWN : this.#plusOne(atom, n));
    return all;
  }

  #plusOne(atom: number, n: number): number {
    const { values } = this;
    switch (values.kind(atom)) {
      case Atom.constant:
        return values.constant(values.a(atom) + n);
      case Atom.stack:
        return values.atom(Atom.stack, values.a(atom) + n);
      case Atom.result:
        return values.atom(Atom.resultWithin, values.a(atom), near(n));
      case Atom.within:
        return values.atom(Atom.within, values.a(atom) + n, values.b(atom));
      case Atom.stackWithin:
      case Atom.resultWithin:
        return this.#within(atom, n);
      default:
        return this.#beyond(atom, n);
    }
  }

  /** Behind what a call gave back; what it left in a stack slot is a pointer of its own. */
  #within(atom: number, n: number): number {
    const { values } = this;
    const b = values.b(atom);
    if (b === 0 || values.kind(atom) === Atom.stackWithin) return atom;
    const offset = slotOf(b) === undefined ? near(b + n) : 0;
    return values.atom(Atom.resultWithin, values.a(atom), offset);
  }

  /** Behind what an argument, a variable or a member points to. */
  #beyond(atom: number, n: number): number {
    if (!this.loadsApart) return UNKNOWN;
    const { values } = this;
    switch (values.kind(atom)) {
      case Atom.argument:
      case Atom.global:
      case Atom.field:
        return Math.abs(n) < MEMBER_BYTES_MAX ? values.atom(Atom.beyond, atom, n) : UNKNOWN;
      case Atom.beyond: {
        const offset = values.b(atom) + n;
        if (Math.abs(offset) >= MEMBER_BYTES_MAX) return UNKNOWN;
        return values.atom(Atom.beyond, values.a(atom), offset);
      }
      default:
        return UNKNOWN;
    }
  }

  loaded(state: MachineState, at: number): number {
    const ops = this.#ops;
    const size = ops.size[at]!;
    const scale = ops.x[at] === NO_REGISTER ? 0 : ops.scale[at]!;
    const base = ops.b[at]!;
    if (scale !== 0 && base === NO_REGISTER) return this.#element(ops.imm[at]!, scale, size);
    const address = this.register(state, base);
    if (base === NO_REGISTER) return this.#cell(state, this.address(state, at), size);
    if (scale === 0) return this.#member(state, at, address, ops.imm[at]!, size);
    // An element of an array that is not known: its members stand where those of any structure stand.
    if (!this.#isPlace(address)) return this.#field(ops.imm[at]!, at, size);
    return this.#elementOf(state, at, address);
  }

  /** Of an array that begins at an address. */
  #elementOf(state: MachineState, at: number, address: number): number {
    const { values } = this;
    const [scale, size, displacement] = [this.#ops.scale[at]!, this.#ops.size[at]!, this.#ops.imm[at]!];
    const index = this.register(state, this.#ops.x[at]!);
    return values.map(address, (atom) => {
      if (values.kind(atom) === Atom.constant && values.kind(index) !== Atom.constant)
        return this.#element(values.a(atom) + displacement, scale, size);
      const place = this.plus(this.#indexed(atom, index, scale), displacement);
      return values.map(place, (one) => this.#cell(state, one, size));
    });
  }

  afterCall(state: MachineState, at: number, args: Int32Array): void {
    for (let i = 0; i < args.length; i++) {
      const from = this.#stackOffset(args[i]!);
      if (from === undefined) continue;
      const end = from + (this.#isArgumentList(state, from) ? argumentList_bytes : written_bytes);
      for (let offset = from + 8; offset < end; offset += 8) state.forgetSlot(offset);
    }
    // Afterwards: what one pointer is given for lies behind another one's.
    for (let i = 0; i < args.length; i++) {
      const from = this.#stackOffset(args[i]!);
      if (from !== undefined) state.setSlot(from, this.values.atom(Atom.resultWithin, at, leftInSlot(from)));
    }
    const { callClobbers } = this.convention;
    for (let i = 0; i < callClobbers.length; i++) state.registers[callClobbers[i]!] = STALE;
    state.registers[this.convention.resultRegister] = this.values.atom(Atom.result, at);
  }

  #stackOffset(value: number): number | undefined {
    return this.values.kind(value) === Atom.stack ? this.values.a(value) : undefined;
  }

  /** A `va_list` holds addresses of the stack: where the arguments are that came in registers, and the others. */
  #isArgumentList(state: MachineState, from: number): boolean {
    const isStack = (offset: number): boolean =>
      this.#stackOffset(state.slot(offset) ?? UNKNOWN) !== undefined;
    return isStack(from + 8) && isStack(from + 16);
  }

  /** Values of the first arguments of a call; STALE where nothing was put for it. */
  args(state: MachineState, into: Int32Array, tail: boolean): void {
    const { argumentRegisters, stackPointer, returnAddress_bytes } = this.convention;
    const n = argumentRegisters.length;
    for (let i = 0; i < n && i < into.length; i++) into[i] = state.registers[argumentRegisters[i]!]!;
    const top = state.registers[stackPointer]!;
    const from = this.values.kind(top) === Atom.stack ? this.values.a(top) : undefined;
    for (let i = n; i < into.length; i++) {
      const place = from === undefined ? undefined : from + (i - n) * 8 + (tail ? returnAddress_bytes : 0);
      into[i] = place === undefined ? UNKNOWN : (state.slot(place) ?? STALE);
    }
  }

  #index(state: MachineState, at: number): number {
    const ops = this.#ops;
    const a = ops.a[at]!;
    const from = a === NO_REGISTER ? this.values.constant(0) : this.register(state, a);
    const index = this.register(state, ops.x[at]!);
    const table = this.#tableTarget(index, from, ops.scale[at]!, ops.size[at]!);
    return table ?? this.#sum(state, this.#indexed(from, index, ops.scale[at]!), ops.imm[at]!);
  }

  /** An index was added to the stack pointer, and then where the array begins: it does not begin at the top. */
  #sum(state: MachineState, value: number, n: number): number {
    const { values } = this;
    const top = this.#stackOffset(state.registers[this.convention.stackPointer]!);
    const isBase = n > 0 && values.kind(value) === Atom.stackWithin && values.a(value) === top;
    return isBase ? values.atom(Atom.stackWithin, top + n) : this.plus(value, n);
  }

  #indexed(base: number, index: number, scale: number): number {
    const { values } = this;
    const fixed = values.kind(index) === Atom.constant ? values.a(index) * scale : undefined;
    if (fixed !== undefined && values.kind(base) !== Atom.offset) return this.plus(base, fixed);
    if (scale === 1) {
      const table = this.#tableTarget(base, index, 1, 8);
      if (table !== undefined) return table;
      // Which of the two is the base can't be told by their places.
      if (!this.#isPlace(base) && this.#isPlace(index)) return this.#indexed(index, base, 1);
    }
    return values.map(base, (atom) => {
      switch (values.kind(atom)) {
        case Atom.constant:
          return values.atom(Atom.within, values.a(atom), scale === 2 || scale === 4 ? scale : 0);
        case Atom.within:
          return values.atom(Atom.within, values.a(atom));
        case Atom.stack:
        case Atom.stackWithin:
          return values.atom(Atom.stackWithin, values.a(atom));
        case Atom.result:
        case Atom.resultWithin:
          return values.atom(Atom.resultWithin, values.a(atom));
        default:
          return this.#beyond(atom, 0);
      }
    });
  }

  #isPlace(value: number): boolean {
    return this.values.members(value).some((atom) => {
      const kind = this.values.kind(atom);
      return kind >= Atom.stack && kind <= Atom.resultWithin
        ? true
        : (kind === Atom.constant && this.values.a(atom) > 4096) || kind === Atom.within;
    });
  }

  /** `extended_bytes`: of the entry, with sign; 8 where the load decided that. */
  #tableTarget(offset: number, base: number, scale: number, extended_bytes: number): number | undefined {
    const { values } = this;
    const entry = values.members(offset).find((atom) => values.kind(atom) === Atom.offset);
    const from = values.members(base).find((atom) => values.kind(atom) === Atom.constant);
    if (entry === undefined || from === undefined) return undefined;
    const bytes = values.b(entry);
    const signed = bytes === 4 || extended_bytes < 8;
    return values.atom(
      Atom.target,
      values.a(entry),
      packTarget({ base: values.a(from), bytes, scale, signed }),
    );
  }

  #element(table: number, scale: number, size: number): number {
    if (size === 8) return this.values.atom(Atom.element, table, scale);
    if (size <= 4 && scale === size) return this.values.atom(Atom.offset, table, size);
    return UNKNOWN;
  }

  /** What stands `displacement` bytes behind a pointer. */
  #member(state: MachineState, at: number, pointer: number, displacement: number, size: number): number {
    const { values } = this;
    if (pointer <= NOTHING) return this.#field(displacement, at, size);
    if (values.kind(pointer) >= 0) return this.#memberOf(state, at, pointer, displacement, size);
    let all = NOTHING;
    for (const atom of values.members(pointer)) {
      all = values.union(all, this.#memberOf(state, at, atom, displacement, size));
    }
    return all;
  }

  #memberOf(state: MachineState, at: number, atom: number, displacement: number, size: number): number {
    const kind = this.values.kind(atom);
    const known =
      kind === Atom.constant || kind === Atom.stack || kind === Atom.stackWithin || kind === Atom.within;
    // Made either way: atoms are numbered in the order in which they come.
    const other = this.#field(displacement, at, size);
    return known ? this.#cell(state, this.plus(atom, displacement), size) : other;
  }

  /** Pointers are told apart by where they are loaded, so that what the structure is can be asked later. */
  #field(displacement: number, at: number, size: number): number {
    const told = this.loadsApart && size === 8 && Math.abs(displacement) < MEMBER_BYTES_MAX;
    return this.values.atom(Atom.field, displacement, told ? at : 0);
  }

  #cell(state: MachineState, place: number, size: number): number {
    const { values } = this;
    const at = values.a(place);
    switch (values.kind(place)) {
      case Atom.constant:
        return this.#variable(at, size);
      case Atom.stack:
        return state.slot(at) ?? this.#stackArgument(at);
      case Atom.within:
        return this.#elementAt(at, values.b(place), size);
      default:
        return UNKNOWN;
    }
  }

  /** A walk along a table finds functions; what else it finds is seldom what is printed. */
  #elementAt(address: number, stride: number, size: number): number {
    if (size < 8) return this.#element(address, stride, size);
    const isWalk = stride >= 8;
    const { reader } = this.#memory;
    if (isWalk && !reader.isCode(reader.readU64(address) ?? 0)) return UNKNOWN;
    return this.values.atom(Atom.element, address, isWalk ? stride : 0);
  }

  #variable(address: number, size: number): number {
    const { reader, isImportSlot } = this.#memory;
    if (isImportSlot(address) || !reader.isReadOnly(address)) {
      return this.values.atom(Atom.global, address);
    }
    const value = size === 8 ? reader.readU64(address) : size === 4 ? reader.readI32(address) : undefined;
    return value === undefined ? UNKNOWN : this.values.constant(value);
  }

  #stackArgument(offset: number): number {
    const { argumentRegisters, returnAddress_bytes } = this.convention;
    const behind = offset - returnAddress_bytes;
    if (behind < 0 || behind % 8 !== 0 || behind > 64) return UNKNOWN;
    return this.values.atom(Atom.argument, argumentRegisters.length + behind / 8);
  }

  #store(state: MachineState, at: number, value: number): void {
    const base = this.#ops.b[at]!;
    if (base === NO_REGISTER || !this.#isStack(state.registers[base]!)) return;
    const place = this.address(state, at);
    const { values } = this;
    if (values.kind(place) === Atom.stack) {
      const offset = values.a(place);
      if (this.#ops.size[at] === 8 || value > 2) state.setSlot(offset, value);
      else state.forgetSlot(offset);
      return;
    }
    for (const atom of values.members(place)) {
      if (values.kind(atom) === Atom.stack) state.forgetSlot(values.a(atom));
    }
  }

  #isStack(value: number): boolean {
    const { values } = this;
    const isStack = (atom: number): boolean =>
      values.kind(atom) === Atom.stack || values.kind(atom) === Atom.stackWithin;
    return values.kind(value) >= 0 ? isStack(value) : values.members(value).some(isStack);
  }
}

/** Further away than a structure reaches is somewhere. */
function near(n: number): number {
  return Math.abs(n) < MEMBER_BYTES_MAX ? n : 0;
}
