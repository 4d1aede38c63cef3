namespace IrtGpu.Cli;

/// <summary>What the process returns.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int InternalError = 1;
    public const int BadArguments = 2;
    public const int BadData = 3;
    public const int NotConverged = 4;
    public const int DeviceNotAvailable = 5;
    public const int Interrupted = 130;
}
