'use strict';
// Serves one function over HTTP, as a function platform's Node template does.
const http = require('http');
const handler = require('./function/handler');

class FunctionEvent {
  constructor(req, body) {
    this.body = body;
    this.headers = req.headers;
    this.method = req.method;
    this.path = req.url;
  }
}

class FunctionContext {
  constructor() {
    this.statusCode = 200;
    this.done = false;
  }

  status(code) {
    if (code >= 400) console.log('status set to %d', code);
    this.statusCode = code;
    return this;
  }

  succeed(value) {
    this.done = true;
    return value;
  }
}

async function readBody(req) {
  const chunks = [];
  for await (const chunk of req) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

const middleware = async (req, res) => {
  const context = new FunctionContext();
  const event = new FunctionEvent(req, await readBody(req));
  try {
    const value = await handler(event, context);
    res.statusCode = context.statusCode;
    res.end(JSON.stringify(value ?? ''));
  } catch (err) {
    const text = err.toString();
    console.error('handler failed:', text);
    res.statusCode = 500;
    res.end(text);
  }
};

const port = process.env.PORT || 3000;
const server = http.createServer(middleware);
server.listen(port, () => {
  console.log(`node function listening on port: ${port}`);
});
