using System.Buffers;
using System.Globalization;
using System.Text;
using IrtGpu.Data;
using IrtGpu.Data.Reading;
using IrtGpu.Foundation.Tables.Problems;

namespace IrtGpu.Tests.Data.Reading;

/// <summary>Random tables, written in random dialects, read back the same.</summary>
public sealed class ResponseReaderPropertyTests : TableFixture
{
    private static readonly string[] Labels = ["north", "süd", "a \"b\"", "x;y,z\tw", "two\nlines", "cr\rlf\r\n"];
    private static readonly SearchValues<char> MustQuote = SearchValues.Create("\",;\t\r\n");

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Every_dialect_reads_alike(int seed)
    {
        var random = new Random(seed);
        Table table = Table.Draw(random);
        foreach (char delimiter in ",;\t")
        {
            foreach (string lineEnd in (string[])["\n", "\r\n", "\r"])
            {
                bool quoteAll = random.Next(2) == 0;
                byte[] bytes = Encoding.UTF8.GetBytes(table.Write(delimiter, lineEnd, quoteAll, lastLineEnds: random.Next(2) == 0));
                if (random.Next(2) == 0)
                    bytes = [0xEF, 0xBB, 0xBF, .. bytes];
                string path = Write(random.Next(3) == 0 ? Compress(bytes) : bytes);
                table.AssertRead(path);
            }
        }
    }

    [Fact]
    public void Problems_and_warnings_of_a_file_of_many_buffers_keep_their_lines()
    {
        var text = new StringBuilder("id,q1,q2\n");
        long bad = 0;
        List<long> ragged = [];
        List<long> repeated = [];
        HashSet<string> seen = [];
        long line = 2;
        for (int row = 0; row < 20_000; row++)
        {
            string id = row % 7 == 0 ? $"\"p\n{row}\"" : $"p{row % 9000}";
            bool isBad = row % 1997 == 1996;
            bool isRagged = row % 3001 == 3000;
            text.Append(CultureInfo.InvariantCulture, $"{id},{(isBad ? "?" : row % 2)},{row % 3}{(isRagged ? ",4" : "")}\n");
            if (isBad && bad == 0)
                bad = line;
            if (isRagged)
                ragged.Add(line);
            if (!seen.Add(id))
                repeated.Add(line);
            line += row % 7 == 0 ? 2 : 1;
        }
        var options = new ResponseReaderOptions { IdColumn = "id" };
        DataException error = Fail(text.ToString(), options);
        Assert.Equal([bad, ragged[0]], error.Problems.Select(problem => problem.Line!.Value));
        Assert.StartsWith($"{ragged.Count} rows have 4 fields where the header has 3: lines {ragged[0]}", error.Problems[1].Message, StringComparison.Ordinal);
        Assert.Contains($", {ragged[4]}", error.Problems[1].Message, StringComparison.Ordinal);

        ResponseData good = Read(text.ToString().Replace('?', '1').Replace(",4\n", "\n", StringComparison.Ordinal), options);
        DataProblem warning = Assert.Single(good.Warnings);
        Assert.Contains($"{repeated.Count} row(s) repeat an id seen before: lines {repeated[0]} (", warning.Message, StringComparison.Ordinal);
        Assert.Contains($", {repeated[4]} (", warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Record_longer_than_a_buffer_is_read_whole()
    {
        string id = new('x', 100_000);
        ResponseData data = ResponseReader.Read(
            Write($"id,q\na,0\n\"{id}\n{id}\",1\nb,1\n"), new ResponseReaderOptions { IdColumn = "id" }, TestContext.Current.CancellationToken);
        Assert.Equal(["a", $"{id}\n{id}", "b"], data.Ids!);
        Assert.Equal([0, 1, 1], data.Responses.ToArray());
    }

    [Fact]
    public void Persons_of_several_blocks_keep_their_order_and_repeats_are_found_across_them()
    {
        const int personCount = 120_000;
        StringBuilder text = new("id,a,b,c,d,e\n");
        for (int person = 0; person < personCount; person++)
            text.Append(person == personCount - 2 ? 5 : person).Append(person % 3 == 0 ? ",0,1,0,1,1\n" : person % 3 == 1 ? ",1,0,NA,0,2\n" : ",1,1,1,1,0\n");
        ResponseData data = ResponseReader.Read(
            Write(text.ToString()), new ResponseReaderOptions { IdColumn = "id" }, TestContext.Current.CancellationToken);
        Assert.Equal(Enumerable.Range(0, personCount).Select(person => $"{(person == personCount - 2 ? 5 : person)}"), data.Ids!);
        AssertProblem(Assert.Single(data.Warnings), personCount, "id", "1 row(s) repeat an id", $"{personCount} ('5')");
        byte[][] rows = [[0, 1, 0, 1, 1], [1, 0, ResponseData.Missing, 0, 2], [1, 1, 1, 1, 0]];
        for (int person = 0; person < personCount; person++)
            Assert.True(data.Row(person).SequenceEqual(rows[person % 3]));
    }

    private sealed record Table(string[] ItemNames, int?[][] Codes, string[] Ids, string[] Groups, double[] Weights, string[] Classes)
    {
        public static Table Draw(Random random)
        {
            int itemCount = random.Next(1, 40);
            int personCount = random.Next(20, 200);
            int[][] choices = [.. Enumerable.Range(0, itemCount).Select(item => Enumerable.Range(0, random.Next(2, 9))
                .Select(_ => item % 3 == 0 ? -200 - random.Next(5000) : random.Next(4) == 0 ? random.Next(5000) : random.Next(300)).ToArray())];
            return new Table(
                [.. Enumerable.Range(0, itemCount).Select(item => item % 5 == 4 ? $"item, \"{item}\"" : $"q{item}")],
                [.. Enumerable.Range(0, personCount).Select(person => choices
                    .Select(codes => person >= 10 && random.Next(5) == 0 ? (int?)null : codes[person % codes.Length]).ToArray())],
                [.. Enumerable.Range(0, personCount).Select(person => Labels[random.Next(Labels.Length)] + person)],
                [.. Enumerable.Range(0, personCount).Select(_ => Labels[random.Next(3)])],
                [.. Enumerable.Range(0, personCount).Select(_ => random.Next(3) == 0 ? random.NextDouble() + 0.1 : random.Next(1, 9))],
                [.. Enumerable.Range(0, personCount).Select(_ => random.Next(3) == 0 ? "" : Labels[random.Next(4)])]);
        }

        public string Write(char delimiter, string lineEnd, bool quoteAll, bool lastLineEnds)
        {
            var lines = new List<string> { Join([.. ItemNames.Prepend("class").Prepend("weight").Prepend("group").Prepend("id")]) };
            for (int person = 0; person < Ids.Length; person++)
            {
                string[] codes = [.. Codes[person].Select(code => code?.ToString(CultureInfo.InvariantCulture) ?? (person % 2 == 0 ? "" : "NA"))];
                lines.Add(Join([Ids[person], Groups[person], Weights[person].ToString("R", CultureInfo.InvariantCulture), Classes[person], .. codes]));
            }
            return string.Join(lineEnd, lines) + (lastLineEnds ? lineEnd : "");

            string Join(string[] fields) => string.Join(delimiter, fields.Select(field =>
                quoteAll || field.AsSpan().ContainsAny(MustQuote) ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field));
        }

        public void AssertRead(string path)
        {
            var options = new ResponseReaderOptions { IdColumn = "id", GroupColumn = "group", WeightColumn = "weight", ClassColumn = "class" };
            if (Enumerable.Range(0, ItemNames.Length).Any(item => Codes.Select(row => row[item]).OfType<int>().Distinct().Count() < 2))
                Assert.Fail("The drawn table has a constant item; change the seed.");
            ResponseData data = ResponseReader.Read(path, options, TestContext.Current.CancellationToken);
            Assert.Equal(ItemNames, data.ItemNames);
            Assert.Equal(Ids, data.Ids!);
            Assert.Equal(Weights, data.Weights!);
            Assert.Equal(Groups, data.Groups!.Select(group => data.GroupNames[group]));
            Assert.Equal(Groups.Distinct(), data.GroupNames);
            Assert.Equal(Classes, data.KnownClasses!.Select(known => known < 0 ? "" : data.ClassNames[known]));
            Assert.Equal(data.ClassNames.Order(StringComparer.Ordinal), data.ClassNames);
            for (int item = 0; item < ItemNames.Length; item++)
                Assert.Equal(Codes.Select(row => row[item]).OfType<int>().Distinct().Order(), data.CategoryCodes[item]);
            for (int person = 0; person < Ids.Length; person++)
                Assert.Equal(Codes[person], Decode(data, person));
        }

        private static IEnumerable<int?> Decode(ResponseData data, int person) =>
            data.Row(person).ToArray().Select((category, item) => category == ResponseData.Missing ? (int?)null : data.CategoryCodes[item][category]);
    }
}
