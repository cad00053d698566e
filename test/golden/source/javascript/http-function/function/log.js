'use strict';

function write(level, text, ...rest) {
  const line = `${level}: ${text}`;
  if (level === 'error') console.error(line, ...rest);
  else console.log(line, ...rest);
}

module.exports = {
  info: (text, ...rest) => write('info', text, ...rest),
  warn: (text) => write('warn', text),
  error(text, ...rest) {
    write('error', text, ...rest);
  },
};
