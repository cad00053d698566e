/**
 * Configuration of a deployable: one zod schema over the environment, checked whole at start, so that an operator
 * sees every problem at once. It must not know any deployable's settings.
 */
import { z } from 'zod';
import { ConfigError } from './config-error.ts';

/**
 * `environment` may hold other variables. An empty one counts as absent. `others` are problems that are known already,
 * to be told with those of the values. Throws ConfigError.
 */
export function readConfig<S extends z.ZodObject>(
  schema: S,
  environment: Readonly<Record<string, string | undefined>>,
  others: readonly string[] = [],
): z.output<S> {
  const given: Record<string, string> = {};
  for (const name of Object.keys(schema.shape)) {
    const value = environment[name];
    if (value !== undefined && value !== '') given[name] = value;
  }
  const parsed = schema.safeParse(given);
  if (parsed.success && others.length === 0) return parsed.data;
  const issues = parsed.error?.issues ?? [];
  throw new ConfigError([
    ...others,
    ...issues.map((issue) => {
      const name = issue.path.join('.');
      const value = given[name];
      return value === undefined
        ? `${name} must be set`
        : `${name}=${withoutSecret(value)}: ${issue.message}`;
    }),
  ]);
}

/** What a URL says of user and password is for nobody's eyes. */
function withoutSecret(value: string): string {
  return value.replace(/\/\/[^/]*@/, '//…@');
}

/** 0 lets the system choose. */
export const Port = z.coerce.number().int().min(0).max(65_535);
