/** Reads container samples (one JSON object a line), as an agent writes them beside a recording. */
import { StringDecoder } from 'node:string_decoder';
import { containerSample } from '../contract/container-record.ts';
import type { Diagnostic } from '../core/diagnostic.ts';
import type { ContainerSample } from '../core/upg/container-identity.ts';

const line_length_max = 1 << 20;

export class ContainerSampleReader {
  readonly #decoder = new StringDecoder('utf8');
  readonly #host: string;
  readonly file: string;
  /** Lines. */
  readonly counts = { samples: 0, broken: 0 };
  readonly #emit: (sample: ContainerSample) => void;
  readonly #diagnose: (d: Diagnostic) => void;
  #rest = '';
  #line = 0;

  constructor(options: {
    host: string;
    file: string;
    emit: (sample: ContainerSample) => void;
    diagnose: (d: Diagnostic) => void;
  }) {
    this.#host = options.host;
    this.file = options.file;
    this.#emit = options.emit;
    this.#diagnose = options.diagnose;
  }

  write(bytes: Uint8Array): void {
    const lines = (this.#rest + this.#decoder.write(bytes)).split('\n');
    this.#rest = lines.pop()!;
    if (this.#rest.length > line_length_max) {
      this.#complain('a line of over 1 MiB');
      this.#rest = '';
    }
    for (const line of lines) this.#read(line);
  }

  end(): void {
    if (this.#rest.trim() !== '') this.#read(this.#rest);
  }

  pause(): void {}

  #read(line: string): void {
    this.#line++;
    if (line.trim() === '') return;
    const read = containerSample(line, this.#host);
    if ('problem' in read) {
      this.#complain(read.problem);
      return;
    }
    this.counts.samples++;
    this.#emit(read.value);
  }

  #complain(message: string): void {
    this.counts.broken++;
    this.#diagnose({
      severity: 'error',
      code: 'container-record',
      message,
      file: this.file,
      line: this.#line,
      column: 0,
    });
  }
}
