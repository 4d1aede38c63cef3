using System.CommandLine;
namespace IrtGpu.Cli;
internal static class ScoreCommand { public static Command Create() => new("score", "x"); }
