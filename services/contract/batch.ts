/**
 * The batch protocol: how an agent, or whoever has records of a host, hands them over. Headers say which records of
 * which stream a body holds; the media type says what they are. It must not know how a body is decoded.
 */
import { z } from 'zod';
import { type BatchUnit, lines, records } from '../core/batch-unit.ts';

/** Compressed and decompressed. */
export const body_bytes_max = 8 << 20;
export const decompressed_bytes_max = 64 << 20;
/** A stream's records are numbered from 0 or 1. */
const number_max = 2n ** 63n - 1n;

export const encodings = ['identity', 'gzip', 'zstd'] as const;

const Token = (pattern: RegExp, what: string) => z.string().regex(pattern, what);

export const HostName = Token(
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$/,
  'must be a host name: letters, digits, dots, dashes and underscores',
);
const BootId = Token(
  /^[A-Za-z0-9-]{1,64}$/,
  'must be a boot id, such as /proc/sys/kernel/random/boot_id has it',
);
const SourceName = Token(
  /^[a-z0-9][a-z0-9._-]{0,127}$/,
  'must be kernel-module, ebpf, audit or another name in lower case',
);
export const TenantName = Token(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be the name of a tenant');

const RecordNumber = z
  .string()
  .regex(/^\d{1,19}$/, { message: 'must be a decimal number', abort: true })
  .refine((text) => BigInt(text) <= number_max, 'must be below 2^63');

/** As HTTP has them, in lower case. */
export const BatchHeaders = z
  .object({
    'x-disprotrack-host': HostName,
    'x-disprotrack-boot': BootId,
    'x-disprotrack-source': SourceName,
    'x-disprotrack-first': RecordNumber.describe('number of the first record, from 0 or 1'),
    'x-disprotrack-last': RecordNumber.describe('number of the last record, inclusive'),
    'x-disprotrack-tenant': TenantName.optional(),
    'content-encoding': z
      .string()
      .optional()
      .describe(
        `${encodings.join(', ')}; at most ${body_bytes_max >> 20} MiB, and ${decompressed_bytes_max >> 20} MiB decompressed`,
      ),
  })
  .refine((headers) => BigInt(headers['x-disprotrack-first']) <= BigInt(headers['x-disprotrack-last']), {
    path: ['x-disprotrack-last'],
    message: 'must not be less than x-disprotrack-first',
  });
export type BatchHeaders = z.output<typeof BatchHeaders>;

export const StreamParameters = z.object({ host: HostName, boot: BootId, source: SourceName });

export const BatchAnswer = z.strictObject({
  stream: z.string().describe('host/boot/source'),
  next: z.string().describe('number of the record that the stream wants next'),
});
export const StreamAnswer = z.strictObject({ next: z.string() });

/** What a body can hold. */
export const mediaTypes = {
  records: 'application/vnd.disprotrack.records',
  audit: 'text/vnd.disprotrack.audit',
  log: 'text/vnd.disprotrack.log',
  containers: 'text/vnd.disprotrack.containers',
  entries: 'text/vnd.disprotrack.entries',
  tetragon: 'text/vnd.disprotrack.tetragon',
  falco: 'text/vnd.disprotrack.falco',
  tracee: 'text/vnd.disprotrack.tracee',
  laurel: 'text/vnd.disprotrack.laurel',
} as const;
export type MediaType = (typeof mediaTypes)[keyof typeof mediaTypes];

/** What the numbers of a batch count. */
export const unitOf: Readonly<Record<MediaType, BatchUnit>> = {
  [mediaTypes.records]: records,
  [mediaTypes.audit]: lines,
  [mediaTypes.log]: lines,
  [mediaTypes.containers]: lines,
  [mediaTypes.entries]: lines,
  [mediaTypes.tetragon]: lines,
  [mediaTypes.falco]: lines,
  [mediaTypes.tracee]: lines,
  [mediaTypes.laurel]: lines,
};

export interface ContentType {
  readonly mediaType: MediaType;
  /** Names in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
}

const known = new Set<string>(Object.values(mediaTypes));
const parameter = /;\s*([\w.-]+)=("(?:[^"\\]|\\.)*"|[^\s;"]+)\s*/gy;

/** Undefined for what no body can hold, or what is no content type. */
export function parseContentType(text: string): ContentType | undefined {
  const end = text.indexOf(';');
  const mediaType = (end < 0 ? text : text.slice(0, end)).trim().toLowerCase();
  if (!known.has(mediaType)) return undefined;
  const parameters = new Map<string, string>();
  if (end >= 0) {
    const rest = text.slice(end);
    let read = 0;
    for (const match of rest.matchAll(parameter)) {
      const [whole, name, value] = match as unknown as [string, string, string];
      read += whole.length;
      parameters.set(
        name.toLowerCase(),
        value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value,
      );
    }
    if (read !== rest.length) return undefined;
  }
  return { mediaType: mediaType as MediaType, parameters };
}
