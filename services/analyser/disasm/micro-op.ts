/**
 * The few operations that all instruction sets are lowered to: moves, additions, loads, stores and control. What
 * changes no tracked value (comparisons but for table bounds, flags, floating point) has none. It must not know any
 * instruction set. One growing column per field, so that millions of operations stay small.
 */

/** Registers by number: 0..31 general (which is which, says the calling convention), 32..63 vector, low then high. */
export const REGISTERS = 96;
export const NO_REGISTER = -1;

export const Op = {
  /** d = imm */
  constant: 0,
  /** d = a, or what `size` bytes of it are, extended */
  copy: 1,
  /** d = a or what it was */
  choose: 2,
  /** d = a + imm */
  add: 3,
  /** d = a + x * scale + imm */
  index: 4,
  /** d = memory[b + x * scale + imm], `size` bytes; a narrow one is extended */
  load: 5,
  /** memory[b + x * scale + imm] = a; NO_REGISTER: of something unknown */
  store: 6,
  /** memory[b + x * scale + imm] = imm2 */
  storeConstant: 7,
  /** d = something unknown */
  clobber: 8,
  /** `size` bytes of a are compared with imm; a NO_REGISTER: whatever the conditions behind ask for is not known */
  compare: 9,
  /** Bits of `size` bytes of a are tested, imm of them; 0: all */
  test: 20,
  /** memory[b + x * scale + imm] is compared with imm2, or its bits are tested: scale says nothing about which */
  compareMemory: 21,
  /** Calls imm; imm2 is where it returns to, as for the next two. */
  call: 10,
  callRegister: 11,
  callMemory: 12,
  jump: 13,
  /** d: the condition on what was last compared or tested (`Condition`); NO_REGISTER: another one */
  jumpIf: 14,
  jumpRegister: 15,
  jumpMemory: 16,
  ret: 17,
  syscall: 18,
  /** Control ends here: a trap. */
  halt: 19,
} as const;

/** Between what was compared and the number. Each stands beside its opposite. */
export const Condition = {
  equal: 0,
  notEqual: 1,
  less: 2,
  notLess: 3,
  greater: 4,
  notGreater: 5,
  below: 6,
  notBelow: 7,
  above: 8,
  notAbove: 9,
  negative: 10,
  notNegative: 11,
} as const;

export function opposite(condition: number): number {
  return condition ^ 1;
}

type Column = Uint8Array<ArrayBuffer> | Int8Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

const growth = 1.5;

export class MicroOps {
  length = 0;
  op = new Uint8Array(1 << 16);
  d = new Int8Array(1 << 16);
  a = new Int8Array(1 << 16);
  b = new Int8Array(1 << 16);
  x = new Int8Array(1 << 16);
  scale = new Uint8Array(1 << 16);
  size = new Uint8Array(1 << 16);
  imm = new Float64Array(1 << 16);
  imm2 = new Float64Array(1 << 16);
  /** Of the instruction that it belongs to. */
  address = new Float64Array(1 << 16);

  push(op: number, address: number, d = NO_REGISTER, a = NO_REGISTER, imm = 0, imm2 = 0): number {
    const at = this.length;
    if (at === this.op.length) this.#resize(Math.ceil(at * growth));
    this.length++;
    this.op[at] = op;
    this.address[at] = address;
    this.d[at] = d;
    this.a[at] = a;
    this.b[at] = NO_REGISTER;
    this.x[at] = NO_REGISTER;
    this.scale[at] = 1;
    this.size[at] = 8;
    this.imm[at] = imm;
    this.imm2[at] = imm2;
    return at;
  }

  /** The place that operation `at` loads from, stores to or is an index computation of. */
  memory(at: number, base: number, index: number, scale: number, displacement: number, size: number): void {
    this.b[at] = base;
    this.x[at] = index;
    this.scale[at] = scale;
    this.size[at] = size;
    this.imm[at] = displacement;
  }

  /** Gives back the room for more. */
  trim(): void {
    this.#resize(this.length);
  }

  #resize(size: number): void {
    // In their place where there is room: copies would stay until they are swept.
    const resized = <T extends Column>(column: T): T => {
      const of = column.constructor as new (buffer: ArrayBuffer) => T;
      return new of(column.buffer.transfer(size * column.BYTES_PER_ELEMENT));
    };
    this.op = resized(this.op);
    this.d = resized(this.d);
    this.a = resized(this.a);
    this.b = resized(this.b);
    this.x = resized(this.x);
    this.scale = resized(this.scale);
    this.size = resized(this.size);
    this.imm = resized(this.imm);
    this.imm2 = resized(this.imm2);
    this.address = resized(this.address);
  }
}
