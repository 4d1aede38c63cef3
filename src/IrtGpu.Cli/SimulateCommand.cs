using System.CommandLine;
namespace IrtGpu.Cli;
internal static class SimulateCommand { public static Command Create() => new("simulate", "x"); }
