using Platform.Connections;

await ConnectionsApp.Build(args).RunAsync();
