using Xunit.Sdk;
using Xunit.v3;

namespace IrtGpu.Reports.Tests.Browsers;

/// <summary>Finds tests in the browser where there is one, and none elsewhere.</summary>
public sealed class BrowserFactDiscoverer : FactDiscoverer
{
    public override ValueTask<IReadOnlyCollection<IXunitTestCase>> Discover(ITestFrameworkDiscoveryOptions discoveryOptions, IXunitTestMethod testMethod, IFactAttribute factAttribute) =>
        Chromium.Path is null ? new([]) : base.Discover(discoveryOptions, testMethod, factAttribute);
}
