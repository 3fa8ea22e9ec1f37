"""Questions that Redis answers in one step, in its own language: they leave what they found in no key."""

# KEYS: the lists of the first filter, then those of the others. ARGV: limit, the end, how many keys may be looked at,
# how many lists the first filter has, from where each of these goes on ('' if not at all), how many each other has.
# Returns what it found, and from where each goes on: others are served before it is asked again.
PAGE = """
local limit, left, lists = tonumber(ARGV[1]), tonumber(ARGV[3]), tonumber(ARGV[4])
local found, bounds, others, from = {}, {}, {}, lists
for a = 5 + lists, #ARGV do
  local filter = {}
  for k = from + 1, from + tonumber(ARGV[a]) do filter[#filter + 1] = KEYS[k] end
  from = from + tonumber(ARGV[a])
  others[#others + 1] = filter
end
local function stands_in_others(key)
  for _, filter in ipairs(others) do
    local stands = false
    for _, list in ipairs(filter) do stands = stands or redis.call('zscore', list, key) end
    if not stands then return false end
  end
  return true
end
for l = 1, lists do
  local bound, taken = ARGV[4 + l], 0
  while bound ~= '' and left > 0 do
    local some = math.min(left, limit)
    local keys = redis.call('zrevrangebylex', KEYS[l], bound, ARGV[2], 'limit', 0, some)
    for _, key in ipairs(keys) do
      if taken < limit and stands_in_others(key) then found[#found + 1] = key; taken = taken + 1 end
    end
    left = left - #keys
    if taken >= limit or #keys < some then bound = '' else bound = '(' .. keys[#keys] end
  end
  bounds[l] = bound
end
return {found, bounds}
"""

# KEYS: a scratch key, then the lists.
TOGETHER = """
local size = redis.call('zunionstore', KEYS[1], #KEYS - 1, unpack(KEYS, 2))
redis.call('del', KEYS[1])
return size
"""

# KEYS: two scratch keys, then the lists of all groups. ARGV: limit, how many lists each group has.
IN_MOST = """
local from = 3
for g = 2, #ARGV do
  local lists = tonumber(ARGV[g])
  local group = {KEYS[2], lists}
  for k = from, from + lists - 1 do group[#group + 1] = KEYS[k] end
  group[#group + 1] = 'aggregate'
  group[#group + 1] = 'max'
  redis.call('zunionstore', unpack(group))
  redis.call('zunionstore', KEYS[1], 2, KEYS[1], KEYS[2])
  from = from + lists
end
local keys = redis.call('zrevrange', KEYS[1], 0, ARGV[1] - 1)
redis.call('del', KEYS[1], KEYS[2])
return keys
"""

# KEYS: a scratch key, the places, ARGV[2] lists, then the buckets to sum up. ARGV: limit, how many lists, the weights.
# A call takes some thousands of arguments and no more, so that buckets are added some at a time. One alone that is not
# weighed, as the totals of all articles are, is not copied.
TOP = """
local limit, lists, found, start = tonumber(ARGV[1]), tonumber(ARGV[2]), {}, 0
local summed, first = KEYS[1], 3 + lists
if #KEYS == first and ARGV[3] == '1' then summed, first = KEYS[first], first + 1 end
for from = first, #KEYS, 1000 do
  local to = math.min(from + 999, #KEYS)
  local call = {'zunionstore', KEYS[1], to - from + 2, KEYS[1]}
  for k = from, to do call[#call + 1] = KEYS[k] end
  call[#call + 1] = 'weights'
  call[#call + 1] = 1
  for k = from, to do call[#call + 1] = ARGV[k - lists] end
  redis.call(unpack(call))
end
repeat
  local ranked = redis.call('zrevrange', summed, start, start + 99, 'withscores')
  for r = 1, #ranked, 2 do
    local place = redis.call('hget', KEYS[2], ranked[r])
    local stands = false
    if place then
      local key = cjson.decode(place)[1]
      for l = 3, 2 + lists do stands = stands or redis.call('zscore', KEYS[l], key) end
    end
    if stands and #found < 2 * limit then found[#found + 1] = ranked[r]; found[#found + 1] = ranked[r + 1] end
  end
  start = start + 100
until #found >= 2 * limit or #ranked < 200
redis.call('del', KEYS[1])
return found
"""
