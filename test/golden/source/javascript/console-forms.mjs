// Every way to log that the analysis knows.
import { format } from 'node:util';
import bunyan from 'bunyan';
import debugFactory from 'debug';
import pino from 'pino';
import winston, { createLogger } from 'winston';
import { EOL } from 'node:os';

const log = pino({ level: 'info' });
const child = log.child({ module: 'child' });
const win = createLogger({});
const bun = bunyan.createLogger({ name: 'x' });
const debug = debugFactory('app:http');
const PREFIX = 'prefix: ';
const TEXTS = { start: 'text start', stop: 'text stop' };

export function forms(name, count, error, key) {
  console.log('plain 100%');
  console.log('format %s %d %i %f %j %o %O %% %c %x', name, count, 1, 2.5, {}, {}, {}, 'color: red');
  console.log('extra', name, count);
  console.log('too few %s %d', name);
  console.log('more %s', name, count, error);
  console.log(`template ${name} costs ${count * 2}`);
  console.log(PREFIX + name + ' end');
  console.log(name);
  console.log();
  console.log('two\nlines');
  console.log(count > 1 ? 'many' : 'one');
  console.log(TEXTS.start);
  console.log(TEXTS[key]);
  console.log('default', name || 'nobody');
  console.error(error);
  console.warn(format('formatted %s', name));
  process.stdout.write('written ' + name + EOL);
  process.stderr.write(`raw ${name}\n`);
  log.info('pino %s', name);
  log.warn({ name }, 'pino object %d', count);
  log.error(error, 'pino error');
  log.info({ only: 'fields' });
  child.debug('child');
  win.info('winston', { name });
  win.log('info', 'winston level');
  winston.error(`winston ${name}`);
  bun.info({ name }, 'bunyan %s', name);
  debug('debug %s', name);
}

export class Service {
  #log = log;
  constructor(logger) {
    this.logger = logger;
  }
  say(level, text) {
    console[level](`[${level}] ${text}`);
    this.#log.info(text);
  }
  run = async (items) => {
    this.say('info', 'running fast');
    this.logger.info('injected %s', items);
    for (const item of items) this.tell`tagged ${item}`;
  };
}

forms('a', 1);
