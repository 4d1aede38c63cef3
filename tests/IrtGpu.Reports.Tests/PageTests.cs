using System.Globalization;
using IrtGpu.Reports.Tests.Browsers;
using IrtGpu.Reports.Tests.Results;
using Microsoft.Playwright;

namespace IrtGpu.Reports.Tests;

/// <summary>What a reader does with a page: looks, sorts, searches, goes from the verdict to an item, changes the colours, prints.</summary>
public sealed class PageTests(BrowserSession browser)
{
    private string Mathematics => ResultFolders.PageOf(browser.Results.Mathematics);

    [BrowserFact]
    public async Task Every_picture_is_drawn_and_nothing_is_asked_from_elsewhere_nor_goes_wrong()
    {
        foreach (string results in new[] { browser.Results.Mathematics, browser.Results.Groups })
        {
            await using OpenedPage opened = await browser.OpenAsync(ResultFolders.PageOf(results));
            Assert.InRange(await opened.DrawAllAsync(), 6, 40);
            Assert.Empty(opened.Offences);
        }
    }

    [BrowserFact]
    public async Task The_verdict_comes_first_and_leads_to_the_worst_item()
    {
        await using OpenedPage opened = await browser.OpenAsync(Mathematics);
        Assert.Equal("verdict", await opened.Page.Locator("main > section").First.GetAttributeAsync("id"));
        ILocator finding = opened.Page.Locator("#verdict .findings li").Filter(new LocatorFilterOptions { HasText = "Show the item" }).First;
        string name = await finding.Locator("strong").InnerTextAsync();
        await finding.GetByRole(AriaRole.Link).ClickAsync();
        await Assertions.Expect(opened.ChosenItem).ToHaveTextAsync(name);
        Assert.Equal(name, await opened.Page.Locator("tr[aria-current] th").InnerTextAsync());
        Assert.Empty(opened.Offences);
    }

    [BrowserFact]
    public async Task Headlines_sort_by_click_and_by_key()
    {
        await using OpenedPage opened = await browser.OpenAsync(Mathematics);
        ILocator headline = opened.Page.Locator("#item-table thead button").Filter(new LocatorFilterOptions { HasText = "Difficulty" });
        int column = await headline.EvaluateAsync<int>("button => button.closest('th').cellIndex");
        double[] before = await Values(opened, column);
        await headline.ClickAsync();
        Assert.Equal(before.OrderDescending(), await Values(opened, column));
        await headline.FocusAsync();
        await opened.Page.Keyboard.PressAsync("Enter");
        Assert.Equal(before.Order(), await Values(opened, column));
        Assert.Equal("ascending", await headline.EvaluateAsync<string>("button => button.closest('th').getAttribute('aria-sort')"));
        ILocator names = opened.Page.Locator("#item-table thead button").First;
        await names.ClickAsync();
        string[] sorted = [.. await opened.Page.Locator("#item-table tbody th").AllInnerTextsAsync()];
        Assert.Equal(["M1PTI1", "M1PTI2", "M1PTI3", "M1PTI6", "M1PTI7", "M1PTI11"], sorted.Take(6)); // as people count, not as computers spell
    }

    [BrowserFact]
    public async Task Search_and_filter_leave_the_rows_that_are_meant_and_count_them()
    {
        await using OpenedPage opened = await browser.OpenAsync(Mathematics);
        ILocator block = opened.Page.Locator("[data-table=item-table]");
        ILocator shown = block.Locator("tbody tr:not([hidden])");
        ILocator search = block.GetByLabel("Search");
        await search.FillAsync("pti1");
        Assert.Equal(["M1PTI1", "M1PTI11", "M1PTI12", "M1PTI14", "M1PTI17", "M1PTI18", "M1PTI19"], await shown.Locator("th").AllInnerTextsAsync());
        Assert.Equal("7 of 14 rows", await block.GetByRole(AriaRole.Status).InnerTextAsync());
        await search.FillAsync("nothing of the kind");
        Assert.Equal(0, await shown.CountAsync());
        await search.FillAsync("");
        await block.GetByLabel("Show").SelectOptionAsync("to look at");
        int flagged = await shown.CountAsync();
        Assert.InRange(flagged, 1, 13);
        Assert.Equal(flagged, await block.Locator("tbody tr[data-words~='at']").Or(block.Locator("tbody tr[data-words*='to look at']")).CountAsync());
    }

    [BrowserFact]
    public async Task An_item_opens_by_click_and_by_keyboard_alone()
    {
        await using OpenedPage opened = await browser.OpenAsync(Mathematics);
        await opened.Page.Locator("#item-3 th button").ClickAsync();
        string third = await opened.Page.Locator("#item-3 th").InnerTextAsync();
        await Assertions.Expect(opened.ChosenItem).ToHaveTextAsync(third);
        Assert.True(await opened.Page.Locator("#item figure svg").CountAsync() >= 2);

        // Tab to the table, down two rows, open; then on by its buttons.
        await opened.Page.Locator("[data-table=item-table]").GetByLabel("Search").FocusAsync();
        for (int tab = 0; tab < 60 && !await IsFocused(opened, "#item-0 th button"); tab++)
            await opened.Page.Keyboard.PressAsync("Tab");
        Assert.True(await IsFocused(opened, "#item-0 th button"), "The first item is not reached by the tab key.");
        await opened.Page.Keyboard.PressAsync("ArrowDown");
        await opened.Page.Keyboard.PressAsync("ArrowDown");
        await opened.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(opened.ChosenItem).ToHaveTextAsync(await opened.Page.Locator("#item-2 th").InnerTextAsync());
        await opened.Page.Locator("#item").GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Next" }).FocusAsync();
        await opened.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(opened.ChosenItem).ToHaveTextAsync(third);
        await opened.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(opened.ChosenItem).ToHaveTextAsync(await opened.Page.Locator("#item-4 th").InnerTextAsync());
        Assert.Empty(opened.Offences);
    }

    [BrowserFact]
    public async Task Colours_follow_the_system_and_the_button()
    {
        foreach (ColorScheme scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            await using OpenedPage opened = await browser.OpenAsync(Mathematics, scheme);
            Assert.Equal(scheme == ColorScheme.Dark, await Brightness(opened) < 0.3);
            ILocator button = opened.Page.Locator("#theme");
            string[] names = new string[3];
            bool[] isDark = new bool[3];
            for (int step = 0; step < 3; step++)
            {
                await button.ClickAsync();
                names[step] = await button.InnerTextAsync();
                isDark[step] = await Brightness(opened) < 0.3;
            }
            Assert.Equal(3, names.Distinct().Count());
            Assert.False(isDark[Array.FindIndex(names, name => name.Contains("light", StringComparison.OrdinalIgnoreCase))]);
            Assert.True(isDark[Array.FindIndex(names, name => name.Contains("dark", StringComparison.OrdinalIgnoreCase))]);
            Assert.Empty(opened.Offences);
        }
    }

    [BrowserFact]
    public async Task Paper_is_white_has_every_picture_and_no_buttons()
    {
        await using OpenedPage opened = await browser.OpenAsync(Mathematics, ColorScheme.Dark);
        byte[] pdf = await opened.Page.PdfAsync(new PagePdfOptions { Format = "A4", PrintBackground = true });
        Assert.True(pdf.AsSpan().StartsWith("%PDF"u8));
        Assert.InRange(pdf.Length, 30_000, 5_000_000);
        await opened.Page.EmulateMediaAsync(new PageEmulateMediaOptions { Media = Media.Print });
        await opened.Page.EvaluateAsync("() => window.dispatchEvent(new Event('beforeprint'))");
        Assert.Equal(await opened.Page.Locator(".chart").CountAsync(), await opened.Page.Locator(".chart:has(svg)").CountAsync());
        Assert.InRange(await Brightness(opened), 0.9, 1);
        Assert.False(await opened.Page.Locator("#print").IsVisibleAsync());
        Assert.Empty(opened.Offences);
    }

    [BrowserFact]
    public async Task A_narrow_window_needs_no_scrolling_to_the_side()
    {
        await using OpenedPage opened = await browser.OpenAsync(ResultFolders.PageOf(browser.Results.Groups), width: 390);
        await opened.DrawAllAsync();
        int beyond = await opened.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - window.innerWidth");
        Assert.InRange(beyond, -100, 0);
    }

    [BrowserFact]
    public async Task Without_scripts_all_tables_can_be_read()
    {
        await using OpenedPage opened = await browser.OpenAsync(Mathematics, hasScripts: false);
        Assert.Equal(14, await opened.Page.Locator("#item-table tbody tr").CountAsync());
        Assert.True(await opened.Page.Locator("noscript p").IsVisibleAsync());
    }

    [BrowserFact]
    public async Task Five_hundred_items_are_a_page_of_less_than_five_megabytes_that_works()
    {
        string page = ResultFolders.PageOf(browser.Results.Large);
        Assert.InRange(new FileInfo(page).Length, 100_000, 5_000_000);
        await using OpenedPage opened = await browser.OpenAsync(page);
        Assert.Equal(500, await opened.Page.Locator("#item-table tbody tr").CountAsync());
        await opened.Page.Locator("[data-table=item-table]").GetByLabel("Search").FillAsync("question250");
        await opened.Page.Locator("#item-249 th button").ClickAsync();
        await Assertions.Expect(opened.ChosenItem).ToHaveTextAsync("question250");
        Assert.Empty(opened.Offences);
    }

    private static async Task<double[]> Values(OpenedPage opened, int column)
    {
        string[] values = await opened.Page.Locator("#item-table tbody tr").EvaluateAllAsync<string[]>("(rows, column) => rows.map(row => row.cells[column].dataset.value)", column);
        return [.. values.Select(value => double.Parse(value, CultureInfo.InvariantCulture))];
    }

    private static async Task<bool> IsFocused(OpenedPage opened, string selector) => await opened.Page.EvaluateAsync<bool>("selector => document.activeElement === document.querySelector(selector)", selector);

    /// <summary>Mean of red, green and blue behind the text, from 0 to 1.</summary>
    private static async Task<double> Brightness(OpenedPage opened)
    {
        string colour = await opened.Page.EvaluateAsync<string>("() => getComputedStyle(document.body).backgroundColor");
        double[] parts = [.. colour[(colour.IndexOf('(', StringComparison.Ordinal) + 1)..^1].Split(',').Take(3).Select(part => double.Parse(part, CultureInfo.InvariantCulture))];
        return parts.Average() / 255;
    }
}
