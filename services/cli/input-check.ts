/** Refuses inputs that can't be had, or are no text, before anything is made of the others. */
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { InputError, type InputFile, inputSize, readInput } from '../worker/input-stream.ts';
import { readProfiles } from '../worker/profile-registry.ts';

const head_bytes = 4_096;
/** The one log format whose fields may hold any byte. */
const journalExport = '__CURSOR=';

/** Rejects with InputError for the first that is missing, a folder, unreadable, binary, or no profile. */
export async function checkInputs(files: readonly InputFile[], profiles: readonly string[]): Promise<void> {
  for (const file of files) {
    // What a pipe gave once it does not give again.
    if ((await inputSize(file)) === undefined) continue;
    try {
      await access(file.path, constants.R_OK);
    } catch (cause) {
      throw new InputError('unreadable', `${file.path} may not be read by this user`, {
        cause,
        hint: 'audit logs are often readable by root alone',
      });
    }
    await refuseBinary(file);
  }
  await readProfiles(profiles);
}

async function refuseBinary(file: InputFile): Promise<void> {
  const head = Buffer.from(await firstChunk(file)).subarray(0, head_bytes);
  if (!head.includes(0) || head.toString('latin1').startsWith(journalExport)) return;
  throw new InputError('binary', `${file.path} is binary, no log`, {
    hint: 'plain text, gzip and zstd can be read; export the journal with journalctl -o export',
  });
}

/** Empty where the file is damaged from the start: the import itself says so, and keeps what can be had. */
async function firstChunk(file: InputFile): Promise<Uint8Array> {
  const chunks = readInput(file, () => {});
  try {
    const first = await chunks.next();
    return first.value ?? new Uint8Array();
  } catch (error) {
    if (error instanceof InputError && error.code === 'damaged') return new Uint8Array();
    throw error;
  } finally {
    await chunks.return(undefined);
  }
}
