/** What is particular to JavaScript and TypeScript on Node: which calls log, what calls a program's functions. */
import type { Traits } from '../traits.ts';

const child = '(?:\\.child\\(\\))*';
const pino = `(?:pino(?:\\.pino)?\\(\\)|fastify(?:\\.fastify)?\\(\\)\\.log)${child}`;
const winston = `(?:winston|winston\\.createLogger\\(\\)|winston\\.loggers\\.get\\(\\))${child}`;
const bunyan = `bunyan\\.createLogger\\(\\)${child}`;

export const javascriptTraits: Traits = {
  language: 'javascript',
  extensions: {
    js: 'javascript',
    mjs: 'javascript',
    cjs: 'javascript',
    jsx: 'javascript',
    ts: 'typescript',
    mts: 'typescript',
    cts: 'typescript',
    tsx: 'tsx',
  },
  logCalls: [
    {
      callee: /^(?:globalThis\.)?console\.(log|info|warn|error|debug|trace|\[\])$/,
      lmgf: 'console.$1',
      style: 'util',
      isLines: true,
    },
    { callee: /^(?:globalThis\.)?console\.dir$/, lmgf: 'console.dir', style: 'plain', isLines: true },
    { callee: /^process\.(stdout|stderr)\.write$/, lmgf: 'process.$1.write', style: 'plain', isLines: true },
    {
      callee: new RegExp(`^${pino}\\.(trace|debug|info|warn|error|fatal|\\[\\])$`),
      lmgf: 'pino.$1',
      style: 'pino',
    },
    { callee: new RegExp(`^${winston}\\.log$`), lmgf: 'winston.log', style: 'fields', message: 1 },
    {
      callee: new RegExp(`^${winston}\\.(error|warn|info|http|verbose|debug|silly|\\[\\])$`),
      lmgf: 'winston.$1',
      style: 'fields',
    },
    {
      callee: new RegExp(`^${bunyan}\\.(trace|debug|info|warn|error|fatal|\\[\\])$`),
      lmgf: 'bunyan.$1',
      style: 'pino',
    },
    { callee: /^debug(?:\.debug)?\(\)(?:\.extend\(\))*$/, lmgf: 'debug', style: 'util' },
    { callee: /^util\.log$/, lmgf: 'util.log', style: 'util' },
    // A logger that is passed in or inherited, by the name that it has everywhere.
    {
      callee:
        /(?:^|[.?])_?#?(?:log|logger|LOG|LOGGER)(?:\(\))?\.(trace|debug|verbose|info|http|warn|error|fatal|\[\])$/,
      lmgf: 'logger.$1',
      style: 'pino',
    },
    { callee: /^\??context\.log(?:\.(info|warn|error|verbose))?$/, lmgf: 'context.log', style: 'util' },
  ],
  formatters: [
    { callee: /^util\.format$/, style: 'util' },
    { callee: /^String$/, style: 'plain' },
    { callee: /(?:^|\.)(?:gettext|i18n\.__)$/, style: 'plain' },
  ],
  exits: /^process\.(?:exit|abort)$/,
  serves: /^$/,
  constants: { 'os.EOL': '\n' },
  syscalls: [],
  registrars: [
    { callee: /\.(?:use|addHook|onRequest)$/, role: 'before' },
    {
      callee:
        /\.(?:get|post|put|patch|delete|head|options|all|route|on|addListener|consume|subscribe|process|handle|addEventListener)$/,
      role: 'handler',
    },
    { callee: /^(?:http|https|http2|net|tls)\.create(?:Secure)?Server$/, role: 'handler' },
    { callee: /^(?:setInterval|cron\.schedule|bullmq\.Worker|micro)$/, role: 'handler' },
    {
      callee:
        /\.(?:then|catch|finally|forEach|map|filter|reduce|reduceRight|some|every|find|findIndex|findLast|flatMap|sort|replace|replaceAll)$/,
      role: 'now',
    },
    { callee: /^(?:Promise|Array\.from|queueMicrotask)$/, role: 'now' },
    { callee: /^(?:setTimeout|setImmediate|process\.nextTick)$|\.(?:once|listen|close)$/, role: 'later' },
  ],
  decorators: [
    {
      callee:
        /^(?:.*\.)?(?:Get|Post|Put|Patch|Delete|All|Head|Options|Cron|EventPattern|MessagePattern)\(\)$/,
      role: 'handler',
    },
  ],
  handlerBases: /^$/,
  handlerMethods: /^$/,
  handlerNames: /^(?:handle|handler|main|fetch|\*|default)$/,
  mainNames: /^$/,
  constructorName: () => 'constructor',
  membersInScope: false,
  throws: true,
  sharedScope: () => undefined,
  modulePaths: (from, module) => {
    const parts = from.split('/').slice(0, -1);
    if (!module.startsWith('.')) return [];
    for (const part of module.split('/')) {
      if (part === '..') {
        // Outside of what was given: the end of the path may still be known.
        if (parts.length > 0) parts.pop();
      } else if (part !== '.' && part !== '') parts.push(part);
    }
    const path = parts.join('/');
    const stem = path.replace(/\.[cm]?[jt]sx?$/, '');
    return [stem, path, path === '' ? 'index' : `${path}/index`];
  },
};
