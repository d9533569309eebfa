using Platform.Feed;
using Platform.ServiceDefaults.Hosting;

return await PlatformApp.RunAsync(args, FeedApp.Build);
