using Microsoft.Data.Sqlite;
using Platform.Feed.FanOut;
using Platform.Storage.Sqlite;

namespace Platform.Feed.Storage.Sqlite;

internal static class LeaseBinding
{
    public static SqliteCommand BindLease(this SqliteCommand command, LeasedJob lease) =>
        command.Bind("$id", lease.Job.PostId.Value).Bind("$lease", lease.LeaseId);
}
