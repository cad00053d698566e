/**
 * A network of the test's own: namespaces joined by a bridge that the host does not see, by the scripts that the
 * recordings are made with. It must not know what runs behind an address.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('../../corpus/lamp/lib/network.sh', import.meta.url));

export class TestNetwork {
  readonly #prefix: string;

  private constructor(prefix: string) {
    this.#prefix = prefix;
  }

  static make(prefix: string): TestNetwork {
    const network = new TestNetwork(prefix);
    network.#call('net_up');
    return network;
  }

  /** One that was made by another process. */
  static of(prefix: string): TestNetwork {
    return new TestNetwork(prefix);
  }

  /** `name` has at most 8 characters. */
  attach(name: string, addresses: readonly string[]): void {
    this.#call('net_attach', name, ...addresses);
  }

  /** File of the namespace. */
  namespace(name: string): string {
    return `/run/netns/${this.#prefix}-${name}`;
  }

  /** Ends what still runs in it. */
  remove(): void {
    this.#call('net_down');
  }

  #call(...words: readonly string[]): void {
    const lines = `set -euo pipefail; source ${script}; NET_PREFIX=${this.#prefix}; "$@"`;
    const { status, stderr } = spawnSync('bash', ['-c', lines, 'network', ...words], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`no network (${words.join(' ')}): ${stderr}`);
  }
}
