/** What is particular to PHP: which calls log, and what calls a function's handler. */
import type { Traits } from '../traits.ts';

const level = '(debug|info|notice|warning|error|critical|alert|emergency)';

export const phpTraits: Traits = {
  language: 'php',
  extensions: { php: 'php', inc: 'php', phtml: 'php' },
  logCalls: [
    { callee: /^(error_log)$/, lmgf: '$1', style: 'plain', keyword: '$message' },
    { callee: /^(trigger_error|user_error)$/, lmgf: '$1', style: 'plain', keyword: '$message' },
    { callee: /^(syslog)$/, lmgf: '$1', style: 'plain', message: 1 },
    { callee: /^(echo|print)$/, lmgf: '$1', style: 'plain', isLines: true },
    { callee: /^(printf)$/, lmgf: '$1', style: 'printf', isLines: true },
    {
      callee: /^(fwrite|fputs)$/,
      lmgf: '$1',
      style: 'plain',
      message: 1,
      isLines: true,
      only: { argument: 0, path: /^(?:STD(?:OUT|ERR)|fopen\(\))$/ },
    },
    {
      callee: /^(fprintf)$/,
      lmgf: '$1',
      style: 'printf',
      message: 1,
      isLines: true,
      only: { argument: 0, path: /^(?:STD(?:OUT|ERR)|fopen\(\))$/ },
    },
    {
      callee: /^(file_put_contents)$/,
      lmgf: '$1',
      style: 'plain',
      message: 1,
      isLines: true,
      only: { argument: 0, path: /^php:\/\/std(?:out|err)$/ },
    },
    {
      callee: new RegExp(
        `^(?:Monolog\\.Logger|Psr\\.Log\\.LoggerInterface)\\(\\)(?:\\.withName\\(\\))?\\.${level}$`,
      ),
      lmgf: 'monolog.$1',
      style: 'psr',
    },
    {
      callee: /^(?:Monolog\.Logger|Psr\.Log\.LoggerInterface)\(\)\.(log|addRecord)$/,
      lmgf: 'monolog.$1',
      style: 'psr',
      message: 1,
    },
    { callee: new RegExp(`^Illuminate\\.Support\\.Facades\\.Log\\.${level}$`), lmgf: 'Log.$1', style: 'psr' },
    // A logger that is passed in, by the name that it has everywhere.
    {
      callee: new RegExp(`(?:^\\?\\$|[.?])(?:log|logger)(?:\\(\\))?\\.${level}$`),
      lmgf: 'logger.$1',
      style: 'psr',
    },
  ],
  formatters: [
    { callee: /^sprintf$/, style: 'printf' },
    { callee: /^(?:_|gettext|__)$/, style: 'plain' },
  ],
  exits: /^(?:exit|die)$/,
  serves: /^$/,
  constants: { PHP_EOL: '\n' },
  syscalls: [
    { callee: /^(?:stream_get_contents|readline)$/, name: 'read' },
    { callee: /^(?:stream_socket_accept|socket_accept)$/, name: 'accept' },
  ],
  registrars: [
    { callee: /\.(?:add|middleware)$/, role: 'before' },
    { callee: /\.(?:get|post|put|patch|delete|any|map|on|route)$/, role: 'handler' },
    { callee: /^(?:register_shutdown_function|set_error_handler|set_exception_handler)$/, role: 'later' },
  ],
  decorators: [],
  handlerBases: /(?:Controller|RequestHandlerInterface)$/,
  handlerMethods: /^(?!__construct$)\w+$/,
  handlerNames: /^(?:handle|handler|main)$/,
  mainNames: /^$/,
  constructorName: () => '__construct',
  membersInScope: false,
  throws: true,
  sharedScope: () => 'php',
  modulePaths: (from, module) => {
    if (!/\.(?:php|inc)$/.test(module)) return [];
    const parts = from.split('/').slice(0, -1);
    for (const part of module.split('/')) {
      if (part === '..') parts.pop();
      else if (part !== '.' && part !== '') parts.push(part);
    }
    return [parts.join('/').replace(/\.\w+$/, '')];
  },
};
