using System.CommandLine;
using IrtGpu.Cli.Demo;

namespace IrtGpu.Cli.Commands;

/// <summary><c>irtgpu demo</c>: a small public data set through calibrate, fit and report.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        Argument<string> folder = new("DIR") { Description = "Folder for the data and the results (default: irtgpu-demo).", DefaultValueFactory = _ => "irtgpu-demo" };
        Command command = new("demo",
            """
            See what a calibration is: writes a small public data set and runs it through calibrate, fit and report, with a word on each step.

            Examples:
              irtgpu demo
              irtgpu demo first-look
            """) { folder };
        command.SetAction((parsed, _) => DemoTour.RunAsync(parsed.GetValue(folder)!));
        return command;
    }
}
