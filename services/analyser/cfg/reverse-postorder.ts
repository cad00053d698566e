/** An order in which a block comes after those that lead to it, but for ways back. */

/** `order`: blocks that can be reached from the first; `place`: where a block is in it. */
export function reversePostorder(successors: readonly (readonly number[])[]): {
  order: number[];
  place: Int32Array;
} {
  const place = new Int32Array(successors.length).fill(-1);
  const order: number[] = [];
  const path = [0];
  const taken = [0];
  const seen = new Uint8Array(successors.length);
  seen[0] = 1;
  while (path.length > 0) {
    const block = path[path.length - 1]!;
    const next = successors[block]![taken[taken.length - 1]!++];
    if (next === undefined) {
      order.push(block);
      path.pop();
      taken.pop();
    } else if (!seen[next]) {
      seen[next] = 1;
      path.push(next);
      taken.push(0);
    }
  }
  order.reverse();
  for (let at = 0; at < order.length; at++) place[order[at]!] = at;
  return { order, place };
}
