/** Members of JSON that anybody may have written: what is not of the kind that is asked for is not there. */

export type JsonObject = Readonly<Record<string, unknown>>;

export function objectOf(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}

/** Only a member of its own: JSON names such as `constructor` are nobody's else. */
export function member(value: unknown, name: string): unknown {
  const object = objectOf(value);
  return object !== undefined && Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Undefined for an empty one. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A whole number, also one that is written as a text. */
export function wholeOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^-?\d{1,16}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined;
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** As whole numbers beyond 2^53 stand in the text: JSON has lost their end. */
export function exactWhole(line: string, name: string): bigint | undefined {
  const found = new RegExp(`"${name}"\\s*:\\s*(\\d{1,19})[,}\\s]`).exec(line)?.[1];
  return found === undefined ? undefined : BigInt(found);
}
