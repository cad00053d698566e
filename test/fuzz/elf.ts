/**
 * Fuzzes the ELF reader and the analysis behind it: small programs with lying headers, tables and frames. Whatever the
 * input is, they must not throw, and an image must hold together and be no larger than its bounds say.
 * An input that once broke it belongs in test/fuzz/corpus/elf. Run alone: node test/fuzz/elf.ts --seconds 60
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { elfFrontEnd } from '../../services/analyser/binary/front-end.ts';
import type { ElfImage } from '../../services/analyser/elf/elf-image.ts';
import { type ReadElf, readElf } from '../../services/analyser/elf/read-elf.ts';
import { ImageReader } from '../../services/analyser/elf/read-image.ts';
import type { FrontEndResult } from '../../services/analyser/front-end.ts';
import { buildLmsCfg } from '../../services/analyser/lms-cfg/build-lms-cfg.ts';
import type { Random } from '../bench/random.ts';
import { runAlone } from './command-line.ts';
import { damageElf } from './elf-damage.ts';
import { fuzzLoop } from './fuzz-loop.ts';
import type { FuzzOptions, FuzzReport, FuzzTarget } from './fuzz-target.ts';

export const elfTarget: FuzzTarget = { name: 'elf', extension: 'elf', run: fuzzElf };

const bt_max = 3;
const zeroFillBytesMax = 2 ** 20;
const length_bytes_max = 20_000;
/** Far above what 20 kB take on a loaded machine: only what grows faster than its input gets there. */
const elapsedMsMax = 2000;

function fuzzElf(options: FuzzOptions): FuzzReport {
  const corpus = readCorpus();
  const next = (random: Random): Uint8Array =>
    damageElf(random.pick(corpus), random.pick(corpus), random, length_bytes_max);
  // Some inputs are the split debug file of another.
  const check = (input: Uint8Array, random: Random): void => {
    checkElfInput(input, random, random.oneIn(4) ? next(random) : undefined);
  };
  return fuzzLoop({ ...options, corpus, next, check, elapsedMsMax });
}

/** Throws where the input breaks an invariant. */
function checkElfInput(input: Uint8Array, random: Random, debug: Uint8Array | undefined): void {
  const given = input.slice();
  const read = readElf(input, { file: 'input', debug, zeroFillBytesMax });
  must(Buffer.compare(input, given) === 0, 'the input was changed');
  checkDiagnostics(read, input);
  if (read.image === undefined) return;
  checkSegments(read.image, input);
  checkPlaces(read.image, input.length + (debug?.length ?? 0));
  checkReading(read.image, random);
  checkAnalysis(input);
}

/** A damaged program gives a log program that an LMS-CFG can be made of, or a diagnostic. */
function checkAnalysis(input: Uint8Array): void {
  const options = { bt: bt_max, onPhase: () => {} };
  const { found, diagnostics } = elfFrontEnd.analyse(
    [{ path: 'input', bytes: input }],
    options,
  ) as FrontEndResult;
  const refused = diagnostics.some(({ severity }) => severity === 'error');
  must((found === undefined) === refused, 'an error and no program do not go together');
  if (found === undefined) return;
  const { sites, graph } = buildLmsCfg(found.program, bt_max);
  const nodes = sites.length + graph.junctions;
  must(
    graph.links.flat().every((node) => node < nodes),
    'a link leads nowhere',
  );
}

function checkDiagnostics({ image, diagnostics }: ReadElf, input: Uint8Array): void {
  must(
    (image === undefined) === diagnostics.some(({ severity }) => severity === 'error'),
    'an error and no image do not go together',
  );
  must(diagnostics.length < 200, `${diagnostics.length} diagnostics`);
  for (const { code, message, offset = 0 } of diagnostics) {
    must(code.startsWith('elf-') && message !== '', `a diagnostic says nothing: ${code}`);
    must(offset >= 0 && offset <= Math.max(64, input.length), `offset ${offset} is not in the file: ${code}`);
  }
}

function checkSegments({ segments }: ElfImage, input: Uint8Array): void {
  let end = 0;
  let bytes = 0;
  for (const segment of segments) {
    must(segment.bytes.length > 0, 'an empty segment');
    must(segment.address >= end, 'segments overlap');
    end = segment.address + segment.bytes.length;
    bytes += segment.bytes.length;
  }
  must(Number.isSafeInteger(end), 'a segment ends beyond all addresses');
  // The same bytes of the file can be loaded several times; nothing of them is copied more than once.
  must(bytes <= zeroFillBytesMax + input.length * segments.length, `${bytes} bytes are loaded`);
}

function checkPlaces(image: ElfImage, inputLength: number): void {
  const reader = new ImageReader(image);
  const inside = (address: number, what: string): void =>
    must(reader.segmentOf(address) !== undefined, `${what} at ${address} is in no segment`);
  let names = 0;
  let last = 0;
  for (const { address, name, size, kind } of image.symbols) {
    inside(address, `symbol ${name}`);
    must(address >= last && Number.isSafeInteger(size) && size >= 0, `symbol ${name} is out of place`);
    must(name !== '' && ['function', 'object', 'other'].includes(kind), 'a symbol without a name');
    last = address;
    names += name.length;
  }
  must(names <= 20 * inputLength + 8192, `names of ${names} characters`);
  last = -1;
  for (const address of image.pointers) {
    inside(address, 'pointer');
    must(address > last, 'pointers are not ascending');
    last = address;
  }
  must(image.pointers.length <= 8 * inputLength, `${image.pointers.length} pointers`);
  for (const [address, name] of image.imports) {
    inside(address, 'import');
    must(name !== '', 'an import without a name');
  }
  last = 0;
  for (const { address, size } of image.frames) {
    inside(address, 'frame');
    must(address >= last && size > 0, 'frames overlap');
    last = address + size;
  }
  for (const address of image.initialisers) inside(address, 'initialiser');
}

function checkReading(image: ElfImage, random: Random): void {
  const reader = new ImageReader(image);
  for (let i = 0; i < 20; i++) {
    const segment = random.pick(image.segments);
    const address = segment.address + random.below(segment.bytes.length + 16) - 8;
    const at = address - segment.address;
    if (at >= 0 && at < segment.bytes.length) {
      must(reader.readU8(address) === segment.bytes[at], `another byte at ${address}`);
    }
    reader.readU64(address);
    reader.readI32(address);
    reader.bytesAt(address, random.below(100));
    const text = reader.cString(address, 100);
    must(text === undefined || !text.includes('\0'), 'a text with its end in it');
  }
}

function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

function readCorpus(): Uint8Array[] {
  const folder = new URL('corpus/elf/', import.meta.url);
  return readdirSync(folder)
    .filter((name) => name.endsWith('.elf'))
    .sort()
    .map((name) => new Uint8Array(readFileSync(fileURLToPath(new URL(name, folder)))));
}

if (import.meta.main) runAlone(elfTarget);
