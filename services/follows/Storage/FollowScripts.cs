namespace Platform.Follows.Storage;

/// <summary>
/// The scripts of <see cref="RedisFollowStore"/>. Each runs on keys of one bucket, atomically. Redis also logs a script as one
/// step; the embedded Garnet may keep only its first writes when it is killed. So the writes stand in an order in which every
/// prefix can be mended from the journal: sequence, journal, the index of members, truth, the record for watchers, and the answer last.
/// <para>
/// A full Redis refuses a script at its first write, but only if that one needs memory; after any other write it lets the script go on.
/// So nothing is removed before something is set.
/// </para>
/// <para>Numbers become text with <c>%.0f</c>: Lua would write large ones as 1.7e+15.</para>
/// </summary>
internal static class FollowScripts
{
    // What the scripts of a follower's bucket have in common. Locals: a script must not leave globals behind.
    private const string Common = """
        local function text(number) return string.format('%.0f', number) end
        local function pending(journal, newest, pair, id)
          local score = redis.call('ZSCORE', journal, pair)
          if not score then return '', '' end
          local since = redis.call('ZSCORE', newest, id)
          if since then since = text(tonumber(since)) else since = '' end
          return text(tonumber(score)), since
        end
        local function advance(sequence, clock)
          local last = tonumber(redis.call('GET', sequence) or '0')
          local number = text(math.max(last + 1, tonumber(clock)))
          redis.call('SET', sequence, number)
          return number
        end
        local function record(key, kind, pair, number, holds)
          redis.call('ZADD', key, text(2 * tonumber(number) + holds), kind .. pair)
        end
        local function trim(newest, kept)
          if redis.call('ZCARD', newest) > tonumber(kept) then
            redis.call('ZREMRANGEBYRANK', newest, 0, -1 - tonumber(kept))
          end
        end
        local function blocked(blocks, other)
          local both = redis.call('HMGET', blocks, '>' .. other, '<' .. other)
          return (both[1] and string.sub(both[1], 1, 1) == 'b') or (both[2] and string.sub(both[2], 1, 1) == 'b')
        end

        """;

    /// <summary>
    /// KEYS: following, newest, journal, sequence, request, blocks, members, record, state; then, for a follow within limits: hour,
    /// the following sets of all kinds, followers of the follower.
    /// ARGV: 1 follow | 0 unfollow, id, pair, clock, fingerprint or empty, seconds to remember a request, newest kept, follower,
    /// most follows or empty, percent of the followers, most an hour or empty, length of the hour, 1 if a new follow is not allowed.
    /// Answers: outcome, revision, whether the follower follows now, sequence in the journal or empty, since when among the newest or
    /// empty, follows, followers, follows of the hour, the first of them or empty.
    /// </summary>
    public const string Change =
        Common
        + """
            local follow = ARGV[1] == '1'
            local limited = ARGV[9] ~= '' or ARGV[11] ~= ''
            local function usage()
              if not limited then return 0, 0, 0, '' end
              local total = 0
              for index = 11, #KEYS - 1 do total = total + redis.call('SCARD', KEYS[index]) end
              local hour = 0
              local first = ''
              if ARGV[11] ~= '' then
                local from = '(' .. text(tonumber(ARGV[4]) - tonumber(ARGV[12]))
                hour = redis.call('ZCOUNT', KEYS[10], from, '+inf')
                if hour > 0 then first = redis.call('ZRANGEBYSCORE', KEYS[10], from, '+inf', 'LIMIT', 0, 1)[1] end
              end
              return total, redis.call('SCARD', KEYS[#KEYS]), hour, first
            end
            local total, followers, hour, first = usage()
            local function answer(outcome, revision, following)
              local journalled, since = pending(KEYS[3], KEYS[2], ARGV[3], ARGV[2])
              return {outcome, revision, following, journalled, since, total, followers, hour, first}
            end
            if ARGV[5] ~= '' then
              local answered = redis.call('GET', KEYS[5])
              if answered then
                local bar = string.find(answered, '|', 1, true)
                if string.sub(answered, 1, bar - 1) ~= ARGV[5] then return {'reused', '0', 0, '', '', 0, 0, 0, ''} end
                local told = string.sub(answered, bar + 1)
                local comma = string.find(told, ',', 1, true)
                return answer(string.sub(told, 1, comma - 1), string.sub(told, comma + 1),
                  redis.call('SISMEMBER', KEYS[1], ARGV[2]))
              end
            end
            local following = redis.call('SISMEMBER', KEYS[1], ARGV[2])
            if follow then
              if redis.call('HEXISTS', KEYS[9], 'd') == 1 then return {'deleted', '0', following, '', '', 0, 0, 0, ''} end
              if string.sub(ARGV[3], 1, 1) == 'm' and blocked(KEYS[6], ARGV[2]) then
                return {'blocked', '0', following, '', '', 0, 0, 0, ''}
              end
            end
            local outcome = 'same'
            local revision = '0'
            if follow ~= (following == 1) then
              if follow then
                if ARGV[13] == '1' then return {'refused', '0', 0, '', '', 0, 0, 0, ''} end
                if ARGV[11] ~= '' and hour >= tonumber(ARGV[11]) then
                  return {'rate', '0', 0, '', '', total, followers, hour, first}
                end
                if ARGV[9] ~= '' and total >= math.max(tonumber(ARGV[9]), math.floor(followers * tonumber(ARGV[10]) / 100)) then
                  return {'limit', '0', 0, '', '', total, followers, hour, first}
                end
              end
              outcome = 'changed'
              revision = advance(KEYS[4], ARGV[4])
              redis.call('ZADD', KEYS[3], revision, ARGV[3])
              if follow then
                redis.call('SADD', KEYS[7], ARGV[8])
                redis.call('SADD', KEYS[1], ARGV[2])
                redis.call('ZADD', KEYS[2], revision, ARGV[2])
                trim(KEYS[2], ARGV[7])
                record(KEYS[8], 'f', ARGV[3], revision, 1)
                following = 1
                total = total + 1
                if ARGV[11] ~= '' then
                  hour = hour + 1
                  if first == '' then first = revision end
                  redis.call('ZREMRANGEBYSCORE', KEYS[10], '-inf', text(tonumber(ARGV[4]) - tonumber(ARGV[12])))
                  redis.call('ZADD', KEYS[10], revision, revision)
                  redis.call('PEXPIRE', KEYS[10], text(tonumber(ARGV[12]) / 1000))
                end
              else
                redis.call('ZREM', KEYS[2], ARGV[2])
                redis.call('SREM', KEYS[1], ARGV[2])
                record(KEYS[8], 'f', ARGV[3], revision, 0)
                following = 0
              end
            end
            if ARGV[5] ~= '' and (follow or outcome == 'changed') then
              redis.call('SET', KEYS[5], ARGV[5] .. '|' .. outcome .. ',' .. revision, 'EX', ARGV[6])
            end
            return answer(outcome, revision, following)
            """;

    /// <summary>
    /// KEYS: following, newest, journal, sequence, blocks, record.
    /// ARGV: field of the block, b blocked | u unblocked | c neither stands any more, number of connections' change, id, pair, clock.
    /// Answers as <see cref="Change"/> does, without usage. An older change than the one that is known is left alone.
    /// </summary>
    public const string Block =
        Common
        + """
            local known = redis.call('HGET', KEYS[5], ARGV[1])
            local older = false
            if known then
              local number = string.sub(known, 2)
              older = #number > #ARGV[3] or (#number == #ARGV[3] and number > ARGV[3])
            end
            if not older and (known or ARGV[2] == 'b') then
              local flag = ARGV[2]
              if flag == 'c' then flag = 'u' end
              redis.call('HSET', KEYS[5], ARGV[1], flag .. ARGV[3])
            end
            local following = redis.call('SISMEMBER', KEYS[1], ARGV[4])
            local outcome = 'same'
            local revision = '0'
            if following == 1 and blocked(KEYS[5], ARGV[4]) then
              outcome = 'changed'
              revision = advance(KEYS[4], ARGV[6])
              redis.call('ZADD', KEYS[3], revision, ARGV[5])
              redis.call('ZREM', KEYS[2], ARGV[4])
              redis.call('SREM', KEYS[1], ARGV[4])
              record(KEYS[6], 'f', ARGV[5], revision, 0)
              following = 0
            end
            local journalled, since = pending(KEYS[3], KEYS[2], ARGV[5], ARGV[4])
            return {outcome, revision, following, journalled, since}
            """;

    /// <summary>
    /// KEYS: following, newest, journal, sequence, blocks, members, record, state.
    /// ARGV: id, pair, clock, sequence number of when it began or empty, newest kept, follower.
    /// Answers as <see cref="Block"/> does. A follow that lost its time on the way gets it when it is imported again.
    /// </summary>
    public const string Import =
        Common
        + """
            local following = redis.call('SISMEMBER', KEYS[1], ARGV[1])
            local known = redis.call('ZSCORE', KEYS[2], ARGV[1])
            local outcome = 'same'
            local revision = '0'
            if following == 1 then
              if known and ARGV[4] ~= '' and tonumber(known) ~= tonumber(ARGV[4]) then outcome = 'differs' end
            else
              if redis.call('HEXISTS', KEYS[8], 'd') == 1 then return {'deleted', '0', 0, '', ''} end
              if string.sub(ARGV[2], 1, 1) == 'm' and blocked(KEYS[5], ARGV[1]) then return {'blocked', '0', 0, '', ''} end
              outcome = 'changed'
              revision = advance(KEYS[4], ARGV[3])
              redis.call('ZADD', KEYS[3], revision, ARGV[2])
              redis.call('SADD', KEYS[6], ARGV[6])
              redis.call('SADD', KEYS[1], ARGV[1])
              record(KEYS[7], 'f', ARGV[2], revision, 1)
            end
            if not known and ARGV[4] ~= '' then
              redis.call('ZADD', KEYS[2], ARGV[4], ARGV[1])
              trim(KEYS[2], ARGV[5])
            end
            local journalled, since = pending(KEYS[3], KEYS[2], ARGV[2], ARGV[1])
            return {outcome, revision, 1, journalled, since}
            """;

    /// <summary>
    /// KEYS: followers, guard, newest followers, entities, state of the followed member (or of nobody).
    /// ARGV: sequence, 1 | 0, follower, seconds the guard lives, since when or empty, newest kept, name of the entity.
    /// Answers: 1 made, 0 a later truth was made, 2 the followed member is erased and is not followed.
    /// </summary>
    public const string Apply = """
        local last = redis.call('GET', KEYS[2])
        if last and tonumber(last) > tonumber(ARGV[1]) then return 0 end
        local answer = 1
        if ARGV[2] == '1' and redis.call('HEXISTS', KEYS[5], 'd') == 1 then answer = 2 end
        if ARGV[2] == '1' and answer == 1 then
          redis.call('SADD', KEYS[4], ARGV[7])
          redis.call('SADD', KEYS[1], ARGV[3])
          if ARGV[5] ~= '' then
            redis.call('ZADD', KEYS[3], ARGV[5], ARGV[3])
            if redis.call('ZCARD', KEYS[3]) > tonumber(ARGV[6]) then
              redis.call('ZREMRANGEBYRANK', KEYS[3], 0, -1 - tonumber(ARGV[6]))
            end
          end
        else
          redis.call('ZREM', KEYS[3], ARGV[3])
          redis.call('SREM', KEYS[1], ARGV[3])
          if redis.call('EXISTS', KEYS[1]) == 0 then redis.call('SREM', KEYS[4], ARGV[7]) end
        end
        redis.call('SET', KEYS[2], ARGV[1], 'EX', ARGV[4])
        return answer
        """;

    /// <summary>KEYS: journal. ARGV: pair, sequence.</summary>
    public const string Complete = """
        local score = redis.call('ZSCORE', KEYS[1], ARGV[1])
        if score and tonumber(score) == tonumber(ARGV[2]) then return redis.call('ZREM', KEYS[1], ARGV[1]) end
        return 0
        """;

    /// <summary>
    /// KEYS: following, journal, newest. ARGV: id, pair. Answers: whether the follower follows, sequence in the journal or
    /// empty, since when among the newest or empty.
    /// </summary>
    public const string Pending =
        Common
        + """
            local journalled, since = pending(KEYS[2], KEYS[3], ARGV[2], ARGV[1])
            return {redis.call('SISMEMBER', KEYS[1], ARGV[1]), journalled, since}
            """;

    /// <summary>
    /// Puts a pair into the journal, so that its inverse is made again from the truth. KEYS: following, journal, newest, sequence.
    /// ARGV: id, pair, clock. Answers as <see cref="Pending"/> does.
    /// </summary>
    public const string Touch =
        Common
        + """
            redis.call('ZADD', KEYS[2], advance(KEYS[4], ARGV[3]), ARGV[2])
            local journalled, since = pending(KEYS[2], KEYS[3], ARGV[2], ARGV[1])
            return {redis.call('SISMEMBER', KEYS[1], ARGV[1]), journalled, since}
            """;

    /// <summary>
    /// KEYS: following, journal, blocks, sequence. ARGV: id, pair. Answers: whether the follower follows, whether the journal is about
    /// to finish the pair, whether a block forbids it, the last sequence number of the bucket.
    /// </summary>
    public const string Inspect =
        Common
        + """
            local journalled = 0
            if redis.call('ZSCORE', KEYS[2], ARGV[2]) then journalled = 1 end
            local forbidden = 0
            if string.sub(ARGV[2], 1, 1) == 'm' and blocked(KEYS[3], ARGV[1]) then forbidden = 1 end
            return {redis.call('SISMEMBER', KEYS[1], ARGV[1]), journalled, forbidden, redis.call('GET', KEYS[4]) or '0'}
            """;

    /// <summary>
    /// Whether a list of the newest holds what the set does not. KEYS: set, newest. ARGV: id, 1 to drop it. Answers 1 if so.
    /// </summary>
    public const string StrayRecent = """
        if redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 1 or not redis.call('ZSCORE', KEYS[2], ARGV[1]) then return 0 end
        if ARGV[2] == '1' then redis.call('ZREM', KEYS[2], ARGV[1]) end
        return 1
        """;

    /// <summary>
    /// KEYS: mutes, sequence, record, request, state. ARGV: 1 mute | 0 unmute, name of the entity, scope, end or 0, pair, clock, now,
    /// fingerprint or empty, seconds to remember a request, most mutes. Answers: outcome, revision, the mute or empty.
    /// </summary>
    public const string Mute =
        Common
        + """
            if ARGV[8] ~= '' then
              local first = redis.call('GET', KEYS[4])
              if first then
                local bar = string.find(first, '|', 1, true)
                if string.sub(first, 1, bar - 1) ~= ARGV[8] then return {'reused', '0', ''} end
                local told = string.sub(first, bar + 1)
                local comma = string.find(told, ';', 1, true)
                return {'changed', string.sub(told, 1, comma - 1), string.sub(told, comma + 1)}
              end
            end
            local function ended(value)
              local till = tonumber(string.match(value, '(%d+)$'))
              return till > 0 and till <= tonumber(ARGV[7])
            end
            local old = redis.call('HGET', KEYS[1], ARGV[2])
            if old and ended(old) then
              redis.call('HDEL', KEYS[1], ARGV[2])
              old = false
            end
            local value = ''
            if ARGV[1] == '1' then
              if redis.call('HEXISTS', KEYS[5], 'd') == 1 then return {'deleted', '0', ''} end
              local since = ARGV[7]
              if old then
                since = string.match(old, ',(%d+),')
              elseif redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[10]) then
                local all = redis.call('HGETALL', KEYS[1])
                for index = 1, #all, 2 do
                  if ended(all[index + 1]) then redis.call('HDEL', KEYS[1], all[index]) end
                end
                if redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[10]) then return {'limit', '0', ''} end
              end
              value = ARGV[3] .. ',' .. since .. ',' .. ARGV[4]
            elseif not old then
              return {'same', '0', ''}
            end
            local revision = advance(KEYS[2], ARGV[6])
            if ARGV[1] == '1' then
              redis.call('HSET', KEYS[1], ARGV[2], value)
              record(KEYS[3], 'm', ARGV[5], revision, 1)
            else
              redis.call('HDEL', KEYS[1], ARGV[2])
              record(KEYS[3], 'm', ARGV[5], revision, 0)
            end
            if ARGV[8] ~= '' then
              redis.call('SET', KEYS[4], ARGV[8] .. '|' .. revision .. ';' .. value, 'EX', ARGV[9])
            end
            return {'changed', revision, value}
            """;

    /// <summary>
    /// KEYS: state, request, sequence. ARGV: visibility or empty, audience or empty, fingerprint or empty, seconds to remember a
    /// request. Answers: outcome, visibility or empty, audience or empty, the last sequence number of the bucket.
    /// </summary>
    public const string Settings = """
        local function state(outcome)
          local both = redis.call('HMGET', KEYS[1], 'v', 'a')
          return {outcome, both[1] or '', both[2] or '', redis.call('GET', KEYS[3]) or '0'}
        end
        if ARGV[3] ~= '' then
          local first = redis.call('GET', KEYS[2])
          if first then
            local bar = string.find(first, '|', 1, true)
            if string.sub(first, 1, bar - 1) ~= ARGV[3] then return {'reused', '', '', '0'} end
            local told = string.sub(first, bar + 1)
            return {'changed', string.match(told, '^(%d*),'), string.match(told, ',(%d*),'), string.match(told, ',(%d+)$')}
          end
        end
        if redis.call('HEXISTS', KEYS[1], 'd') == 1 then return {'deleted', '', '', '0'} end
        if ARGV[1] ~= '' then redis.call('HSET', KEYS[1], 'v', ARGV[1]) end
        if ARGV[2] ~= '' then redis.call('HSET', KEYS[1], 'a', ARGV[2]) end
        local answer = state('changed')
        if ARGV[3] ~= '' then
          redis.call('SET', KEYS[2], ARGV[3] .. '|' .. answer[2] .. ',' .. answer[3] .. ',' .. answer[4], 'EX', ARGV[4])
        end
        return answer
        """;

    /// <summary>
    /// Ends an erasure, if nothing is followed in either direction. KEYS: state, mutes, hour, members, blocks, entities, newest
    /// followers, then followers and the following sets of all kinds. ARGV: member. Answers whether it did.
    /// </summary>
    public const string Forget = """
        for index = 8, #KEYS do
          if redis.call('EXISTS', KEYS[index]) == 1 then return 0 end
        end
        redis.call('DEL', KEYS[2], KEYS[3], KEYS[5], KEYS[7])
        redis.call('HDEL', KEYS[1], 'v', 'a')
        redis.call('SREM', KEYS[4], ARGV[1])
        redis.call('SREM', KEYS[6], 'm:' .. ARGV[1])
        return 1
        """;

    /// <summary>KEYS: claim. ARGV: holder, milliseconds. Answers whether the holder has it.</summary>
    public const string Claim = """
        local holder = redis.call('GET', KEYS[1])
        if holder and holder ~= ARGV[1] then return 0 end
        redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
        return 1
        """;

    /// <summary>
    /// KEYS: a set. ARGV: cursor, count, the run the cursor is of. Answers: the run, the next cursor, ids. A cursor tells nothing to
    /// another run of the server (each hashes with a seed of its own) or to another server: with it, the set begins again.
    /// </summary>
    public const string Scan = """
        local run = string.sub(string.match(redis.call('INFO', 'server'), 'run_id:(%w+)'), 1, 12)
        local cursor = ARGV[1]
        if run ~= ARGV[3] then cursor = '0' end
        local page = redis.call('SSCAN', KEYS[1], cursor, 'COUNT', ARGV[2])
        return {run, page[1], page[2]}
        """;
}
