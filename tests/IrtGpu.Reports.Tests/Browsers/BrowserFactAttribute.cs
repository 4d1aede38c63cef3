using System.Runtime.CompilerServices;
using Xunit.v3;

namespace IrtGpu.Reports.Tests.Browsers;

/// <summary>A test in the browser; where there is none, there is no such test: <see cref="ChromiumTests"/> says why, once.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer(typeof(BrowserFactDiscoverer))]
internal sealed class BrowserFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1) : FactAttribute(file, line);
