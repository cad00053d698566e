/**
 * Configuration of a deployable: one zod schema over the environment, checked whole at start, so that an operator
 * sees every problem at once. It must not know any deployable's settings.
 */
import { z } from 'zod';

/** The settings are wrong; the message has a line for each problem. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code = 'config';
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`the configuration is wrong:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

/** `environment` may hold other variables. An empty one counts as absent. Throws ConfigError. */
export function readConfig<S extends z.ZodObject>(
  schema: S,
  environment: Readonly<Record<string, string | undefined>>,
): z.output<S> {
  const given: Record<string, string> = {};
  for (const name of Object.keys(schema.shape)) {
    const value = environment[name];
    if (value !== undefined && value !== '') given[name] = value;
  }
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new ConfigError(
    parsed.error.issues.map((issue) => {
      const name = issue.path.join('.');
      const value = given[name];
      return value === undefined
        ? `${name} must be set`
        : `${name}=${withoutSecret(value)}: ${issue.message}`;
    }),
  );
}

/** What a URL says of user and password is for nobody's eyes. */
function withoutSecret(value: string): string {
  return value.replace(/\/\/[^/]*@/, '//…@');
}

/** 0 lets the system choose. */
export const Port = z.coerce.number().int().min(0).max(65_535);
