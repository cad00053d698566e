/**
 * PATH records, and the names in them made absolute where the event says relative to what. It must not know the
 * file system: `..` is taken by name, and a link on the way is not followed.
 */
import type { PendingEvent, PendingPath } from './audit-event.ts';
import type { FieldScanner, ReportProblem } from './field-scanner.ts';
import { fieldCode } from './field-scanner.ts';
import { SpanTable } from './span-table.ts';

export class PathReader {
  readonly #details = new SpanTable<Details>(256, 384);
  readonly #problem: ReportProblem;

  constructor(problem: ReportProblem) {
    this.#problem = problem;
  }

  /** Adds the PATH record; false where it has no item number. */
  read(fields: FieldScanner, pending: PendingEvent): boolean {
    const start = fields.at;
    const problems = fields.problems;
    const path: PendingPath = {
      item: Number.NaN,
      name: undefined,
      path: undefined,
      inode: undefined,
      device: undefined,
      mode: undefined,
      nametype: '',
    };
    let isKeepable = false;
    while (fields.next()) {
      if (!isKeepable && fields.key === deviceKey && fields.keyLength === 3) {
        // From here to its end the record says what the next file's record says again.
        const details = this.#details.find(fields.bytes, fields.at, fields.end);
        if (details !== undefined) {
          setDetails(path, details);
          break;
        }
        isKeepable = true;
      }
      if (readIdentity(fields, path)) isKeepable = false;
      else if (!readDetail(fields, path)) fields.skip();
    }
    if (Number.isNaN(path.item)) return false;
    if (path.nametype === '') this.#problem('audit-missing-field', 'PATH has no nametype=', start);
    // What is wrong with it must be said each time.
    else if (isKeepable && fields.problems === problems) {
      const { device, mode, nametype } = path;
      this.#details.keep({ device, mode, nametype });
    }
    if (pending.paths === undefined) pending.paths = [path];
    else pending.paths.push(path);
    return true;
  }
}

/** What a PATH record says behind the inode: the same for most files of a file system. */
interface Details {
  readonly device: string | undefined;
  readonly mode: number | undefined;
  readonly nametype: string;
}

function setDetails(path: PendingPath, { device, mode, nametype }: Details): void {
  path.device = device;
  path.mode = mode;
  path.nametype = nametype;
}

/** False, and nothing read, where the field is none of those that are the file's own. */
function readIdentity(fields: FieldScanner, path: PendingPath): boolean {
  const { key, keyLength } = fields;
  if (key === itemKey && keyLength === 4) path.item = fields.decimal();
  else if (key === nameKey && keyLength === 4) path.name = fields.name();
  else if (key === inodeKey && keyLength === 5) path.inode = orUndefined(fields.decimal());
  else return false;
  return true;
}

/** The same for the details. */
function readDetail(fields: FieldScanner, path: PendingPath): boolean {
  const { key, keyLength } = fields;
  if (key === deviceKey && keyLength === 3) path.device = fields.word();
  else if (key === modeKey && keyLength === 4) path.mode = orUndefined(fields.octal());
  else if (key === nameKey && keyLength === 8) path.nametype = nametypeOf(fields.word());
  else return false;
  return true;
}

/** Puts the PATH records in the order of their items, with absolute paths where they can be known. */
export function resolvePaths(pending: PendingEvent): void {
  const { event, paths } = pending;
  if (paths === undefined) return;
  if (paths.length > 1 && !isSorted(paths)) paths.sort((a, b) => a.item - b.item);
  const base = isRelativeToCwd(event.syscall, event.args) ? event.cwd : undefined;
  for (const path of paths) path.path = absolutePath(path.name, base);
  event.paths = paths;
}

/** `name` from `base`, without `.`, `..` and double slashes; undefined where either is missing and both are needed. */
export function absolutePath(name: string | undefined, base: string | undefined): string | undefined {
  if (name === undefined || name === '') return undefined;
  if (name.charCodeAt(0) === slash) return needsCleaning(name) ? clean(name) : name;
  if (base === undefined || base.charCodeAt(0) !== slash) return undefined;
  const joined = base === '/' ? `/${name}` : `${base}/${name}`;
  return needsCleaning(joined) ? clean(joined) : joined;
}

const slash = 47;
const dot = 46;

/** Where a call's directory descriptors are among its arguments: CWD says nothing of names relative to those. */
const directoryArguments = new Map<string, readonly number[]>([
  ...[
    'openat openat2 mkdirat mknodat fchownat futimesat newfstatat fstatat64 unlinkat readlinkat fchmodat',
    'fchmodat2 faccessat faccessat2 utimensat utimensat_time64 name_to_handle_at execveat statx open_tree',
    'open_tree_attr fspick mount_setattr setxattrat getxattrat listxattrat removexattrat file_getattr file_setattr',
  ].flatMap((names) => names.split(' ').map((name): [string, number[]] => [name, [0]])),
  ['symlinkat', [1]],
  ['fanotify_mark', [3]],
  ['renameat', [0, 2]],
  ['renameat2', [0, 2]],
  ['linkat', [0, 2]],
  ['move_mount', [0, 2]],
]);

/** AT_FDCWD, as a 32-bit number. */
const currentDirectory = -100;

/** Whether a relative name of this call is one from the working directory. Without the call it can't be known. */
export function isRelativeToCwd(syscall: string, args: readonly [number, number, number, number]): boolean {
  if (syscall === '') return false;
  const indices = directoryArguments.get(syscall);
  if (indices === undefined) return true;
  return indices.every((index) => (args[index]! | 0) === currentDirectory);
}

/** Whether a path has an empty, `.` or `..` segment. */
function needsCleaning(path: string): boolean {
  const { length } = path;
  for (let i = path.indexOf('/'); i >= 0 && i + 1 < length; i = path.indexOf('/', i + 1)) {
    const next = path.charCodeAt(i + 1);
    if (next === slash) return true;
    if (next !== dot) continue;
    const second = i + 2 < length ? path.charCodeAt(i + 2) : slash;
    if (second === slash) return true;
    if (second === dot && (i + 3 === length || path.charCodeAt(i + 3) === slash)) return true;
  }
  return length > 1 && path.charCodeAt(length - 1) === slash;
}

function clean(path: string): string {
  const kept: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment === '..') kept.pop();
    else kept.push(segment);
  }
  return `/${kept.join('/')}`;
}

function isSorted(paths: readonly PendingPath[]): boolean {
  for (let i = 1; i < paths.length; i++) if (paths[i]!.item < paths[i - 1]!.item) return false;
  return true;
}

/** The enriched half may follow without a blank: `NORMALOUID="root"`. */
function nametypeOf(word: string): string {
  if (nametypes.includes(word)) return word;
  return nametypes.find((type) => word.startsWith(type)) ?? word;
}

const nametypes = ['NORMAL', 'PARENT', 'DELETE', 'CREATE', 'UNKNOWN'];

function orUndefined(value: number): number | undefined {
  return Number.isNaN(value) ? undefined : value;
}

const deviceKey = fieldCode('dev');
const inodeKey = fieldCode('inode');
const itemKey = fieldCode('item');
const modeKey = fieldCode('mode');
const nameKey = fieldCode('name');
