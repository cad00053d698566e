/** What is counted of each node of a points-to graph, in one byte each. It must not know what a node stands for. */

const bytes_each = 4;
const functionsOnly = 1;
const anywhere = 2;

/** Counts go up to 255; a node's bounds are below that. */
export class NodeFacts {
  #bytes = new Uint8Array(bytes_each << 10);
  #count = 0;

  add(onlyFunctions: boolean): number {
    const node = this.#count++;
    if (bytes_each * this.#count > this.#bytes.length)
      this.#bytes = new Uint8Array(this.#bytes.buffer.transfer(2 * this.#bytes.length));
    this.#bytes[bytes_each * node] = onlyFunctions ? functionsOnly : 0;
    return node;
  }

  isForFunctions(node: number): boolean {
    return (this.#bytes[bytes_each * node]! & functionsOnly) !== 0;
  }

  isAnywhere(node: number): boolean {
    return (this.#bytes[bytes_each * node]! & anywhere) !== 0;
  }

  setAnywhere(node: number): void {
    this.#bytes[bytes_each * node]! |= anywhere;
  }

  functions(node: number): number {
    return this.#bytes[bytes_each * node + 1]!;
  }

  memory(node: number): number {
    return this.#bytes[bytes_each * node + 2]!;
  }

  file(node: number): number {
    return this.#bytes[bytes_each * node + 3]!;
  }

  /** Gives how many there are then. */
  addFunction(node: number): number {
    return ++this.#bytes[bytes_each * node + 1]!;
  }

  addMemory(node: number): number {
    return ++this.#bytes[bytes_each * node + 2]!;
  }

  addFile(node: number): number {
    return ++this.#bytes[bytes_each * node + 3]!;
  }
}
