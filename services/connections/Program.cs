using Platform.Connections;
using Platform.ServiceDefaults.Hosting;

return await PlatformApp.RunAsync(args, ConnectionsApp.Build);
