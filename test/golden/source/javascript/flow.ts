// Control flow of every kind, in TypeScript.
import express, { type Request } from 'express';

interface Row {
  readonly id: number;
}

enum Kind {
  A = 'a',
}

const app = express();

async function load(id: string): Promise<Row> {
  console.log('loading', id);
  if (id === '') throw new Error('no id');
  return { id: Number(id) };
}

function labelled(rows: Row[][]): void {
  outer: for (const row of rows) {
    for (let i = 0; ; i++) {
      if (i > 3) continue outer;
      if (row[i] === undefined) break outer;
      console.log('cell', i);
    }
  }
  do {
    console.log('again');
  } while (rows.pop());
}

function finallyReturns(flag: boolean): string {
  try {
    if (flag) return 'a';
    console.log('not returned');
  } finally {
    console.log('finally');
  }
  return 'b';
}

app.use((req: Request, _res: unknown, next: () => void) => {
  console.log('middleware', req.method);
  next();
});

app.get('/rows/:id', async (req, res) => {
  try {
    const row = await load(req.params.id);
    row.id && console.log('has an id');
    res.json(row as unknown as Row);
  } catch (error) {
    console.error('load failed:', (error as Error).message);
    res.status(500).end();
  }
});

app.post('/kinds', (req, res) => {
  switch (req.body.kind satisfies Kind) {
    case Kind.A:
      labelled([]);
      break;
    default:
      console.log(finallyReturns(true));
  }
  fetch('http://example.test')
    .then((answer) => {
      console.log('fetched', answer.status);
      return answer.json();
    })
    .catch((error) => console.error('fetch failed', error))
    .finally(() => console.log('fetch over'));
  setTimeout(() => console.log('later'), 10);
  res.end();
});

app.listen(3000, () => console.log('listening'));
process.on('uncaughtException', (error) => {
  console.error('uncaught', error);
  process.exit(1);
});
