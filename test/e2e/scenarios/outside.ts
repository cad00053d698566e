/** People and servers outside of what is recorded, as a scenario's script drives them. It must not know scenarios. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('./outside/world.py', import.meta.url));

export interface Asked {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Expected: it, or one of them; another one throws. */
  readonly status?: number | readonly number[];
}

export interface Answered {
  /** `address:port` that asked, on a connection for this alone. */
  readonly client: string;
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  /** When it was asked and when it was answered, ns. */
  readonly from: bigint;
  readonly until: bigint;
}

export interface Received {
  readonly client: string;
  readonly text: string;
}

type Answer = Readonly<Record<string, unknown>>;

export class Outside {
  readonly #child: ChildProcess;
  readonly #lines: Interface;
  #queue: Promise<unknown> = Promise.resolve();

  /** In the namespace that has the addresses of all who are outside. */
  constructor(namespace: string) {
    const words = [`--net=${namespace}`, 'python3', program];
    this.#child = spawn('nsenter', words, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface({ input: this.#child.stdout! });
  }

  /** A client with cookies of its own. */
  browser(address: string): Browser {
    return new Browser(this, address);
  }

  /** A server that takes what comes and answers nothing. */
  async listen(address: string, port: number): Promise<void> {
    await this.order({ do: 'listen', address, port });
  }

  /** A server that has these pages, by path. */
  async serve(address: string, port: number, pages: Readonly<Record<string, string>>): Promise<void> {
    await this.order({ do: 'serve', address, port, pages });
  }

  /** Of connections that have ended; waits for the first one, but not for ever. */
  async received(address: string, port: number): Promise<readonly Received[]> {
    return (await this.order({ do: 'received', address, port })).received as Received[];
  }

  async order(order: Answer): Promise<Answer> {
    const turn = this.#queue.then(async () => {
      const line = once(this.#lines, 'line') as Promise<[string]>;
      this.#child.stdin!.write(`${JSON.stringify(order)}\n`);
      const answer = JSON.parse((await line)[0]) as Answer;
      if (answer.error !== undefined) throw new Error(`${JSON.stringify(order)}: ${answer.error}`);
      return answer;
    });
    this.#queue = turn.catch(() => {});
    return await turn;
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const closed = once(this.#child, 'close');
    this.#child.kill();
    await closed;
  }
}

export class Browser {
  readonly #outside: Outside;
  readonly #address: string;
  readonly cookies = new Map<string, string>();

  constructor(outside: Outside, address: string) {
    this.#outside = outside;
    this.#address = address;
  }

  async ask(host: string, port: number, asked: Asked): Promise<Answered> {
    const { method = 'GET', path, form } = asked;
    const cookie = [...this.cookies].map((each) => each.join('=')).join('; ');
    const headers = {
      'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64)',
      ...(cookie === '' ? {} : { Cookie: cookie }),
      ...(form === undefined ? {} : { 'Content-Type': 'application/x-www-form-urlencoded' }),
      ...asked.headers,
    };
    const body = form === undefined ? asked.body : new URLSearchParams(form).toString();
    const order = { do: 'request', from: this.#address, to: [host, port], method, path, headers };
    const answer = await this.#outside.order({ ...order, body: body ?? null });
    const received = answer.headers as [string, string][];
    for (const [name, value] of received) {
      if (name.toLowerCase() !== 'set-cookie') continue;
      const [key, ...rest] = value.split(';')[0]!.split('=');
      this.cookies.set(key!, rest.join('='));
    }
    const status = answer.status as number;
    if (![asked.status ?? 200].flat().includes(status))
      throw new Error(`${method} ${path} gave ${status}: ${answer.body}`);
    return {
      client: answer.client as string,
      status,
      headers: new Map(received.map(([name, value]) => [name.toLowerCase(), value])),
      body: answer.body as string,
      from: BigInt(answer.from as string),
      until: BigInt(answer.until as string),
    };
  }
}
