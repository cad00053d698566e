/**
 * A log message without a profile: its constant part as a template, what varies as typed variables, so that two lines
 * of one statement have one template. It must not learn from other messages: the same text gives the same template
 * for ever, which is what makes templates fit for vertex identities.
 */

export interface Templated {
  /** Holes are `<num>`, `<ip>`, `<hex>`, `<uuid>`, `<time>`, `<str>`; a literal `<` is `<lt>`. */
  readonly template: string;
  /** In the order of the holes. */
  readonly variables: readonly string[];
}

const METHOD = 'GET|HEAD|POST|PUT|DELETE|PATCH|OPTIONS|CONNECT|TRACE|PROPFIND';
const START = '(?<![A-Za-z0-9])';
const END = '(?![A-Za-z0-9])';
/** Alternatives in order of preference; every one begins at a boundary or a fixed character, so that none is retried inside a run. */
const TOKENS = new RegExp(
  [
    `(?<request>\\b(?:${METHOD}) [^\\s"<]+(?: HTTP/\\d(?:\\.\\d)?)?)`,
    `(?<uuid>${START}[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}${END})`,
    `(?<time>${START}(?:\\d{4}[-/]\\d\\d[-/]\\d\\d(?:[T ]\\d\\d:\\d\\d:\\d\\d(?:[.,]\\d{1,9})?(?:Z|[+-]\\d\\d:?\\d\\d)?)?|\\d\\d/[A-Z][a-z]{2}/\\d{4}:\\d\\d:\\d\\d:\\d\\d(?: [+-]\\d{4})?|\\d\\d:\\d\\d:\\d\\d(?:[.,]\\d{1,9})?)(?![A-Za-z0-9:]))`,
    `(?<ip>${START}(?:\\d{1,3}(?:\\.\\d{1,3}){3}${END}(?!\\.\\d)|(?<!:)(?:[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}){7}|(?:[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}){0,5})?::(?:(?:[0-9A-Fa-f]{1,4}:){0,5}(?:\\d{1,3}(?:\\.\\d{1,3}){3}|[0-9A-Fa-f]{1,4}))?)(?![A-Za-z0-9:])))`,
    `(?<hex>${START}(?:0[xX][0-9A-Fa-f]+|(?=\\d*[A-Fa-f])(?=[A-Fa-f]*\\d)[0-9A-Fa-f]{8,})${END})`,
    '"(?<double>[^"]*)"',
    "(?<!\\w)'(?<single>[^']*)'(?!\\w)",
    `(?<num>(?:(?<![\\w.)\\]-])-)?${START}\\d+(?:\\.\\d+(?!\\.?\\d))?)`,
    '(?<lt><)',
  ].join('|'),
  'g',
);

export function templateOf(message: string): Templated {
  const variables: string[] = [];
  const template = fill(message, variables);
  return { template, variables };
}

/** The message that `templateOf` took apart; throws a RangeError where the variables are not those of the template. */
export function renderTemplate(template: string, variables: readonly string[]): string {
  let next = 0;
  const message = template.replace(/<(\w+)>/g, (_, name: string) => {
    if (name === 'lt') return '<';
    const value = variables[next++];
    if (value === undefined) throw new RangeError(`the template has more than ${variables.length} holes`);
    return value;
  });
  if (next !== variables.length)
    throw new RangeError(`the template has ${next} holes, not ${variables.length}`);
  return message;
}

type Groups = Readonly<Record<string, string | undefined>>;

function fill(text: string, variables: string[]): string {
  return text.replace(TOKENS, (match: string, ...rest: unknown[]) => {
    const groups = rest.at(-1) as Groups;
    if (groups.request !== undefined) return request(match, variables);
    if (groups.lt !== undefined) return '<lt>';
    for (const [name, quote] of [['double', '"'] as const, ['single', "'"] as const]) {
      const content = groups[name];
      // A quoted request line keeps method and path.
      if (content === undefined) continue;
      if (REQUEST_LINE.test(content)) return `${quote}${request(content, variables)}${quote}`;
      variables.push(content);
      return `${quote}<str>${quote}`;
    }
    const kind = ['uuid', 'time', 'ip', 'hex', 'num'].find((name) => groups[name] !== undefined);
    // `a::b` is a qualified name sooner than an address.
    if (kind === 'ip' && !/\d/.test(match)) return match;
    variables.push(match);
    return `<${kind}>`;
  });
}

const REQUEST_LINE = new RegExp(`^(?:${METHOD}) \\S+(?: HTTP/\\d(?:\\.\\d)?)?$`);

/** Method, path with its numeric parts as holes, the names of the query with its values as holes, protocol. */
function request(line: string, variables: string[]): string {
  const path = line.indexOf(' ') + 1;
  const afterPath = line.indexOf(' ', path);
  const end = afterPath < 0 ? line.length : afterPath;
  const query = line.slice(path, end).indexOf('?');
  const pathEnd = query < 0 ? end : path + query;
  const pathTemplate = fill(line.slice(path, pathEnd), variables);
  const queryTemplate = line.slice(pathEnd, end).replace(/([?&;])([^=&;]*)(=?)([^&;]*)/g, (...parts) => {
    const [, separator, name, equals, value] = parts as string[];
    const key = name!.replaceAll('<', '<lt>');
    if (equals === '') return `${separator}${key}`;
    variables.push(value!);
    return `${separator}${key}=<str>`;
  });
  return `${line.slice(0, path)}${pathTemplate}${queryTemplate}${line.slice(end)}`;
}
