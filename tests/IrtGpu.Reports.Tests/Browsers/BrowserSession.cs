using IrtGpu.Reports.Tests.Browsers;
using IrtGpu.Reports.Tests.Results;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(BrowserSession))]

namespace IrtGpu.Reports.Tests.Browsers;

/// <summary>One browser for all tests, and the pages it opens.</summary>
public sealed class BrowserSession : IAsyncLifetime
{
    private IPlaywright? playwright;
    private IBrowser? browser;

    /// <summary>Folders with results, made once.</summary>
    internal ResultFolders Results { get; } = new();

    public async ValueTask InitializeAsync()
    {
        if (Chromium.Path is null)
            return;
        playwright = await Playwright.CreateAsync();
        // Within containers a superuser has no sandbox, and /dev/shm is small.
        string[] arguments = Environment.UserName == "root" ? ["--no-sandbox", "--disable-dev-shm-usage"] : ["--disable-dev-shm-usage"];
        browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Chromium.Path, Args = arguments, Timeout = 120_000 });
    }

    /// <summary>Opens a page and waits until its script has run.</summary>
    /// <param name="path">The file.</param>
    /// <param name="scheme">Light or dark.</param>
    /// <param name="width">Of the window.</param>
    /// <param name="hasScripts">Whether scripts run.</param>
    internal async Task<OpenedPage> OpenAsync(string path, ColorScheme scheme = ColorScheme.Light, int width = 1280, bool hasScripts = true)
    {
        IBrowserContext context = await browser!.NewContextAsync(new BrowserNewContextOptions
        {
            ColorScheme = scheme,
            ViewportSize = new ViewportSize { Width = width, Height = 900 },
            JavaScriptEnabled = hasScripts,
            ReducedMotion = ReducedMotion.Reduce,
        });
        context.SetDefaultTimeout(60_000);
        OpenedPage opened = new(context, await context.NewPageAsync());
        await opened.Page.GotoAsync(new Uri(path).AbsoluteUri);
        if (hasScripts)
            await opened.Page.WaitForSelectorAsync("html[data-ready]", new PageWaitForSelectorOptions { State = WaitForSelectorState.Attached });
        return opened;
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
            await browser.DisposeAsync();
        playwright?.Dispose();
        Results.Dispose();
    }
}
