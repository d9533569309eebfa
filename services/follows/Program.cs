using Platform.Follows;
using Platform.ServiceDefaults.Hosting;

return await PlatformApp.RunAsync(args, FollowsApp.Build);
