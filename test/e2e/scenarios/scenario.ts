/**
 * An attack or a fault that is run for real: the hosts that it needs, what people do there meanwhile, what is done to
 * them, and the truth about it. Each scenario is one file in `scenario/`. It must not know how it is recorded, what is
 * made of the recording, or how an answer is scored.
 */
import type { ServerContainer } from '../capture/server-container.ts';
import type { Load } from './load.ts';
import type { Stage } from './stage.ts';
import type { Truth } from './truth.ts';

export interface Scenario {
  readonly name: string;
  /** A sentence for docs/SCENARIOS.md, without a full stop. */
  readonly title: string;
  /** Debian packages of its hosts. */
  readonly packages: readonly string[];
  /** In the order in which they start; all can reach each other, and the world outside. */
  readonly hosts: readonly Host[];
  readonly load: Load;
  /** What is there outside before anything else happens. */
  begin?(stage: Stage): Promise<void>;
  /** What happens once, amid the load. Throws where something did not go as it was to. */
  attack(stage: Stage): Promise<Truth>;
}

/** A container with an address of its own. */
export interface Host {
  /** At most 8 characters. */
  readonly name: string;
  readonly address: string;
  /** Folder in the container: name of a volume, which hosts share by that name. */
  readonly volumes?: Readonly<Record<string, string>>;
  /** Fills the container's file system. */
  prepare(container: ServerContainer): void | Promise<void>;
  /** Its first process; it has no environment. */
  command(): readonly string[];
  /** That somebody listens on once it has started. */
  readonly ports: readonly number[];
  /** Resolves once it can be used, where that is no port that is listened on. */
  ready?(container: ServerContainer): Promise<void>;
}
