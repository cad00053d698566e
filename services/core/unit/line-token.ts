/**
 * What in a log line names the connection or request that it is about, whatever thread wrote it: the other end's
 * address and port, nginx's `*17`, a connection's number, a call's or request's id. It must not know units.
 */

/** At most so many of one line, each of so many characters. */
const tokens_max = 4;
const token_length_max = 64;
const searched_length_max = 1_024;

/** Of one line, and of one unit. */
export const words_max = 8;

const word = /[A-Za-z0-9_-]*\d[A-Za-z0-9_-]*/g;
const word_length_min = 4;

/** Words with a number in them, which a request's files and rows are often named by. */
export function numberedWords(message: string): string[] {
  const found = message.slice(0, searched_length_max).match(word) ?? [];
  return found
    .filter(({ length }) => length >= word_length_min && length <= token_length_max)
    .slice(0, words_max);
}

const address = String.raw`\b\d{1,3}(?:\.\d{1,3}){3}:\d{1,5}\b|\[[0-9A-Fa-f:]{2,45}\]:\d{1,5}\b`;
const number = String.raw`(?<![^\s\]])\*\d+(?= )`;
const named = String.raw`\b(?:conn(?:ection)?|call|req(?:uest)?|trace|correlation)[ _-]?(?:id|no|number)?["']?[ =:#]{1,2}["']?(?=[\w-]*\d)[\w-]+`;
const callId = String.raw`\[[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\]`;
const token = new RegExp(`${address}|${number}|${named}|${callId}`, 'gi');

export function lineTokens(message: string): string[] {
  const text = message.length > searched_length_max ? message.slice(0, searched_length_max) : message;
  const found = text.match(token);
  if (found === null) return [];
  return found.slice(0, tokens_max).map((each) => each.slice(0, token_length_max));
}
