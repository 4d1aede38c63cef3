using System.Text;
using IrtGpu.Foundation.Tables.Text;

namespace IrtGpu.Foundation.Tests.Tables.Text;

public sealed class TableCharactersTests
{
    /// <summary>Here ~ stands for a double quote that is text.</summary>
    [Theory]
    [InlineData("a,b\n5\" nail,x\"y\"z\n", "a,b\n5~ nail,x~y~z\n")]
    [InlineData("a,b\n\"5\"\" nail, \"\"x\"\"\",1\n", "a,b\n\"5\"\" nail, \"\"x\"\"\",1\n")]
    [InlineData("a,b\n  \"q\" ,\t\"r\"\n", "a,b\n  \"q\" ,\t\"r\"\n")]
    [InlineData("a\tb\n \"q\"\t\"r\t\"\n", "a\tb\n \"q\"\t\"r\t\"\n")]
    [InlineData("a,b\n\"1\"0\"2\",3\n", "a,b\n\"1\"0~2~,3\n")]
    [InlineData("a,b\n\"\",\"\"\r\n\"\"\"\",1", "a,b\n\"\",\"\"\r\n\"\"\"\",1")]
    [InlineData("\uFEFF\"a\",b\n\"never,closed\n", "\"a\",b\n\"never,closed\n")]
    [InlineData("a;b\n1;\"x\r\ny\"\r\"2\";y\"\r", "a;b\n1;\"x\r\ny\"\r\"2\";y~\r")]
    [InlineData("", "")]
    public void Quotes_are_text_unless_they_open_a_field(string text, string expected)
    {
        for (int bufferLength = 8; bufferLength < 30; bufferLength++) // the shortest holds the header
        {
            using TableCharacters characters = new(new MemoryStream(Encoding.UTF8.GetBytes(text)), bufferLength);
            Assert.Equal(expected, characters.ReadToEnd().Replace(TableCharacters.BareQuote, '~'));
        }
    }

    [Theory]
    [InlineData("a,b;c\n", ',')]
    [InlineData("\n \na;b\n", ';')]
    [InlineData("\"a,b\"\tc\n", '\t')]
    [InlineData("one\n1;2;3\n", ',')]
    public void Delimiter_is_found_in_the_header(string text, char expected) =>
        Assert.Equal(expected, new TableCharacters(new MemoryStream(Encoding.UTF8.GetBytes(text))).Delimiter);

    [Theory]
    [InlineData("a\n\0\n")]
    [InlineData("a\nÅ\n")]
    public void Bytes_that_are_no_text_end_it(string text)
    {
        using TableCharacters characters = new(new MemoryStream([.. Enumerable.Repeat((byte)'x', 1 << 19), .. Encoding.Latin1.GetBytes(text)]));
        Assert.Throws<DecoderFallbackException>(characters.ReadToEnd);
    }
}
