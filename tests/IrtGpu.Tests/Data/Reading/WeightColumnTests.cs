using IrtGpu.Data;
using IrtGpu.Data.Reading;

namespace IrtGpu.Tests.Data.Reading;

public sealed class WeightColumnTests : TableFixture
{
    private static readonly ResponseReaderOptions Frequency = new() { WeightColumn = "w" };
    private static readonly ResponseReaderOptions Sampling = new() { SamplingWeightColumn = "w" };

    private static string Table(IEnumerable<string> weights, string delimiter = ",") =>
        $"w{delimiter}q\n" + string.Concat(weights.Select((weight, k) => $"{weight}{delimiter}{k % 2}\n"));

    [Fact]
    public void Bad_and_missing_weights_are_told_once_a_column()
    {
        Assert.Equal(2, Fail(Table(["1", "NA", "x", "", "-3", "2"]), Frequency).TotalCount);
        AssertSingle(Fail(Table(["1", "-99", "-99", "2"]), Frequency with { MissingCodes = ["-99"] }), 3, "w", "The weight of 2 rows is missing: lines 3 ('-99'), 4 ('-99')");
    }

    [Fact]
    public void Decimal_commas_are_read_where_fields_have_another_delimiter()
    {
        ResponseData data = Read(Table(["1,5", "0,25", "2"], ";"), Sampling);
        Assert.Equal([1.5, 0.25, 2], data.Weights!);
        AssertProblem(Assert.Single(data.Warnings), 2, "w", "2 rows have a weight with a decimal comma", "lines 2 ('1,5'), 3 ('0,25')");
        AssertSingle(Fail(Table(["1,5", "0.25"], ";"), Sampling), 2, "w", "decimals or thousands");
        AssertSingle(Fail(Table(["1,500", "2,250"], "\t"), Sampling), 2, "w", "decimals or thousands");
        Assert.Equal([1.5, 0.25], Read(Table(["1,500", "0,250"], ";"), Sampling).Weights!);
    }

    [Fact]
    public void Whole_codes_may_have_a_decimal_comma() => Assert.Equal([0, 1, 0], Read("q;x\n1,0;0\n2,00;1\n1;1\n").Responses.ToArray().Where((_, k) => k % 2 == 0));

    [Fact]
    public void Fractions_and_sums_far_above_the_rows_are_asked_about()
    {
        Asks(Table(Enumerable.Range(0, 40).Select(k => k == 7 ? "1.5" : "1")), "fractions (such as 1.5)");
        Asks(Table(Enumerable.Range(0, 40).Select(_ => "250")), "sum to 10000, far more than the 40 rows");
        Assert.Empty(Read("w,a,b\n120,0,0\n300,0,1\n80,1,0\n500,1,1\n", Frequency).Warnings); // a table of patterns
        Assert.Empty(Read(Table(Enumerable.Range(0, 40).Select(k => $"{k % 5 + 1}")), Frequency).Warnings);
        Assert.Empty(Read(Table(Enumerable.Range(0, 40).Select(_ => "250.5")), Sampling).Warnings);

        void Asks(string text, string what) =>
            AssertProblem(Assert.Single(Read(text, Frequency).Warnings), null, "w", what, "Frequency or sampling?", "--sampling-weight w");
    }

    [Fact]
    public void A_row_has_one_weight() =>
        AssertSingle(Fail("w,v,q\n1,1,0\n1,1,1\n", Frequency with { SamplingWeightColumn = "v" }), 1, "v", "--weight and --sampling-weight");

    [Fact]
    public void Sums_that_cannot_be_counted_are_refused_for_frequencies_only()
    {
        AssertSingle(Fail(Table(["1e308", "1e308"]), Frequency), null, "w", "more than any number", "--sampling-weight");
        AssertSingle(Fail(Table(["1e15", "1e16"]), Frequency), null, "w", "1.1e+16", "9.01e+15");
        ResponseData data = Read(Table(["1e308", "1e308"]), Sampling);
        Assert.True(data.AreSamplingWeights);
        Assert.Equal([1, 1], PatternTable.Compress(data).Frequency);
    }
}
