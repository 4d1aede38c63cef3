using Microsoft.Playwright;

namespace IrtGpu.Reports.Tests.Browsers;

/// <summary>A page, and everything that it should not do.</summary>
internal sealed class OpenedPage : IAsyncDisposable
{
    private readonly IBrowserContext context;
    private readonly List<string> offences = [];

    public OpenedPage(IBrowserContext context, IPage page)
    {
        this.context = context;
        Page = page;
        page.Console += (_, message) => Note(message.Type is "error" or "warning" ? $"{message.Type}: {message.Text}" : null);
        page.PageError += (_, error) => Note($"exception: {error}");
        page.Request += (_, request) => Note(request.Url.StartsWith("file:", StringComparison.Ordinal) && request.IsNavigationRequest || request.Url.StartsWith("data:", StringComparison.Ordinal) ? null : $"request: {request.Url}");
        page.Dialog += async (_, dialog) =>
        {
            Note($"dialog: {dialog.Message}");
            await dialog.DismissAsync();
        };
    }

    public IPage Page { get; }

    /// <summary>Errors, dialogs and requests so far.</summary>
    public string[] Offences
    {
        get
        {
            lock (offences)
                return [.. offences];
        }
    }

    /// <summary>Draws every chart, as reading the whole page does, and returns their number.</summary>
    public async Task<int> DrawAllAsync()
    {
        ILocator charts = Page.Locator(".chart");
        int count = await charts.CountAsync();
        for (int chart = 0; chart < count; chart++)
        {
            await charts.Nth(chart).ScrollIntoViewIfNeededAsync();
            await charts.Nth(chart).Locator("svg").First.WaitForAsync();
        }
        return count;
    }

    /// <summary>Unfolds the numbers below every picture and waits until they are there.</summary>
    public async Task UnfoldAllAsync()
    {
        await Page.EvaluateAsync("() => { for (const details of document.querySelectorAll('details')) details.open = true; }");
        await Page.WaitForFunctionAsync("() => Array.from(document.querySelectorAll('details.numbers')).every(details => details.querySelector('tbody tr'))");
    }

    /// <summary>Headline of the item shown beside the table.</summary>
    public ILocator ChosenItem => Page.Locator("#item h3");

    public async ValueTask DisposeAsync() => await context.DisposeAsync();

    private void Note(string? offence)
    {
        if (offence is null)
            return;
        lock (offences)
            offences.Add(offence);
    }
}
