return await IrtGpu.Cli.CommandLine.RunAsync(args);
