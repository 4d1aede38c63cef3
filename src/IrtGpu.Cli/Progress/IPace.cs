namespace IrtGpu.Cli.Progress;

/// <summary>What is known of the speed of the work that goes on.</summary>
internal interface IPace
{
    /// <summary>The line that tells of it.</summary>
    /// <param name="now">On the clock of the display.</param>
    string Line(TimeSpan now);
}
