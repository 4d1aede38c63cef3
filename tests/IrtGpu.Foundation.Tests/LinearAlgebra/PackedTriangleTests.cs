using IrtGpu.Foundation.LinearAlgebra;

namespace IrtGpu.Foundation.Tests.LinearAlgebra;

public sealed class PackedTriangleTests
{
    [Fact]
    public void Elements_stand_row_after_row()
    {
        const int Order = 7;
        int place = 0;
        for (int row = 0; row < Order; row++)
        {
            for (int column = 0; column <= row; column++)
            {
                Assert.Equal(place, PackedTriangle.Index(row, column));
                Assert.Equal(place, PackedTriangle.SymmetricIndex(row, column));
                Assert.Equal(place++, PackedTriangle.SymmetricIndex(column, row));
            }
            Assert.Equal(place - 1, PackedTriangle.Diagonal(row));
        }
        Assert.Equal(place, PackedTriangle.Length(Order));
    }
}
