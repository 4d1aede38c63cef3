using IrtGpu.Reports.Tests.Browsers;

namespace IrtGpu.Reports.Tests;

public sealed class ChromiumTests
{
    /// <summary>The one line that tells of tests that were left out.</summary>
    [Fact]
    public void Pages_are_tried_in_a_browser() => Assert.SkipWhen(Chromium.Path is null, Chromium.Missing);
}
