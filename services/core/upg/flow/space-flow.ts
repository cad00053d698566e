/** Flow rules of the room on a file system, which those who write to it share. */
import { fileSystemOf, fillOperation } from '../space-use.ts';
import type { FlowContext } from './flow-context.ts';

/** `bytes` were written to what a descriptor stands for. */
export function written(c: FlowContext, object: string, bytes: number): void {
  c.into(object, bytes);
  c.parts.space.wrote(object, c.actor, bytes);
}

/** The call failed since there was no room, which is the doing of those who filled it. */
export function outOfSpace(c: FlowContext, object: string, op: string, path: string | undefined): void {
  const fileSystem = fileSystemOf(object);
  if (fileSystem === undefined) return;
  const id = `file:${fileSystem}/space`;
  c.vertex(id, 'file', `the room on the file system of ${path ?? object}`, []);
  for (const actor of c.parts.space.fillers(fileSystem)) {
    if (actor !== c.actor) c.parts.reduction.flow(actor, id, fillOperation, c.time, 0);
  }
  c.outOf(id, 0, op);
}
