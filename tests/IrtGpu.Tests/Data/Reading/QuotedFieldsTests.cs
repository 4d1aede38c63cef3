using IrtGpu.Data;
using IrtGpu.Data.Reading;
using IrtGpu.Foundation.Tables.Problems;

namespace IrtGpu.Tests.Data.Reading;

/// <summary>Short bare fields are read by a way of their own; quoted, the same fields are read as any text.</summary>
public sealed class QuotedFieldsTests : TableFixture
{
    [Theory]
    [InlineData(1, 1, 2, 0.0)]
    [InlineData(2, 15, 3, 0.01)]
    [InlineData(3, 16, 10, 0.1)]
    [InlineData(4, 17, 2, 0.0)]
    [InlineData(5, 33, 12, 0.02)]
    [InlineData(6, 64, 4, 0.5)]
    [InlineData(7, 100, 2, 0.001)]
    [InlineData(8, 130, 10, 0.05)]
    public void Bare_fields_read_like_quoted_ones(int seed, int itemCount, int categories, double missing)
    {
        Random random = new(seed);
        string[][] rows = [.. Enumerable.Range(0, 400).Select(_ => Row(random, itemCount, categories, missing))];
        string header = string.Join(',', Enumerable.Range(0, itemCount).Select(item => $"q{item}"));
        string plain = $"{header},id,x\n" + string.Concat(rows.Select((row, k) => $"{string.Join(',', row)},p{k},{k % 2}\n"));
        string quoted = $"{header},id,x\n" + string.Concat(rows.Select((row, k) => $"{string.Join(',', row.Select(field => $"\"{field}\""))},p{k},{k % 2}\n"));
        ResponseReaderOptions options = new() { IdColumn = "id" };
        AssertAlike(plain, quoted, options);
        AssertAlike(plain.Replace(',', '\t'), quoted.Replace(',', ';'), options);
        AssertAlike(plain, quoted, options with { MissingCodes = ["1"], Items = "q*", Covariates = ["x"] }, mayFail: true);
        AssertAlike(plain, quoted, options with { MissingCodes = ["", "NA", "0"] }, mayFail: true);

        // A fit knows the items in another order, with codes that are not categories of these data.
        Dictionary<string, int[]> expected = Enumerable.Range(0, itemCount).OrderBy(item => item * 7919 % 31)
            .ToDictionary(item => $"q{item}", _ => Enumerable.Range(-1, categories + 2).ToArray());
        AssertAlike(plain, quoted, options with { ExpectedCategoryCodes = expected });
        if (categories > 2)
        {
            expected["q0"] = [0, 1];
            AssertAlike(plain, quoted, options with { ExpectedCategoryCodes = expected }, mayFail: true);
        }
    }

    [Fact]
    public void Item_of_more_categories_than_places_beyond_the_digits_is_read()
    {
        // 254 categories of which none is a digit, then the same with some digits at the end.
        int[] codes = [.. Enumerable.Range(1000, 250), 3, 0, 9, 7];
        ResponseData data = Read("q,r\n" + string.Concat(codes.Select((code, k) => $"{code},{k % 2}\n")));
        Assert.Equal(codes.Order(), data.CategoryCodes[0]);
        Assert.Equal(codes, Enumerable.Range(0, codes.Length).Select(person => data.CategoryCodes[0][data.Row(person)[0]]));
    }

    private static string[] Row(Random random, int itemCount, int categories, double missing)
    {
        string[] row = [.. Enumerable.Range(0, itemCount).Select(_ => $"{random.Next(categories)}")];
        for (int item = 0; item < itemCount; item++)
        {
            if (random.NextDouble() >= missing)
                continue;
            string text = random.Next(2) == 0 ? "" : "NA";
            for (int end = Math.Min(itemCount, item + random.Next(1, 30)); item < end; item++)
                row[item] = text;
        }
        return row;
    }

    private void AssertAlike(string plain, string quoted, ResponseReaderOptions options, bool mayFail = false)
    {
        DataException? error = null;
        ResponseData? expected = null;
        try
        {
            expected = Read(quoted, options);
        }
        catch (DataException found) when (mayFail)
        {
            error = found;
        }
        if (error is not null)
        {
            Assert.Equal(error.Message, Fail(plain, options).Message);
            return;
        }
        ResponseData actual = Read(plain, options);
        Assert.Equal(expected!.ItemNames, actual.ItemNames);
        Assert.Equal(expected.CategoryCodes, actual.CategoryCodes);
        Assert.Equal(expected.Responses.ToArray(), actual.Responses.ToArray());
        Assert.Equal(expected.Warnings.Select(warning => warning.Message), actual.Warnings.Select(warning => warning.Message));
    }
}
