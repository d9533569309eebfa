using Platform.Messaging;
using Platform.ServiceDefaults.Hosting;

return await PlatformApp.RunAsync(args, MessagingApp.Build);
