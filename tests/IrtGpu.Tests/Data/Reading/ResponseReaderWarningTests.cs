using IrtGpu.Data;
using IrtGpu.Data.Reading;
using IrtGpu.Foundation.Tables.Problems;

namespace IrtGpu.Tests.Data.Reading;

public sealed class ResponseReaderWarningTests : TableFixture
{
    [Fact]
    public void Persons_who_answered_nothing_are_kept()
    {
        ResponseData data = Read("q1,q2\n0,1\n,NA\n1,0\n.,\n");
        Assert.Equal(4, data.PersonCount);
        AssertProblem(Assert.Single(data.Warnings), 3, null, "2 person(s) answered nothing", "lines 3, 5", "kept", "--missing");
    }

    [Fact]
    public void Repeated_ids_are_named_with_the_first_places()
    {
        string rows = string.Concat(Enumerable.Range(0, 10).Select(i => $"p{i % 2},{i % 2}\n"));
        ResponseData data = Read("id,q1\n" + rows, new ResponseReaderOptions { IdColumn = "id" });
        Assert.Equal(10, data.PersonCount);
        AssertProblem(Assert.Single(data.Warnings), 4, "id", "8 row(s) repeat an id", "4 ('p0'), 5 ('p1'), 6 ('p0'), 7 ('p1'), 8 ('p0'), …", "remove");
    }

    [Fact]
    public void Blank_ids_are_not_repeats() =>
        AssertProblem(Assert.Single(Read("id,q1\n,0\n,1\n", new ResponseReaderOptions { IdColumn = "id" }).Warnings), 2, "id", "2 row(s) have a blank id", "fill");

    [Fact]
    public void Zero_weights_are_kept()
    {
        ResponseData data = Read("w,q1\n1,0\n0,1\n0.0,1\n2,1\n", new ResponseReaderOptions { WeightColumn = "w" });
        Assert.Equal([1, 0, 0, 2], data.Weights!);
        AssertProblem(Assert.Single(data.Warnings), 3, "w", "2 row(s) have weight 0", "lines 3, 4", "kept");
    }

    [Fact]
    public void Blank_lines_are_counted()
    {
        ResponseData data = Read("\nq1,q2\n\n0,1\n   \n1,0\n\n");
        Assert.Equal([0, 1, 1, 0], data.Responses.ToArray());
        AssertProblem(Assert.Single(data.Warnings), 3, null, "3 blank line(s) skipped", "lines 3, 5, 7", "Remove them");
    }

    [Fact]
    public void Maps_that_change_codes_are_told_once_for_items_alike()
    {
        ResponseData data = Read("a,b,c,d\n1,1,0,0\n2,2,1,2\n");
        AssertProblem(Assert.Single(data.Warnings), null, null, "1→0, 2→1 in 2 item(s) ('a', 'b')", "0→0, 2→1 in 1 item(s) ('d')", "gap");
    }

    [Fact]
    public void Item_nobody_in_a_group_answered_is_not_administered_there()
    {
        string items = string.Join(',', Enumerable.Range(1, 70).Select(i => $"q{i}"));
        string zeros = string.Join(',', Enumerable.Repeat("0", 69));
        string ones = string.Join(',', Enumerable.Repeat("1", 69));
        ResponseData data = Read(
            $"g,{items}\nA,{zeros},0\nA,{ones},1\nB,NA,{zeros}\nB,NA,{ones}\n", new ResponseReaderOptions { GroupColumn = "g" });
        AssertProblem(Assert.Single(data.Warnings), null, "g", "in group 'B' 1 ('q1')", "not administered");
    }

    [Fact]
    public void Columns_that_are_no_items_of_the_fit_are_named()
    {
        ResponseData data = Read("q1,x\n1,0\n", new ResponseReaderOptions { ExpectedCategoryCodes = new Dictionary<string, int[]> { ["q1"] = [0, 1] } });
        AssertProblem(Assert.Single(data.Warnings), 1, null, "1 column(s)", "'x'", "--covariates");
    }

    [Fact]
    public void Key_lines_that_name_no_column_are_told()
    {
        string key = Write("item;key\nq1;A\nq7;B\n", "key.csv");
        ResponseData data = Read("q1\nA\nB\n", new ResponseReaderOptions { KeyPath = key });
        DataProblem warning = Assert.Single(data.Warnings);
        Assert.Equal(key, warning.File);
        Assert.Contains("'q7' (line 3)", warning.Message, StringComparison.Ordinal);
    }
}
