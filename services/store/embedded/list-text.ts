/**
 * A JSON list as text of which a single entry is read: a question wants one record of many that are kept together.
 * Must not know what entries mean.
 */

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const openList = 0x5b;
const openObject = 0x7b;
const closeList = 0x5d;
const closeObject = 0x7d;

/**
 * The entry at `index` of a list, UTF-8 without blanks between its parts, as JSON.stringify writes it. Undefined where the
 * list is shorter.
 */
export function entryOf(list: Buffer, index: number): unknown {
  let begin = 1;
  for (let at = 0; at < index && begin < list.length; at++) begin = endOfEntry(list, begin) + 1;
  const end = endOfEntry(list, begin);
  return end <= begin || end >= list.length ? undefined : JSON.parse(list.toString('utf8', begin, end));
}

/** Of the comma behind the entry that begins at `begin`, or of the list's end. */
function endOfEntry(list: Buffer, begin: number): number {
  let depth = 0;
  for (let at = begin; at < list.length; at++) {
    const byte = list[at];
    if (byte === quote) at = endOfText(list, at);
    else if (byte === openList || byte === openObject) depth++;
    else if (byte === comma && depth === 0) return at;
    else if ((byte === closeList || byte === closeObject) && depth-- === 0) return at;
  }
  return list.length;
}

/** Of the quote that ends the text which begins at `at`. */
function endOfText(list: Buffer, at: number): number {
  let end = at + 1;
  while (end < list.length && list[end] !== quote) end += list[end] === backslash ? 2 : 1;
  return end;
}
