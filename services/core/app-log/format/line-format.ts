/** What a log format is to the reader: a pure grammar for one line. It must not know files, options or other lines. */
import type { RequestFields } from '../app-entry.ts';
import type { RawTime } from '../raw-time.ts';

export type FormatName =
  | 'http-access'
  | 'apache-error'
  | 'nginx-error'
  | 'php-fpm-error'
  | 'php-fpm-access'
  | 'mysql-error'
  | 'mysql-general'
  | 'syslog-3164'
  | 'syslog-5424'
  | 'journald-export'
  | 'journald-json'
  | 'json-lines'
  | 'logfmt'
  | 'klog'
  | 'docker-json'
  | 'cri'
  | 'python-logging'
  | 'of-watchdog'
  | 'plain';

/** What an envelope carries for another writer. */
export interface Carried {
  readonly text: string;
  /** Bytes that the writer wrote for it, line end included where it wrote one. */
  readonly byteLength: number;
  /** True where the next line of the same stream goes on with this one. */
  readonly partial: boolean;
  readonly stream: string;
}

export interface ParsedLine {
  readonly message: string;
  readonly time?: RawTime | undefined;
  readonly pid?: number | undefined;
  /** The pid holds for the lines after this one too, until another is named. */
  readonly pidHolds?: boolean;
  readonly level?: string | undefined;
  readonly request?: RequestFields | undefined;
  readonly container?: string | undefined;
  readonly carried?: Carried;
  /** The time is that of the process which collected the line, on its own clock and with its zone. */
  readonly collected?: boolean;
  /** The line has no time because the format leaves out a repeated one. */
  readonly repeatsTime?: boolean;
  /** 0 to 1, default 1: how much a match says for this format in detection. Below 0.5 it says nothing alone. */
  readonly strength?: number;
}

export interface LineFormat {
  readonly name: FormatName;
  /** `joins`: a line that the format does not know belongs to the entry before. `own`: it is an entry of its own. */
  readonly continuation: 'joins' | 'own';
  /** `text` is without line end and terminal colours. Undefined: not a line of this format. */
  parse(text: string): ParsedLine | undefined;
  /** The other reading of the format, where one line alone is ambiguous and a sample of the file decides. */
  readonly variant?: FormatVariant;
}

export interface FormatVariant {
  readonly format: LineFormat;
  /** What was decided, in words. */
  readonly remark: string;
  fits(sample: readonly string[]): boolean;
}
