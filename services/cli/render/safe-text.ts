/**
 * Makes text of unknown origin fit to print: a log line must not move the cursor, recolour, rename the window or
 * turn the direction of what stands beside it. It must not know what the text means.
 */

// C0 and C1 controls, DEL, line and paragraph separators, zero-width and bidirectional controls, tags, BOM.
const unsafe =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|\p{Surrogate}/gu;

const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Printable on one line: what could act on a terminal is shown as an escape (`\x1b`, `\u202e`, `\n`). */
export function safeText(text: string): string {
  return text.replace(unsafe, (c) => {
    const known = named[c];
    if (known !== undefined) return known;
    const code = c.codePointAt(0)!;
    if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`;
    return code <= 0xffff ? `\\u${code.toString(16).padStart(4, '0')}` : `\\u{${code.toString(16)}}`;
  });
}

/** As `safeText`, at most `length_max` characters; what is cut off is marked by `…`. */
export function safeLabel(text: string, length_max: number): string {
  // Cut before it is escaped, so that no escape is cut in two and a huge text costs little.
  const characters = [...text.slice(0, 2 * length_max + 2)];
  const cut = characters.length > length_max;
  return safeText((cut ? characters.slice(0, length_max - 1) : characters).join('')) + (cut ? '…' : '');
}
