/** Refuses inputs that can't be had, or are no text, before anything is made of the others. */
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import type { Diagnostic } from '../core/diagnostic.ts';
import { InputError, type InputFile, inputSize, readInput } from '../worker/input-stream.ts';
import { type ProfilePlaces, readProfiles } from '../worker/profile-registry.ts';

export interface Inputs {
  readonly audit: readonly InputFile[];
  readonly logs: readonly InputFile[];
  readonly identity: readonly InputFile[];
  readonly recordings: readonly InputFile[];
  readonly sensors: readonly InputFile[];
}

const head_bytes = 4_096;
const auditRecord = /^(node=\S+ )?type=\S+ msg=audit\(\d+\.\d+:\d+\):/;
/** The one log format whose fields may hold any byte. */
const journalExport = '__CURSOR=';
const anyNul = /\0/;
/**
 * Programs, archives, databases, pictures, the journal's own files. Other bytes may be a log's: one that was cut short
 * while it was written begins with NULs.
 */
const otherThanLog = /^(\x7fELF|LPKSHHRH|PK\x03\x04|SQLite format 3\0|\x89PNG|[\xd4\xa1]\xc3|DPT[F1])/;

/** Rejects with InputError for the first that is missing, a folder, unreadable, binary, or no profile. */
export async function checkInputs(inputs: Inputs, profiles: ProfilePlaces): Promise<void> {
  for (const file of inputs.audit) await readableHead(file);
  for (const file of inputs.logs) {
    const head = await readableHead(file, otherThanLog);
    if (file.format === undefined && auditRecord.test(head)) {
      throw new InputError('format', `${file.path} is an audit log, not an application's`, {
        hint: 'give it with --audit',
      });
    }
  }
  for (const file of inputs.identity) {
    await readableHead(file);
    await refuseWithoutSample(file);
  }
  for (const file of inputs.recordings) await refuseWithoutRecords(file);
  for (const file of inputs.sensors) await readableHead(file);
  // What it says beside is said by the import.
  await readProfiles(profiles, () => {});
}

/** Rejects with InputError where the file does not begin as a recording does. */
export async function refuseWithoutRecords(file: InputFile): Promise<void> {
  if ((await inputSize(file)) === undefined) return;
  const head = Buffer.from(await firstChunk(file))
    .subarray(0, 4)
    .toString('latin1');
  if (head === 'DPTF' || head === 'DPT1') return;
  if (head === '') {
    throw new InputError('format', `${file.path} is empty, or damaged from its beginning`, {
      hint: 'a recorder that could not begin leaves such a file; disprotrack doctor says what it lacks',
    });
  }
  throw new InputError('format', `${file.path} is no recording`, {
    hint: 'disprotrack record writes one; audit logs go to --audit, application logs to --log',
  });
}

/**
 * The file's beginning as Latin-1; empty for a pipe: what it gave once it does not give again. Rejects where that is
 * `binary`.
 */
async function readableHead(file: InputFile, binary = anyNul): Promise<string> {
  if ((await inputSize(file)) === undefined) return '';
  try {
    await access(file.path, constants.R_OK);
  } catch (cause) {
    throw new InputError('unreadable', `${file.path} may not be read by this user`, {
      cause,
      hint: 'audit logs are often readable by root alone',
    });
  }
  const bytes = Buffer.from(await firstChunk(file)).subarray(0, head_bytes);
  const head = bytes.toString('latin1');
  // Whoever names the format knows what it is.
  if (head.startsWith(journalExport) || file.format !== undefined) return head;
  if (bytes.includes(0) && /^(\xff\xfe|\xfe\xff)/.test(head)) {
    throw new InputError('binary', `${file.path} is in UTF-16`, {
      hint: 'convert it first: iconv -f UTF-16 -t UTF-8',
    });
  }
  if (!binary.test(head)) return head;
  throw new InputError('binary', `${file.path} is binary, no log`, {
    hint: 'plain text, gzip and zstd can be read; export the journal with journalctl -o export; --format plain takes any bytes as lines',
  });
}

/** Without its samples the graph would be another one, and a repeat with the right file would not mend it. */
async function refuseWithoutSample(file: InputFile): Promise<void> {
  if (file.path === '-') return;
  let first: Diagnostic | undefined;
  // Only now: its schemas take longer to load than a small import takes.
  const { ContainerSampleReader } = await import('../worker/container-sample-reader.ts');
  const reader = new ContainerSampleReader({
    host: '',
    file: file.name,
    emit: () => {},
    diagnose: (d) => {
      first ??= d;
    },
  });
  const chunks = readInput(file, () => {});
  for await (const chunk of chunks) {
    reader.write(chunk);
    if (reader.counts.samples > 0) return;
  }
  reader.end();
  if (reader.counts.samples === 0 && first !== undefined) {
    throw new InputError(
      'identity',
      `${file.path} holds no container sample: line ${first.line}: ${first.message}`,
      {
        hint: '--identity takes what an agent wrote of the containers, one JSON object a line',
      },
    );
  }
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
