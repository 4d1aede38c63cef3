using System.Text;
using IrtGpu.Data;
using IrtGpu.Data.Reading;

namespace IrtGpu.Tests.Data.Reading;

public sealed class PersonIdsTests : TableFixture
{
    [Fact]
    public void Strings_come_back_across_parts()
    {
        string[] expected = ["a", "", "Åse", "007", "x,\"y\"\nz", "", new string('q', 5000), "b"];
        PersonIds ids = new([Part(expected[..3]), Part(), Part(expected[3..4]), Part(expected[4..])]);
        Assert.Equal(expected.Length, ids.Count);
        Assert.Equal(expected, ids);
        Assert.Equal(expected, Enumerable.Range(0, ids.Count).Select(person => ids[person]));
        Assert.True(ids.Utf8(2).SequenceEqual("Åse"u8));
        Assert.Throws<ArgumentOutOfRangeException>(() => ids[8]);
        Assert.Throws<ArgumentOutOfRangeException>(() => ids[-1]);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 40)]
    [InlineData(3, 3_000)]
    [InlineData(4, 100_000_000)]
    public void Repeats_are_those_of_a_set_of_strings(int seed, int distinct)
    {
        Random random = new(seed);
        string[] drawn = [.. Enumerable.Range(0, 5000).Select(_ => random.Next(9) == 0 ? "" : $"P{random.Next(distinct)}")];
        HashSet<string> seen = [];
        int[] expected = [.. Enumerable.Range(0, drawn.Length).Where(person => drawn[person].Length > 0 && !seen.Add(drawn[person]))];
        Assert.Equal(expected, new PersonIds([Part(drawn[..1777]), Part(drawn[1777..])]).FindRepeats());
    }

    [Fact]
    public void Nobody_has_no_repeats() => Assert.Empty(new PersonIds([]).FindRepeats());

    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    public void Large_blocks_are_joined_in_order_and_repeats_found_across_them(int threads)
    {
        const int personCount = 60_000;
        StringBuilder text = new("id,a,b,c,d,e\n");
        for (int person = 0; person < personCount; person++)
            text.Append(person == personCount - 2 ? 5 : person).Append(person % 3 == 0 ? ",0,1,0,1,1\n" : person % 3 == 1 ? ",1,0,NA,0,2\n" : ",1,1,1,1,0\n");
        ResponseData data = ResponseReader.Read(
            Write(text.ToString()), new ResponseReaderOptions { IdColumn = "id", Threads = threads }, 500_000, TestContext.Current.CancellationToken);
        Assert.Equal(Enumerable.Range(0, personCount).Select(person => $"{(person == personCount - 2 ? 5 : person)}"), data.Ids!);
        AssertProblem(Assert.Single(data.Warnings), personCount, "id", "1 row(s) repeat an id", $"{personCount} ('5')");
        byte[][] rows = [[0, 1, 0, 1, 1], [1, 0, ResponseData.Missing, 0, 2], [1, 1, 1, 1, 0]];
        for (int person = 0; person < personCount; person++)
            Assert.True(data.Row(person).SequenceEqual(rows[person % 3]));
    }

    private static PersonIds.Part Part(params string[] ids)
    {
        PersonIds.Part part = new();
        foreach (string id in ids)
            part.Add(Encoding.UTF8.GetBytes(id));
        part.Trim();
        return part;
    }
}
