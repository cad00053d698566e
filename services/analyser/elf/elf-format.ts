/** The numbers of the ELF format that the reader needs, under their usual names. It must not know how they are read. */

export const headerSize = 64;
export const programHeaderSize = 56;
export const sectionHeaderSize = 64;
export const symbolSize = 24;
export const relaSize = 24;

export const fileType = { relocatable: 1, executable: 2, shared: 3, core: 4 } as const;

export const machine = { x86_64: 62, aarch64: 183 } as const;

export const machineNames: ReadonlyMap<number, string> = new Map([
  [2, 'SPARC'],
  [3, 'x86 (32-bit)'],
  [8, 'MIPS'],
  [20, 'PowerPC'],
  [21, '64-bit PowerPC'],
  [22, 'S/390'],
  [40, '32-bit ARM'],
  [43, '64-bit SPARC'],
  [50, 'Itanium'],
  [62, 'x86-64'],
  [183, 'aarch64'],
  [243, 'RISC-V'],
  [247, 'BPF'],
  [258, 'LoongArch'],
]);

export const segmentType = {
  load: 1,
  dynamic: 2,
  interpreter: 3,
  note: 4,
  ehFrameHeader: 0x6474e550,
  relro: 0x6474e552,
} as const;

export const segmentFlag = { execute: 1, write: 2 } as const;

export const sectionType = {
  programBits: 1,
  symbols: 2,
  rela: 4,
  note: 7,
  noBits: 8,
  initialisers: 14,
  finalisers: 15,
  earlyInitialisers: 16,
} as const;

export const sectionFlag = { allocated: 2, execute: 4, threadLocal: 0x400, compressed: 0x800 } as const;

export const dynamicTag = {
  needed: 1,
  jumpRelocationsSize: 2,
  hash: 4,
  strings: 5,
  symbols: 6,
  rela: 7,
  relaSize: 8,
  stringsSize: 10,
  initialiser: 12,
  finaliser: 13,
  soname: 14,
  rel: 17,
  jumpRelocationsKind: 20,
  debug: 21,
  jumpRelocations: 23,
  initialisers: 25,
  finalisers: 26,
  initialisersSize: 27,
  finalisersSize: 28,
  earlyInitialisers: 32,
  earlyInitialisersSize: 33,
  relrSize: 35,
  relr: 36,
  gnuHash: 0x6ffffef5,
  flags1: 0x6ffffffb,
} as const;

/** In DT_FLAGS_1. */
export const positionIndependentExecutable = 0x08000000;

export const symbolType = { none: 0, object: 1, function: 2, common: 5, indirectFunction: 10 } as const;

/** Section indexes with a meaning of their own. */
export const sectionIndex = {
  undefined: 0,
  reservedFrom: 0xff00,
  absolute: 0xfff1,
  extended: 0xffff,
} as const;
