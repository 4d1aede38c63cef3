using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using IrtGpu.Reports.Tests.Browsers;
using IrtGpu.Reports.Tests.Results;
using Microsoft.Playwright;

namespace IrtGpu.Reports.Tests;

/// <summary>axe-core finds nothing, in either colours, in wide and narrow windows, with everything drawn and unfolded.</summary>
public sealed class AccessibilityTests(BrowserSession browser)
{
    [BrowserFact]
    public async Task Light() => await Check(ColorScheme.Light, 1280);

    [BrowserFact]
    public async Task Dark() => await Check(ColorScheme.Dark, 1280);

    [BrowserFact]
    public async Task Narrow() => await Check(ColorScheme.Light, 390);

    private async Task Check(ColorScheme scheme, int width)
    {
        foreach (string results in new[] { browser.Results.Mathematics, browser.Results.Groups })
        {
            await using OpenedPage opened = await browser.OpenAsync(ResultFolders.PageOf(results), scheme, width);
            await opened.Page.Locator("#item-0 th button").ClickAsync();
            await opened.DrawAllAsync();
            await opened.UnfoldAllAsync();
            AxeResult found = await opened.Page.RunAxe();
            Assert.True(found.Violations.Length == 0, string.Join('\n', found.Violations.SelectMany(rule => rule.Nodes.Take(3).Select(node => $"{rule.Id}: {rule.Help}: {node.Html}"))));
            Assert.True(found.Passes.Length > 15);
        }
    }
}
