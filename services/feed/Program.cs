await Platform.Feed.FeedApp.Build(args).RunAsync();
