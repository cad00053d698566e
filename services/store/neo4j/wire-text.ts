/**
 * Texts as Neo4j can keep them. JavaScript's may hold halves of characters (a path need not be text), which UTF-8
 * can't say: they stand as an escape and four digits. A prefix stays a prefix. It must not know what texts mean.
 */

const mark = '\ue000';
const escaped = /\ue000|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Any parameter of a query; values other than texts, arrays and plain objects are handed on. */
export function toWire(value: unknown): unknown {
  if (typeof value === 'string') return textToWire(value);
  if (Array.isArray(value)) return value.map(toWire);
  if (value === null || typeof value !== 'object' || ArrayBuffer.isView(value)) return value;
  const whole: Record<string, unknown> = {};
  for (const name in value) whole[textToWire(name)] = toWire((value as Record<string, unknown>)[name]);
  return whole;
}

export function fromWire<T>(value: T): T {
  if (typeof value === 'string') return textFromWire(value) as T;
  if (Array.isArray(value)) return value.map(fromWire) as T;
  if (value === null || typeof value !== 'object' || ArrayBuffer.isView(value)) return value;
  const entries = Object.entries(value).map(([name, part]) => [textFromWire(name), fromWire(part)]);
  return Object.fromEntries(entries) as T;
}

function textToWire(text: string): string {
  if (text.isWellFormed() && !text.includes(mark)) return text;
  return text.replace(escaped, (unit) => mark + unit.charCodeAt(0).toString(16).padStart(4, '0'));
}

function textFromWire(text: string): string {
  if (!text.includes(mark)) return text;
  return text.replace(/\ue000([0-9a-f]{4})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
}
