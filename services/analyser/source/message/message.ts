/** A message that a program prints: constants and holes. It must not know how a language writes formats. */
import { formatRegex } from '../../../core/lms/format-regex.ts';
import { alternatives_max } from '../source-limit.ts';

export interface Hole {
  /** Of printf. */
  readonly conversion: string;
  /** The parameter of the enclosing function that fills it. */
  readonly parameter?: string;
}

export type Piece = string | Hole;
export type Message = readonly Piece[];

export const anything: Message = [{ conversion: '%s' }];

export function messageOf(text: string): Message {
  return text === '' ? [] : [text];
}

/** Every way to put one of each behind the other; the first sixteen, and then holes for what varies. */
export function combined(parts: readonly (readonly Message[])[]): readonly Message[] {
  let ways: readonly Message[] = [[]];
  for (const options of parts) {
    const used = ways.length * options.length > alternatives_max ? [anything] : options;
    ways = ways.flatMap((way) => used.map((option) => merged([...way, ...option])));
  }
  return distinct(ways);
}

export function distinct(messages: readonly Message[]): readonly Message[] {
  if (messages.length < 2) return messages;
  const seen = new Map(messages.map((message) => [JSON.stringify(message), message]));
  if (seen.size > alternatives_max) return [anything];
  // Beside a hole that takes anything, a bare number or mark says nothing.
  const kept = [...seen.values()];
  return seen.has(JSON.stringify(anything))
    ? kept.filter((each) => !/^[^A-Za-z]*$/.test(constantOf(each) ?? 'a'))
    : kept;
}

function merged(pieces: Message): Message {
  const result: Piece[] = [];
  for (const piece of pieces) {
    const last = result.at(-1);
    if (typeof piece === 'string' && typeof last === 'string') result[result.length - 1] = last + piece;
    else if (piece !== '') result.push(piece);
  }
  return result;
}

/** The constant that a message is; undefined where it has a hole. */
export function constantOf(message: Message): string | undefined {
  if (message.length === 0) return '';
  return message.length === 1 && typeof message[0] === 'string' ? message[0] : undefined;
}

/** The lines that it prints, without empty ones: each is a message. */
export function linesOf(message: Message): readonly Message[] {
  const lines: Piece[][] = [[]];
  for (const piece of message) {
    if (typeof piece !== 'string') {
      lines.at(-1)!.push(piece);
      continue;
    }
    const [first, ...rest] = piece.split(/\r?\n/);
    lines.at(-1)!.push(first!);
    for (const line of rest) lines.push([line]);
  }
  return lines.map(merged).filter((line) => line.length > 0);
}

/** Without the line break at its end. */
export function trimmed(message: Message): Message {
  const last = message.at(-1);
  return typeof last === 'string' ? merged([...message.slice(0, -1), last.replace(/\r?\n$/, '')]) : message;
}

/** The normal form, which is printf's: every language's format becomes it. */
export function normalForm(message: Message): string {
  return message
    .map((piece) => (typeof piece === 'string' ? piece.replaceAll('%', '%%') : piece.conversion))
    .join('');
}

export function regexOf(text: string): string {
  return formatRegex(text).source;
}
