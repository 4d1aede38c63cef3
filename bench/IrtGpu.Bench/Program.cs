using IrtGpu.Bench;
using IrtGpu.Compute.Devices;
using IrtGpu.Foundation.Tables.Problems;

if (args.Contains("--help"))
{
    Console.WriteLine(BenchOptions.Usage);
    Console.WriteLine("\nSuites (default: all but mirt, mixed, mixtures, cycles, table1, fit, recovery and dif; with --quick those too; timing only with --data):");
    Console.WriteLine(Suite.List());
    return 0;
}
try
{
    BenchOptions options = BenchOptions.Parse(args, Path.Combine(Environment.GetEnvironmentVariable("IRTGPU_BENCH_ROOT") ?? ".", "bench", "results"));
    foreach (Suite suite in Suite.Choose(options))
    {
        Console.Error.WriteLine($"Suite {suite.Name}: {suite.Description}");
        suite.Run(options);
    }
    return 0;
}
catch (ArgumentException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 2;
}
catch (DeviceNotAvailableException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 5;
}
catch (Exception exception) when (exception is InvalidOperationException or DataException or IOException)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}
