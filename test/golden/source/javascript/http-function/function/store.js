'use strict';

class Store {
  #waiting = [];

  constructor(bucket) {
    this.bucket = bucket;
    console.log(`store ${bucket} ready`);
  }

  put(name) {
    if (this.#waiting.length >= 8) {
      console.warn('store is full');
      return;
    }
    this.#waiting.push(name);
    console.log('queued', name);
  }

  async flush(fail) {
    if (this.#waiting.length === 0) return 0;
    await null;
    if (fail) throw new Error('no connection');
    const count = this.#waiting.splice(0).length;
    console.log('flushed %d to %s', count, this.bucket);
    return count;
  }
}

module.exports = { Store };
