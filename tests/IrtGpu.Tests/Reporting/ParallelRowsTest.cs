using System.Globalization;
using System.Text;
using IrtGpu.Reporting;

namespace IrtGpu.Tests.Reporting;

public sealed class ParallelRowsTest
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(8192)]
    [InlineData(8193)]
    [InlineData(200_001)]
    public void Rows_come_out_whole_and_in_order(int rowCount)
    {
        using MemoryStream stream = new();
        ParallelRows.Write(stream, rowCount, (csv, row) =>
        {
            csv.Field(row);
            csv.Field(Math.Sqrt(row));
            csv.EndRecord();
        });
        StringBuilder expected = new();
        for (int row = 0; row < rowCount; row++)
            expected.Append(CultureInfo.InvariantCulture, $"{row},{Math.Sqrt(row):R}\n");
        Assert.Equal(expected.ToString(), Encoding.UTF8.GetString(stream.ToArray()));
    }

    [Fact]
    public void A_row_that_fails_ends_the_writing_with_its_reason()
    {
        using MemoryStream stream = new();
        Assert.Throws<InvalidDataException>(() => ParallelRows.Write(stream, 500_000, (csv, row) =>
        {
            if (row == 100_000)
                throw new InvalidDataException();
            csv.Field(row);
            csv.EndRecord();
        }));
    }
}
