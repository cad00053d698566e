/** A batch's body, checked against its headers: it holds what they say, whole, and a reader can be made for it. */
import {
  type BatchHeaders,
  type ContentType,
  decompressed_bytes_max,
  encodings,
  mediaTypes,
  parseContentType,
  unitOf,
} from '../contract/batch.ts';
import { FORMATS } from '../core/app-log/format/registry.ts';
import { zoneOffset } from '../core/app-log/raw-time.ts';
import type { Batch, BatchEncoding } from '../core/batch-queue.ts';
import { decompress } from '../runtime/decompress.ts';
import { HttpError } from '../runtime/http/http-error.ts';
import { noBodyOf } from '../runtime/http/untaken-type.ts';

/** Throws HttpError and DecompressError. */
export async function readBatch(
  headers: BatchHeaders,
  contentType: string,
  body: Uint8Array | undefined,
): Promise<Batch> {
  const parsed = parseContentType(contentType);
  if (parsed === undefined) throw noBodyOf(contentType, Object.values(mediaTypes));
  const encoding = encodingOf(headers['content-encoding']);
  checkParameters(parsed);
  const [first, last] = [BigInt(headers['x-disprotrack-first']), BigInt(headers['x-disprotrack-last'])];
  const bytes = body ?? new Uint8Array();
  const unit = unitOf[parsed.mediaType];
  const count = unit.count(await decompress(bytes, encoding, decompressed_bytes_max));
  if (typeof count === 'string') throw unfit('/body', count);
  if (BigInt(count) !== last - first + 1n) {
    const wanted = last - first + 1n;
    throw unfit('/body', `holds ${count} ${unit.name}s; ${first} to ${last} are ${wanted}`);
  }
  const stream = {
    host: headers['x-disprotrack-host'],
    boot: headers['x-disprotrack-boot'],
    source: headers['x-disprotrack-source'],
  };
  return { stream, first, last, contentType, encoding, bytes };
}

function encodingOf(header: string | undefined): BatchEncoding {
  const encoding = encodings.find((known) => known === (header ?? 'identity').toLowerCase());
  if (encoding !== undefined) return encoding;
  throw new HttpError(415, `content-encoding must be one of ${encodings.join(', ')}`);
}

/** What a reader would choke on must not get as far as that. */
function checkParameters({ mediaType, parameters }: ContentType): void {
  if (mediaType !== mediaTypes.log) return;
  const format = parameters.get('format');
  if (format !== undefined && !FORMATS.some(({ name }) => name === format)) {
    const names = FORMATS.map(({ name }) => name).join(', ');
    throw unfit('/content-type', `there is no format ${format}; there are ${names}`);
  }
  const zone = parameters.get('zone');
  if (zone !== undefined && zoneOffset(zone) === undefined)
    throw unfit('/content-type', `zone ${zone} is no offset such as +0530`);
}

function unfit(path: string, message: string): HttpError {
  return new HttpError(422, 'the request does not fit its schema', { problems: [{ path, message }] });
}
