using Platform.Gateway;
using Platform.ServiceDefaults.Hosting;

return await PlatformApp.RunAsync(args, GatewayApp.Build, GatewayApp.HealthAddress);
