/** Which source line every direct call of a program with DWARF comes from, by objdump. */
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { run } from '../tool/command.ts';
import { installTools } from '../tool/install.ts';

export interface CallLine {
  /** Of the instruction after the call. */
  readonly returnAddress: number;
  /** Without `@plt`, `__…_chk` and the suffixes of clones. */
  readonly target: string;
  readonly file: string;
  readonly line: number;
}

/** Jumps out of a function (tail calls) count as calls. */
export async function callLines(program: string): Promise<readonly CallLine[]> {
  await installTools('objdump');
  const folder = mkdtempSync(join(tmpdir(), 'disprotrack-lines-'));
  try {
    const outputFile = join(folder, 'listing');
    const args = ['-d', '-l', '--no-show-raw-insn', '-w', program];
    await run(`could not list ${program}`, 'objdump', args, { outputFile });
    return await parse(outputFile);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function parse(listing: string): Promise<readonly CallLine[]> {
  const calls: CallLine[] = [];
  let place: { file: string; line: number } | undefined;
  let own = '';
  // A call's return address is where the next instruction stands.
  let waiting: Omit<CallLine, 'returnAddress'> | undefined;
  for await (const text of createInterface({ input: createReadStream(listing) })) {
    const instruction = /^ +([0-9a-f]+):\t(.*)$/.exec(text);
    if (instruction !== null) {
      if (waiting !== undefined)
        calls.push({ ...waiting, returnAddress: Number.parseInt(instruction[1]!, 16) });
      const target = /^(?:notrack |bnd )?(?:call|jmp) +[0-9a-f]+ <([^+>]+)>/.exec(instruction[2]!)?.[1];
      const name = target === undefined ? undefined : plain(target);
      waiting = name === undefined || name === own || !place ? undefined : { target: name, ...place };
      continue;
    }
    const label = /^[0-9a-f]+ <(.*)>:$/.exec(text)?.[1];
    if (label !== undefined) {
      own = plain(label);
      place = undefined;
    }
    const at = /^(\/.*):(\d+)(?: \(discriminator \d+\))?$/.exec(text);
    if (at !== null) place = { file: at[1]!, line: Number(at[2]) };
  }
  return calls;
}

function plain(symbol: string): string {
  return symbol
    .replace(/@.*$/, '')
    .replace(/\.(?:constprop|isra|part|cold|lto_priv)\b.*$/, '')
    .replace(/^__(.*)_chk$/, '$1');
}
