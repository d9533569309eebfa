namespace Platform.Follows.Storage;

/// <summary>
/// The scripts of <see cref="RedisFollowStore"/>. Each runs on keys of one bucket, atomically. Redis also logs a script as one
/// step; the embedded Garnet may keep only its first writes when it is killed. So the writes stand in an order in which every
/// prefix can be mended from the journal: sequence, journal, the index of members, truth, and the answer last.
/// <para>Numbers become text with <c>%.0f</c>: Lua would write large ones as 1.7e+15.</para>
/// </summary>
internal static class FollowScripts
{
    /// <summary>
    /// KEYS: following, newest, journal, sequence, request, blocks, members.
    /// ARGV: 1 follow | 0 unfollow | 2 block, id, pair, clock, fingerprint or empty, seconds to remember a request, newest kept,
    /// follower.
    /// Answers: outcome, revision, whether the follower follows now, sequence in the journal or empty.
    /// </summary>
    public const string Change = """
        local function text(number) return string.format('%.0f', number) end
        local function pending()
          local score = redis.call('ZSCORE', KEYS[3], ARGV[3])
          if score then return text(tonumber(score)) end
          return ''
        end
        local follow = ARGV[1] == '1'
        if ARGV[5] ~= '' then
          local first = redis.call('GET', KEYS[5])
          if first then
            local bar = string.find(first, '|', 1, true)
            if string.sub(first, 1, bar - 1) ~= ARGV[5] then return {'reused', '0', 0, ''} end
            local answer = string.sub(first, bar + 1)
            local comma = string.find(answer, ',', 1, true)
            return {string.sub(answer, 1, comma - 1), string.sub(answer, comma + 1),
              redis.call('SISMEMBER', KEYS[1], ARGV[2]), pending()}
          end
        end
        local following = redis.call('SISMEMBER', KEYS[1], ARGV[2])
        if follow and redis.call('SISMEMBER', KEYS[6], ARGV[2]) == 1 and string.sub(ARGV[3], 1, 1) == 'm' then
          return {'blocked', '0', following, ''}
        end
        if ARGV[1] == '2' then redis.call('SADD', KEYS[6], ARGV[2]) end
        local outcome = 'same'
        local revision = '0'
        if follow ~= (following == 1) then
          outcome = 'changed'
          local last = tonumber(redis.call('GET', KEYS[4]) or '0')
          revision = text(math.max(last + 1, tonumber(ARGV[4])))
          redis.call('SET', KEYS[4], revision)
          redis.call('ZADD', KEYS[3], revision, ARGV[3])
          if follow then
            redis.call('SADD', KEYS[7], ARGV[8])
            redis.call('SADD', KEYS[1], ARGV[2])
            redis.call('ZADD', KEYS[2], revision, ARGV[2])
            if redis.call('ZCARD', KEYS[2]) > tonumber(ARGV[7]) then
              redis.call('ZREMRANGEBYRANK', KEYS[2], 0, -1 - tonumber(ARGV[7]))
            end
            following = 1
          else
            redis.call('ZREM', KEYS[2], ARGV[2])
            redis.call('SREM', KEYS[1], ARGV[2])
            following = 0
          end
        end
        if ARGV[5] ~= '' and (follow or outcome == 'changed') then
          redis.call('SET', KEYS[5], ARGV[5] .. '|' .. outcome .. ',' .. revision, 'EX', ARGV[6])
        end
        return {outcome, revision, following, pending()}
        """;

    /// <summary>
    /// KEYS: following, newest, journal, sequence, blocks, members.
    /// ARGV: id, pair, clock, sequence number of when it began or empty, newest kept, follower.
    /// Answers as <see cref="Change"/> does. A follow that lost its time on the way gets it when it is imported again.
    /// </summary>
    public const string Import = """
        local function text(number) return string.format('%.0f', number) end
        local following = redis.call('SISMEMBER', KEYS[1], ARGV[1])
        local since = redis.call('ZSCORE', KEYS[2], ARGV[1])
        local outcome = 'same'
        local revision = '0'
        if following == 1 then
          if since and ARGV[4] ~= '' and tonumber(since) ~= tonumber(ARGV[4]) then outcome = 'differs' end
        else
          if redis.call('SISMEMBER', KEYS[5], ARGV[1]) == 1 and string.sub(ARGV[2], 1, 1) == 'm' then
            return {'blocked', '0', 0, ''}
          end
          outcome = 'changed'
          local last = tonumber(redis.call('GET', KEYS[4]) or '0')
          revision = text(math.max(last + 1, tonumber(ARGV[3])))
          redis.call('SET', KEYS[4], revision)
          redis.call('ZADD', KEYS[3], revision, ARGV[2])
          redis.call('SADD', KEYS[6], ARGV[6])
          redis.call('SADD', KEYS[1], ARGV[1])
        end
        if not since and ARGV[4] ~= '' then
          redis.call('ZADD', KEYS[2], ARGV[4], ARGV[1])
          if redis.call('ZCARD', KEYS[2]) > tonumber(ARGV[5]) then
            redis.call('ZREMRANGEBYRANK', KEYS[2], 0, -1 - tonumber(ARGV[5]))
          end
        end
        local score = redis.call('ZSCORE', KEYS[3], ARGV[2])
        if score then return {outcome, revision, 1, text(tonumber(score))} end
        return {outcome, revision, 1, ''}
        """;

    /// <summary>
    /// KEYS: followers, guard. ARGV: sequence, 1 | 0, follower, seconds the guard lives. Answers 0 if a later truth was applied.
    /// </summary>
    public const string Apply = """
        local last = redis.call('GET', KEYS[2])
        if last and tonumber(last) > tonumber(ARGV[1]) then return 0 end
        if ARGV[2] == '1' then redis.call('SADD', KEYS[1], ARGV[3]) else redis.call('SREM', KEYS[1], ARGV[3]) end
        redis.call('SET', KEYS[2], ARGV[1], 'EX', ARGV[4])
        return 1
        """;

    /// <summary>KEYS: journal. ARGV: pair, sequence.</summary>
    public const string Complete = """
        local score = redis.call('ZSCORE', KEYS[1], ARGV[1])
        if score and tonumber(score) == tonumber(ARGV[2]) then return redis.call('ZREM', KEYS[1], ARGV[1]) end
        return 0
        """;

    /// <summary>KEYS: following, journal. ARGV: id, pair. Answers: whether the follower follows, sequence in the journal or empty.</summary>
    public const string Pending = """
        local score = redis.call('ZSCORE', KEYS[2], ARGV[2])
        if not score then return {0, ''} end
        return {redis.call('SISMEMBER', KEYS[1], ARGV[1]), string.format('%.0f', tonumber(score))}
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
