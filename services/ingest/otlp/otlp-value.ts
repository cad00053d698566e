/** OTLP's values and attributes as plain ones. What a client nested beyond reason is cut there. */
import type { OtlpKeyValue } from '../../contract/otlp-logs.ts';

const depth_max = 16;

/** Of AnyValue in its JSON form; undefined for an empty one. */
export function plainValue(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null || depth > depth_max) return undefined;
  const [entry] = Object.entries(value);
  if (entry === undefined) return undefined;
  const [kind, given] = entry;
  if (kind === 'intValue') {
    const number = Number(given);
    return Number.isSafeInteger(number) ? number : String(given);
  }
  if (kind === 'arrayValue') return valuesOf(given).map((each) => plainValue(each, depth + 1));
  if (kind === 'kvlistValue') {
    const pairs = valuesOf(given).flatMap((each) => {
      const { key, value: of } = (each ?? {}) as { key?: unknown; value?: unknown };
      return typeof key === 'string' ? [[key, plainValue(of, depth + 1)] as const] : [];
    });
    return Object.fromEntries(pairs);
  }
  return given;
}

/** The last of a name counts. */
export function attributesOf(attributes: readonly OtlpKeyValue[]): ReadonlyMap<string, unknown> {
  return new Map(attributes.map(({ key, value }) => [key, plainValue(value)]));
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function valuesOf(list: unknown): readonly unknown[] {
  const { values } = (list ?? {}) as { values?: unknown };
  return Array.isArray(values) ? values : [];
}
