'use strict';
// Makes thumbnails of a photo.
const { Store } = require('./store');
const log = require('./log');

const SIZES = [64, 256, 1024];
const store = new Store('photos');

function parse(body) {
  let request;
  try {
    request = JSON.parse(body);
  } catch {
    log.warn('request is no JSON');
    return undefined;
  }
  if (!request.photo) {
    log.warn(request.id ? 'request has no photo' : 'request is empty');
    return undefined;
  }
  return request;
}

async function thumbnail(photo, size) {
  if (size > photo.width) {
    console.log('no thumbnail of %s: %d is wider than %d', photo.name, size, photo.width);
    return null;
  }
  await new Promise((resolve) => setTimeout(resolve, 1));
  console.log('thumbnail', photo.name, size);
  return `${photo.name}-${size}`;
}

module.exports = async (event, context) => {
  log.info('%s %s', event.method, event.path);
  const request = parse(event.body);
  if (request === undefined) return context.status(400).succeed('bad request');
  const { photo } = request;
  switch (photo.kind) {
    case 'raw':
      log.info('developing a raw photo');
    // falls through
    case 'jpeg':
      log.info('decoding ' + photo.name + ' as JPEG');
      break;
    default:
      log.error('unknown kind', photo.kind);
      throw new Error(`unknown kind ${photo.kind}`);
  }
  const made = [];
  for (const size of SIZES) {
    const name = await thumbnail(photo, size);
    if (name === null) break;
    made.push(name);
  }
  made.forEach((name) => store.put(name));
  try {
    await store.flush(request.fail === true);
  } catch (error) {
    log.error('flush failed: ' + error.message);
    return context.status(503).succeed('try again');
  } finally {
    log.info('photo done');
  }
  return context.status(200).succeed({ made });
};
