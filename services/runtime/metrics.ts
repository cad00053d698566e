/** Prometheus metrics of one process. It must not know what is measured. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

const prefix = 'disprotrack_';
const seconds_buckets = [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60];

export class Metrics {
  readonly #registry = new Registry();

  /** `labels` stand on every value. */
  constructor(labels: Readonly<Record<string, string>> = {}) {
    this.#registry.setDefaultLabels({ ...labels });
  }

  counter<L extends string>(name: string, help: string, labelNames: readonly L[] = []): Counter<L> {
    return new Counter({ name: prefix + name, help, labelNames, registers: [this.#registry] });
  }

  seconds<L extends string>(name: string, help: string, labelNames: readonly L[] = []): Histogram<L> {
    const registers = [this.#registry];
    return new Histogram({ name: prefix + name, help, labelNames, buckets: seconds_buckets, registers });
  }

  /** Asked for its values at each look: by the rest of its name. Where that fails, the last values stand. */
  gauges(
    help: Readonly<Record<string, string>>,
    read: () => Promise<Readonly<Record<string, number>>>,
  ): void {
    let values: Promise<Readonly<Record<string, number>>> | undefined;
    for (const [name, text] of Object.entries(help)) {
      new Gauge({
        name: prefix + name,
        help: text,
        registers: [this.#registry],
        async collect() {
          // One question for all of them.
          values ??= read().finally(() => {
            values = undefined;
          });
          const value = (await values.catch(() => undefined))?.[name];
          if (value !== undefined) this.set(value);
        },
      });
    }
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }
}
