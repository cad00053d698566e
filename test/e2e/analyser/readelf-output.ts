/** What binutils' readelf says of a file, as data. It must not know our reader. */
import { execFileSync } from 'node:child_process';

export interface ReadelfSymbol {
  readonly address: number;
  readonly name: string;
  readonly type: string;
  readonly bind: string;
  readonly visibility: string;
  readonly section: string;
  /** Of `.dynsym`, else of `.symtab`. */
  readonly dynamic: boolean;
}

export interface ReadelfRelocation {
  readonly place: number;
  /** Without `R_X86_64_`. */
  readonly type: string;
  readonly value: number;
  readonly name: string;
  readonly addend: number;
}

export interface ReadelfOutput {
  readonly entry: number;
  readonly buildId: string | undefined;
  readonly needed: readonly string[];
  readonly symbols: readonly ReadelfSymbol[];
  readonly relocations: readonly ReadelfRelocation[];
  /** `start-end` in hex, as `.eh_frame` has them. */
  readonly frames: readonly string[];
}

export function readelf(file: string): ReadelfOutput {
  const run = (...options: string[]): string =>
    execFileSync('readelf', ['--wide', ...options, file], {
      encoding: 'utf8',
      maxBuffer: 2 ** 29,
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, LC_ALL: 'C' },
    });
  const general = run('--file-header', '--dynamic', '--notes');
  return {
    entry: Number(/Entry point address:\s+(\S+)/.exec(general)![1]),
    buildId: /Build ID: ([0-9a-f]+)/.exec(general)?.[1],
    needed: [...general.matchAll(/\(NEEDED\)\s+Shared library: \[(.*)\]/g)].map((match) => match[1]!),
    symbols: symbolsIn(run('--symbols')),
    relocations: relocationsIn(run('--relocs')),
    frames: framesIn(run('--debug-dump=frames,no-follow-links')),
  };
}

function symbolsIn(output: string): ReadelfSymbol[] {
  let dynamic = false;
  return output.split('\n').flatMap((line): ReadelfSymbol[] => {
    const table = /^Symbol table '(.*?)'/.exec(line);
    if (table !== null) dynamic = table[1] === '.dynsym';
    const fields = line.trim().split(/\s+/);
    const [number, address, , type, bind, visibility, section, name] = fields;
    if (!/^\d+:$/.test(number!) || name === undefined) return [];
    return [
      {
        address: Number.parseInt(address!, 16),
        name: name.replace(/@.*/, ''),
        type: type!,
        bind: bind!,
        visibility: visibility!,
        section: section!,
        dynamic,
      },
    ];
  });
}

function relocationsIn(output: string): ReadelfRelocation[] {
  return output.split('\n').flatMap((line): ReadelfRelocation[] => {
    const packed = /^([0-9a-f]{16})$/.exec(line.trim());
    const place = Number.parseInt(line, 16);
    // Packed ones are relative, with the addend in their place.
    if (packed !== null) return [{ place, type: 'RELR', value: 0, name: '', addend: 0 }];
    const found = /^[0-9a-f]{16}\s+[0-9a-f]{16}\s+R_(?:X86_64|AARCH64)_(\S+)\s*(.*)$/.exec(line);
    if (found === null) return [];
    const [, type, rest] = found;
    const symbolic = /^([0-9a-f]{16})\s+(\S+?)(?:@\S*)? ([+-]) ([0-9a-f]+)$/.exec(rest!);
    if (symbolic === null) {
      return [{ place, type: type!, value: 0, name: '', addend: Number.parseInt(rest!, 16) }];
    }
    const [, value, name, sign, addend] = symbolic;
    const size = Number.parseInt(addend!, 16);
    return [
      {
        place,
        type: type!,
        value: Number.parseInt(value!, 16),
        name: name!,
        addend: sign === '-' ? -size : size,
      },
    ];
  });
}

function framesIn(output: string): string[] {
  const frames = [...output.matchAll(/ FDE cie=\w+ pc=([0-9a-f]+)\.\.([0-9a-f]+)/g)];
  return frames
    .map(([, from, to]) => [Number.parseInt(from!, 16), Number.parseInt(to!, 16)] as const)
    .filter(([from, to]) => to > from)
    .map(([from, to]) => `${from.toString(16)}-${to.toString(16)}`);
}
