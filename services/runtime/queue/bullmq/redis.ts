/**
 * ioredis, without what loading it costs. It has a class of strings, and V8 (of Node 24, at least) turns what gets an
 * heir into a dictionary: from then on every method of every string is looked up by its name, and matching log lines
 * takes 1.6 times as long. Who looks for such a method on an heir some times makes it fast again.
 */
import { Redis } from 'ioredis';

/** V8 wants some ten. */
const looks = 1_000;

const heir = Object.create(String.prototype) as string;
const look = (text: string): unknown => text.charCodeAt;
for (let i = 0; i < looks; i++) look(heir);

export { Redis };
