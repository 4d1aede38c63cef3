using IrtGpu.Reports.Tests.Browsers;
using IrtGpu.Reports.Tests.Results;

namespace IrtGpu.Reports.Tests;

/// <summary>Names from the data are text, whatever they say.</summary>
public sealed class HostileNameTests(BrowserSession browser)
{
    [BrowserFact]
    public async Task Names_are_shown_as_they_are_and_do_nothing()
    {
        await using OpenedPage opened = await browser.OpenAsync(ResultFolders.PageOf(browser.Results.Hostile));
        await opened.DrawAllAsync();
        string[] shown = await opened.Page.Locator("#item-table tbody th").EvaluateAllAsync<string[]>("cells => cells.map(cell => cell.textContent)");
        Assert.Equal(ResultFolders.HostileNames.Order(StringComparer.Ordinal), shown.Distinct().Order(StringComparer.Ordinal));
        for (int item = 0; item < ResultFolders.HostileNames.Length; item++)
        {
            await opened.Page.Locator($"#item-{item} th button").ClickAsync();
            string title = await opened.ChosenItem.EvaluateAsync<string>("title => title.textContent");
            Assert.StartsWith(shown[item], title, StringComparison.Ordinal);
        }
        await opened.UnfoldAllAsync();
        Assert.Equal(3, await opened.Page.EvaluateAsync<int>("() => document.querySelectorAll('script').length")); // data, library, own
        Assert.Equal(0, await opened.Page.EvaluateAsync<int>("() => document.querySelectorAll('img, iframe, object, [onerror], [onmouseover]').length"));
        Assert.Contains("<img src=x onerror=alert(6)>.csv", await opened.Page.TitleAsync(), StringComparison.Ordinal);
        Assert.Contains("<script>alert(5)</script>", await opened.Page.Locator("main").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Empty(opened.Offences);
    }

    [BrowserFact]
    public async Task A_script_that_got_into_the_page_all_the_same_would_not_run()
    {
        string copy = Path.Combine(Path.GetTempPath(), $"irtgpu-{Guid.NewGuid():N}.html");
        string page = await File.ReadAllTextAsync(ResultFolders.PageOf(browser.Results.Mathematics), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(copy, page.Replace("<main", "<script>document.title = 'taken'</script><img src=\"x:\" onerror=\"document.title = 'taken'\"><main", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        try
        {
            await using OpenedPage opened = await browser.OpenAsync(copy);
            Assert.NotEqual("taken", await opened.Page.TitleAsync());
            Assert.Contains(opened.Offences, offence => offence.Contains("Content Security Policy", StringComparison.Ordinal));
        }
        finally
        {
            File.Delete(copy);
        }
    }
}
