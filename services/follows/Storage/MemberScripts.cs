namespace Platform.Follows.Storage;

/// <summary>The script of <see cref="RedisMemberStore"/> that is no part of a change: <see cref="FollowScripts"/> has the others.</summary>
internal static class MemberScripts
{
    /// <summary>
    /// The states of many members, whose keys lie in several buckets: for servers without slots. It only reads. KEYS: states. Answers,
    /// for each key that holds one: its index from 1, v, a and d, or empty.
    /// </summary>
    public const string States = """
        if redis.call('EXISTS', unpack(KEYS)) == 0 then return {} end
        local found = {}
        for index, key in ipairs(KEYS) do
          local state = redis.call('HMGET', key, 'v', 'a', 'd')
          if state[1] or state[2] or state[3] then
            found[#found + 1] = index
            found[#found + 1] = state[1] or ''
            found[#found + 1] = state[2] or ''
            found[#found + 1] = state[3] or ''
          end
        end
        return found
        """;
}
