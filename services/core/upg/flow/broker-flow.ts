/**
 * Flow rules of message brokers and memory stores: what one client put in comes out to others, who ask for it or wait.
 * All that came in may be in all that goes out after it (over one vertex for what the broker holds), and what fits by
 * size and time is tied to it directly, so that it is nearer. It must not know how that is judged.
 */
import { messageOperation } from '../broker-memory.ts';
import type { FlowContext } from './flow-context.ts';

/** By the name of the process: it stays where a link leads to a program of another name. */
const brokers = new Set(['redis-server', 'valkey-server', 'keydb-server', 'nats-server', 'mosquitto']);

/** `bytes` were read from a client. */
export function tookIn(c: FlowContext, connection: string, bytes: number): void {
  if (!brokers.has(c.process.comm)) return;
  c.into(held(c), bytes, messageOperation);
  c.parts.brokers.tookIn(c.process.id, { actor: c.actor, connection, bytes, time: c.time });
}

/** `bytes` are written to a client. */
export function gaveOut(c: FlowContext, connection: string, bytes: number): void {
  if (!brokers.has(c.process.comm)) return;
  const message = { actor: c.actor, connection, bytes, time: c.time };
  const { any, fitting } = c.parts.brokers.gaveOut(c.process.id, message);
  if (any) c.outOf(held(c), bytes, messageOperation);
  for (const { actor, bytes: taken } of fitting) c.outOf(actor, taken, messageOperation);
}

function held(c: FlowContext): string {
  const id = `file:${c.process.id.slice('process:'.length)}/held`;
  c.vertex(id, 'file', `what ${c.process.comm} holds`, []);
  return id;
}
