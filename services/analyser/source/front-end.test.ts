import { extname } from 'node:path';
import { expect, test } from 'vitest';
import { sourceFrontEnd } from './front-end.ts';

test.each(['a.py', 'b.ts', 'c.php', 'd.go', 'E.java', 'f.mjs'])(
  '%s is found in a folder, and read',
  (name) => {
    expect(sourceFrontEnd.extensions).toContain(extname(name));
    expect(sourceFrontEnd.accepts({ path: name, bytes: new Uint8Array() })).toBe(true);
  },
);
