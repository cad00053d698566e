/**
 * What a file is to a reader of root causes, told by its path alone: libraries and system programs are read by
 * everyone and explain nothing, a script in a web root explains much. Guesses for ranking, never facts of the graph.
 */
import type { Vertex } from '../graph-store.ts';

export type FileRole = 'library' | 'system-program' | 'kernel' | 'configuration' | 'ordinary';

const library =
  /\.so(\.[0-9.]+)?$|^\/(usr\/(local\/)?)?lib(32|64|exec)?\/[^/]+\/|^\/usr\/share\/(?!(www|php|nginx|phpmyadmin|wordpress|webapps)\/)|\.pyc$|^\/etc\/(ld\.so\.|localtime$|nsswitch\.conf$|gai\.conf$|host\.conf$|locale)/;
const systemProgram = /^\/(usr\/(local\/)?)?s?bin\//;
/** But not what holds secrets of a process. */
const kernel = /^\/(?!proc\/(\d+|self)\/(task\/\d+\/)?(environ|mem)$)(proc|sys|dev)\//;
/** Directly in /usr/lib lies what /etc points to, such as os-release. */
const configuration = /^\/etc\/|^\/usr\/lib\/[^/]+$|\.(conf|cnf|ini|ya?ml|toml)$/;
const source = /\.(php\d?|phtml|py|[cm]?js|[cm]?ts|rb|pl|pm|lua|sh|jspx?|aspx?|cgi)$/i;

/** Of a file vertex; its first `path:` term counts, its label where it has none. */
export function fileRole(file: Vertex): FileRole {
  return roleOfPath(pathOf(file));
}

/** The file's path as far as it is known. */
export function pathOf(file: Vertex): string {
  return file.terms.find((term) => term.startsWith('path:'))?.slice('path:'.length) ?? file.label;
}

export function roleOfPath(path: string): FileRole {
  if (library.test(path)) return 'library';
  if (systemProgram.test(path)) return 'system-program';
  if (kernel.test(path)) return 'kernel';
  if (configuration.test(path)) return 'configuration';
  return 'ordinary';
}

/** Whether whoever reads the file runs it, as far as its name tells. */
export function isSource(file: Vertex): boolean {
  return source.test(pathOf(file));
}
