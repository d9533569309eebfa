await Platform.Messaging.MessagingApp.Build(args).RunAsync();
