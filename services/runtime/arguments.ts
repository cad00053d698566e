/** A service's command line: options that stand for variables of its environment. */
import { parseArgs } from 'node:util';
import { ConfigError } from './config-error.ts';

/** The environment, with what the arguments say in place of the variables that they name. Throws ConfigError. */
export function environment(
  variables: Readonly<Record<string, string>>,
  flags: Readonly<Record<string, string>> = {},
): Record<string, string | undefined> {
  const option = (names: object, type: 'string' | 'boolean') =>
    Object.fromEntries(Object.keys(names).map((name) => [name, { type }]));
  try {
    const { values } = parseArgs({
      options: { ...option(variables, 'string'), ...option(flags, 'boolean') },
    });
    const all = { ...variables, ...flags };
    const given = Object.entries(values).map(([name, value]) => [all[name]!, String(value)] as const);
    return { ...process.env, ...Object.fromEntries(given) };
  } catch (error) {
    throw new ConfigError([(error as Error).message]);
  }
}
