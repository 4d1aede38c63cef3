using System.Text;

namespace IrtGpu.Tests.Cli;

/// <summary>Leads what a call writes to the console, on whatever thread, to writers of its own; everything else goes where it went.</summary>
internal sealed class RoutedConsole(TextWriter fallback, bool isError) : TextWriter
{
    private static readonly AsyncLocal<(TextWriter Output, TextWriter Error)?> Current = new();

    static RoutedConsole()
    {
        Environment.SetEnvironmentVariable("IRTGPU_DEVICE", null);
        Console.SetOut(new RoutedConsole(Console.Out, isError: false));
        Console.SetError(new RoutedConsole(Console.Error, isError: true));
    }

    public override Encoding Encoding => fallback.Encoding;

    private TextWriter Target => Current.Value is { } writers ? isError ? writers.Error : writers.Output : fallback;

    public static int Run(TextWriter output, TextWriter error, Func<int> run)
    {
        Current.Value = (output, error);
        try
        {
            return run();
        }
        finally
        {
            Current.Value = null;
        }
    }

    public override void Write(char value) => Target.Write(value);

    public override void Write(char[] buffer, int index, int count) => Target.Write(buffer, index, count);

    public override void Write(string? value) => Target.Write(value);

    public override void Flush() => Target.Flush();
}
