using Platform.Follows;

await FollowsApp.Build(args).RunAsync();
