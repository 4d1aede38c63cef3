using System.Text;
using IrtGpu.Foundation.Tables.Writing;


namespace IrtGpu.Foundation.Tests.Tables.Writing;

public sealed class CsvWriterTests
{
    [Theory]
    [InlineData("")]
    [InlineData("p1")]
    [InlineData("Åse 学")]
    [InlineData(" a")]
    [InlineData("a ")]
    [InlineData("a,b")]
    [InlineData("5\" nail")]
    [InlineData("two\nlines")]
    [InlineData("a;b")]
    [InlineData("a\tb")]
    public void Bytes_are_written_as_the_text_they_spell(string text)
    {
        foreach (string value in new[] { text, text + new string('z', 4096), text + new string('é', 70_000) })
        {
            string expected = Write(csv => csv.Field(value));
            Assert.Equal(expected, Write(csv => csv.Field(Encoding.UTF8.GetBytes(value).AsSpan())));
            Assert.Contains(value.Replace("\"", "\"\"", StringComparison.Ordinal), expected, StringComparison.Ordinal);
        }
    }

    private static string Write(Action<CsvWriter> field)
    {
        using MemoryStream stream = new();
        using (CsvWriter csv = new(stream))
        {
            csv.Field(1);
            field(csv);
            csv.Field(2);
            csv.EndRecord();
        }
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
