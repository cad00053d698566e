/** Whether what is written to a descriptor is a log. */
import { Atom, type ValueTable } from '../value/value-table.ts';

/** A standard descriptor, or one that is kept: what was just accepted or opened is somebody's connection or file. */
export function isLogDescriptor(values: ValueTable, descriptor: number): boolean {
  return values.members(descriptor).some((atom) => {
    const kind = values.kind(atom);
    if (kind === Atom.constant) return values.a(atom) === 1 || values.a(atom) === 2;
    return kind === Atom.global || kind === Atom.field;
  });
}

/** Which argument of its function a descriptor is, where the caller decides. */
export function passedOn(values: ValueTable, descriptor: number): number | undefined {
  const isArgument = values.kind(descriptor) === Atom.argument;
  return isArgument ? values.a(descriptor) : undefined;
}
