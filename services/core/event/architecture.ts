/**
 * What SYSCALL's `arch=` stands for: an ELF machine with two bits for width and order of bytes (linux/audit.h).
 * Those without a syscall table have a name all the same. It must not know their calls.
 */

/** Name of the architecture; its number in hex digits, as audit writes it, where nobody knows it. */
export function architecture(number: number): string {
  return names.get(number) ?? number.toString(16);
}

const names = new Map<number, string>([
  [0xc000003e, 'x86_64'],
  [0x40000003, 'i386'],
  [0xc00000b7, 'aarch64'],
  [0x40000028, 'arm'],
  [0x28, 'armeb'],
  [0xc00000f3, 'riscv64'],
  [0x400000f3, 'riscv32'],
  [0xc0000015, 'ppc64le'],
  [0x80000015, 'ppc64'],
  [0x14, 'ppc'],
  [0x80000016, 's390x'],
  [0x16, 's390'],
  [0xc0000102, 'loongarch64'],
  [0x40000102, 'loongarch32'],
  [0xc0000008, 'mips64el'],
  [0x80000008, 'mips64'],
  [0x40000008, 'mipsel'],
  [0x8, 'mips'],
  [0x8000002b, 'sparc64'],
  [0x2, 'sparc'],
  [0xc0000032, 'ia64'],
  [0x8000000f, 'parisc64'],
  [0xf, 'parisc'],
  [0xc0009026, 'alpha'],
]);
