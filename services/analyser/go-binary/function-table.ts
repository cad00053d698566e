/**
 * The functions of a compiled Go program by name and extent: the runtime's own table, which survives stripping. Its
 * form is that of Go 1.18 (magic …f0) and of Go 1.20 and later (…f1): a header, then offsets of functions from the
 * beginning of the code. Source: runtime/symtab.go and debug/gosym/pclntab.go of Go. It must not know instructions.
 */
import type { ElfImage, ElfSymbol, Segment } from '../elf/elf-image.ts';
import type { ImageReader } from '../elf/read-image.ts';

const magics = [0xfffffff0, 0xfffffff1];
const header_bytes = 72;
const pointer_bytes = 8;
const functions_max = 1 << 20;
const name_bytes_max = 4_096;
/** Where the module's record has the first function's address, in words behind the table's own. */
const firstFunction_words = 20;

interface Table {
  readonly address: number;
  readonly count: number;
  readonly names: number;
  readonly functions: number;
  /** Where the code begins; 0 where the table leaves that to the module's record. */
  readonly code: number;
}

/** As symbols, ascending; undefined where the image is no Go program, or of a form that is not known. */
export function goFunctions(image: ElfImage, reader: ImageReader): ElfSymbol[] | undefined {
  const table = findTable(image, reader);
  const code = table === undefined ? undefined : codeStart(image, reader, table);
  if (table === undefined || code === undefined) return undefined;
  const symbols: ElfSymbol[] = [];
  for (let i = 0; i < table.count; i++) {
    const entry = table.functions + 8 * i;
    const address = code + u32(reader, entry);
    const size = code + u32(reader, entry + 8) - address;
    const record = table.functions + u32(reader, entry + 4);
    const name = reader.cString(table.names + u32(reader, record + 4), name_bytes_max);
    if (name === undefined || name === '' || size <= 0 || !reader.isCode(address)) continue;
    symbols.push({ name, address, size, kind: 'function', exported: false });
  }
  return symbols.length === 0 ? undefined : symbols;
}

function findTable(image: ElfImage, reader: ImageReader): Table | undefined {
  for (const segment of image.segments) {
    if (segment.executable) continue;
    const table = tableIn(segment, reader);
    if (table !== undefined) return table;
  }
  return undefined;
}

function tableIn({ address, bytes }: Segment, reader: ImageReader): Table | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  for (const magic of magics) {
    const pattern = Buffer.alloc(6);
    pattern.writeUInt32LE(magic);
    for (let at = buffer.indexOf(pattern); at >= 0; at = buffer.indexOf(pattern, at + 1)) {
      const isHeader = at + header_bytes <= bytes.length && [1, 4].includes(bytes[at + 6]!);
      if (!isHeader || bytes[at + 7] !== pointer_bytes || (address + at) % pointer_bytes !== 0) continue;
      const word = (n: number): number => reader.readU64(address + at + 8 + pointer_bytes * n) ?? 0;
      const count = word(0);
      if (count === 0 || count > functions_max) continue;
      const from = address + at;
      return { address: from, count, code: word(2), names: from + word(3), functions: from + word(7) };
    }
  }
  return undefined;
}

/** By the module's record, which points to the table first and says where the first function is. */
function codeStart(image: ElfImage, reader: ImageReader, table: Table): number | undefined {
  if (table.code !== 0 && reader.isCode(table.code)) return table.code;
  for (const { executable, address, bytes } of image.segments) {
    if (executable) continue;
    const first = Math.ceil(address / pointer_bytes) * pointer_bytes;
    for (let at = first; at + pointer_bytes <= address + bytes.length; at += pointer_bytes) {
      if (reader.readU64(at) !== table.address) continue;
      const entry = reader.readU64(at + pointer_bytes * firstFunction_words);
      if (entry !== undefined && reader.isCode(entry)) return entry - u32(reader, table.functions);
    }
  }
  return undefined;
}

function u32(reader: ImageReader, address: number): number {
  return (reader.readI32(address) ?? 0) >>> 0;
}
