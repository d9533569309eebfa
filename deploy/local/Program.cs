using System.CommandLine;
using Platform.Local;

// The platform stops by itself on Ctrl-C and SIGTERM, in order and without a time limit from outside.
return await LocalCommand
    .Create()
    .Parse(args)
    .InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
