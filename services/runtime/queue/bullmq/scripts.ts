/**
 * What must happen in Redis at once, as Lua. A batch is a hash (header, payload, how often it failed and died); a lane
 * is the list of a host's ids, oldest first; heads say what each stream wants next. All keys have one prefix with a
 * hash tag, so that they lie in one slot.
 */

/** Numbers of records are beyond what Lua counts exactly: decimal texts without leading zeroes, by length first. */
const below = `
local function below(a, b)
  if #a ~= #b then return #a < #b end
  return a < b
end
`;

const keys = `
local prefix = KEYS[1]
local missing = prefix .. ':missing'
local appended = prefix .. ':appended'
local heads, hosts, sizes, ages, dead = prefix .. ':heads', prefix .. ':hosts', prefix .. ':sizes', prefix .. ':ages', prefix .. ':dead'
local function lane(host) return prefix .. ':lane:' .. host end
local function batch(id) return prefix .. ':batch:' .. id end
`;

/**
 * Stream, host, last, next, id, header, payload, time, most bytes, most batches, first, the one before it, most gaps,
 * key (empty for a batch with numbers), most keys → state, number, length of the lane. Of a batch with a key the first
 * number is what the stream wanted when it was made: -3 says that it wants another by now.
 */
const accept = `${keys}${below}
local stream, host, last, next, id, header, payload, time = unpack(ARGV, 1, 8)
local head = redis.call('HGET', heads, stream)
local first, before = ARGV[11], ARGV[12]
local gaps = redis.call('HGET', missing, stream) or ''
local key, known = ARGV[14], ''
if key ~= '' then
  known = redis.call('HGET', appended, stream) or ''
  if string.find(known, key, 1, true) then return { 0, head, 0 } end
  if (head or '0') ~= first then return { -3, head, 0 } end
end
if head and below(last, head) then
  for from, to in string.gmatch(gaps, '(%d+)%-(%d+)') do
    if not below(to, first) and not below(last, from) then return { -2, head, 0 } end
  end
  return { 0, head, 0 }
end
local bytes = tonumber(redis.call('HGET', sizes, 'bytes') or '0')
local count = redis.call('ZCARD', ages) + redis.call('ZCARD', dead)
if bytes + #payload > tonumber(ARGV[9]) or count >= tonumber(ARGV[10]) then return { -1, tostring(count), bytes } end
redis.call('HSET', batch(id), 'header', header, 'payload', payload)
redis.call('HINCRBY', sizes, 'bytes', #payload)
redis.call('ZADD', ages, time, id)
redis.call('SADD', hosts, host)
redis.call('HSET', heads, stream, next)
local wanted = head or (first == '1' and '1' or '0')
if below(wanted, first) then
  gaps = gaps .. wanted .. '-' .. before .. ','
  while select(2, string.gsub(gaps, ',', '')) > tonumber(ARGV[13]) do gaps = string.gsub(gaps, '^[^,]*,', '') end
  redis.call('HSET', missing, stream, gaps)
end
if key ~= '' then
  known = known .. key .. ','
  while select(2, string.gsub(known, ',', '')) > tonumber(ARGV[15]) do known = string.gsub(known, '^[^,]*,', '') end
  redis.call('HSET', appended, stream, known)
end
return { 1, next, redis.call('RPUSH', lane(host), id) }
`;

/** Stream, number, … */
const raise = `${keys}${below}
for i = 1, #ARGV, 2 do
  local head = redis.call('HGET', heads, ARGV[i])
  if not head or below(head, ARGV[i + 1]) then redis.call('HSET', heads, ARGV[i], ARGV[i + 1]) end
end
`;

/** Host, most batches → id, header (nil where the batch is gone), attempts, deaths, size of each. */
const look = `${keys}
local found = {}
for _, id in ipairs(redis.call('LRANGE', lane(ARGV[1]), 0, ARGV[2] - 1)) do
  local fields = redis.call('HMGET', batch(id), 'header', 'attempts', 'deaths')
  found[#found + 1] = { id, fields[1], fields[2] or '0', fields[3] or '0', redis.call('HSTRLEN', batch(id), 'payload') }
end
return found
`;

/** Host, ids: gone for good. What is not in its lane any more was done by somebody else. */
const done = `${keys}
local host = ARGV[1]
for i = 2, #ARGV do
  if redis.call('LREM', lane(host), 1, ARGV[i]) == 1 then
    redis.call('HINCRBY', sizes, 'bytes', -redis.call('HSTRLEN', batch(ARGV[i]), 'payload'))
    redis.call('DEL', batch(ARGV[i]))
    redis.call('ZREM', ages, ARGV[i])
  end
end
if redis.call('EXISTS', lane(host)) == 0 then redis.call('SREM', hosts, host) end
`;

/** Host, ids whose batches are gone. Their sizes went with them, so that what is left is added up anew. */
const forget = `${keys}
local host = ARGV[1]
for i = 2, #ARGV do
  redis.call('LREM', lane(host), 1, ARGV[i])
  redis.call('ZREM', ages, ARGV[i])
end
local bytes = 0
for _, kept in ipairs({ ages, dead }) do
  for _, id in ipairs(redis.call('ZRANGE', kept, 0, -1)) do
    bytes = bytes + redis.call('HSTRLEN', batch(id), 'payload')
  end
end
redis.call('HSET', sizes, 'bytes', bytes)
if redis.call('EXISTS', lane(host)) == 0 then redis.call('SREM', hosts, host) end
`;

/** What is counted, by how much, ids. */
const count = `${keys}
for i = 3, #ARGV do
  if redis.call('EXISTS', batch(ARGV[i])) == 1 then redis.call('HINCRBY', batch(ARGV[i]), ARGV[1], ARGV[2]) end
end
`;

/** Host, id, reason, time. */
const bury = `${keys}
local host, id = ARGV[1], ARGV[2]
if redis.call('LREM', lane(host), 1, id) == 1 then
  redis.call('ZREM', ages, id)
  redis.call('HDEL', batch(id), 'attempts', 'deaths', 'replay')
  redis.call('HSET', batch(id), 'reason', ARGV[3], 'failedAt', ARGV[4])
  redis.call('ZADD', dead, ARGV[4], id)
end
if redis.call('EXISTS', lane(host)) == 0 then redis.call('SREM', hosts, host) end
`;

/** Id, host, time. */
const replay = `${keys}
local id, host = ARGV[1], ARGV[2]
if redis.call('ZREM', dead, id) == 0 then return 0 end
redis.call('HDEL', batch(id), 'reason', 'failedAt')
redis.call('HSET', batch(id), 'replay', '1')
redis.call('ZADD', ages, ARGV[3], id)
redis.call('SADD', hosts, host)
redis.call('RPUSH', lane(host), id)
return 1
`;

/** Id. */
const discard = `${keys}
if redis.call('ZREM', dead, ARGV[1]) == 0 then return 0 end
redis.call('HINCRBY', sizes, 'bytes', -redis.call('HSTRLEN', batch(ARGV[1]), 'payload'))
redis.call('DEL', batch(ARGV[1]))
return 1
`;

export const scripts = { accept, raise, look, done, forget, count, bury, replay, discard } as const;
