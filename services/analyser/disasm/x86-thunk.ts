/**
 * Branches that compilers hide from speculation ("retpolines" and return thunks): a call over a trap loop whose
 * target replaces the return address. Read as what they do: a jump through a register, or a return. Forms: gcc's and
 * clang's, out of line or inline. Source: Intel, "Retpoline: A Branch Target Injection Mitigation", 2018.
 */

export interface Thunk {
  /** That it jumps through; undefined: it returns. */
  readonly register: number | undefined;
  /** Offset behind it. */
  readonly end: number;
}

const CALL = 5;
const padding_max = 64;

/** The thunk whose call is at `at`, if there is one. */
export function readThunk(bytes: Uint8Array, at: number): Thunk | undefined {
  let trap = at + CALL;
  if (!is(bytes, trap, 0xf3, 0x90)) return undefined;
  trap += 2;
  if (is(bytes, trap, 0x0f, 0xae, 0xe8)) trap += 3;
  if (bytes[trap] !== 0xeb && !is(bytes, trap, 0xcc)) return undefined;
  const over = bytes[at + 1]! | (bytes[at + 2]! << 8) | (bytes[at + 3]! << 16) | (bytes[at + 4]! << 24);
  const target = at + CALL + over;
  if (over <= 0 || over > padding_max) return undefined;
  // lea rsp, [rsp + 8] or add rsp, 8; then ret
  if (is(bytes, target, 0x48, 0x8d, 0x64, 0x24, 0x08, 0xc3)) return { register: undefined, end: target + 6 };
  if (is(bytes, target, 0x48, 0x83, 0xc4, 0x08, 0xc3)) return { register: undefined, end: target + 5 };
  // mov [rsp], register; ret
  const rex = bytes[target]!;
  const replaces = (rex === 0x48 || rex === 0x4c) && bytes[target + 1] === 0x89 && bytes[target + 3] === 0x24;
  const form = bytes[target + 2]!;
  if (!replaces || (form & 0xc7) !== 0x04 || bytes[target + 4] !== 0xc3) return undefined;
  return { register: ((form >> 3) & 7) | (rex === 0x4c ? 8 : 0), end: target + 5 };
}

function is(bytes: Uint8Array, at: number, ...expected: number[]): boolean {
  return expected.every((byte, i) => bytes[at + i] === byte);
}
