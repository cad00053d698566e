/** Locations by their place in a list, and the other way: numbers beyond 2^32, which a Map would keep as objects. */

const fill_max = 0.5;

export class LocationPlaces {
  #locations = new Float64Array(1 << 10);
  /** One more than a place; 0 where nothing is. */
  #slots = new Int32Array(1 << 11);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  location(place: number): number {
    return this.#locations[place]!;
  }

  /** Its place: the next one where it has none yet. */
  place(location: number): number {
    const at = this.#slot(location);
    if (this.#slots[at] !== 0) return this.#slots[at]! - 1;
    const place = this.#count++;
    if (place === this.#locations.length)
      this.#locations = new Float64Array(this.#locations.buffer.transfer(2 * this.#locations.byteLength));
    this.#locations[place] = location;
    this.#slots[at] = place + 1;
    if (this.#count > this.#slots.length * fill_max) this.#growSlots();
    return place;
  }

  /** Where it stands, or would. */
  #slot(location: number): number {
    const mask = this.#slots.length - 1;
    const high = Math.floor(location / 2 ** 32);
    const mixed = Math.imul(((location % 2 ** 32) | 0) ^ Math.imul(high, 0x9e3779b1), 0x85ebca6b);
    let at = (mixed ^ (mixed >>> 15)) & mask;
    while (this.#slots[at] !== 0 && this.#locations[this.#slots[at]! - 1] !== location) at = (at + 1) & mask;
    return at;
  }

  #growSlots(): void {
    this.#slots = new Int32Array(2 * this.#slots.length);
    for (let place = 0; place < this.#count; place++)
      this.#slots[this.#slot(this.#locations[place]!)] = place + 1;
  }
}
