using IrtGpu.Foundation.LinearAlgebra;

namespace IrtGpu.Regression.Mixtures.Levels.Density;

/// <summary>Where the cross-products of a cell stand: ZᵀZ, ZᵀX, Zᵀy, XᵀX, Xᵀy, yᵀy, number of rows.</summary>
/// <param name="FixedCount">Columns of X, p.</param>
/// <param name="EffectCount">Columns of Z, q.</param>
internal readonly record struct ProductLayout(int FixedCount, int EffectCount)
{
    /// <summary>ZᵀX, after the packed triangle of ZᵀZ. [q, p]</summary>
    public int EffectsFixed => PackedTriangle.Length(EffectCount);

    /// <summary>Zᵀy. [q]</summary>
    public int EffectsResponse => EffectsFixed + EffectCount * FixedCount;

    /// <summary>XᵀX, packed triangle.</summary>
    public int Fixed => EffectsResponse + EffectCount;

    /// <summary>Xᵀy. [p]</summary>
    public int FixedResponse => Fixed + PackedTriangle.Length(FixedCount);

    /// <summary>yᵀy.</summary>
    public int Response => FixedResponse + FixedCount;

    /// <summary>Number of rows.</summary>
    public int Rows => Response + 1;

    public int Length => Rows + 1;
}

/// <summary>Cross-products of every cell, <see cref="Lane"/> cells side by side, each parent shard beginning a block of its own.</summary>
internal sealed class CellProducts
{
    private CellProducts(ProductLayout layout, int lane, double[] values)
    {
        Layout = layout;
        Lane = lane;
        Values = values;
    }

    public ProductLayout Layout { get; }

    /// <summary>Cells side by side.</summary>
    public int Lane { get; }

    /// <summary>[block, entry, lane]; slots without a cell are 0.</summary>
    public double[] Values { get; }

    /// <summary>Place of the first entry of a slot; entries are <see cref="Lane"/> apart.</summary>
    /// <param name="slot">Position of a cell.</param>
    public int Offset(int slot) => slot / Lane * Layout.Length * Lane + slot % Lane;

    /// <summary>Adds up the rows of each cell.</summary>
    /// <param name="cells">The cells.</param>
    /// <param name="fixedColumns">X, rows multiplied by the root of their weight. [p][row]</param>
    /// <param name="effectColumns">Z, likewise. [q][row]</param>
    /// <param name="response">y, likewise. [row]</param>
    /// <param name="lane">Cells side by side.</param>
    /// <param name="slotCount">Number of slots, a multiple of the lane.</param>
    /// <param name="slotOf">Slot of a cell.</param>
    public static CellProducts Build(LevelCells cells, double[][] fixedColumns, double[][] effectColumns, double[] response, int lane, int slotCount, Func<int, int> slotOf)
    {
        ProductLayout layout = new(fixedColumns.Length, effectColumns.Length);
        CellProducts products = new(layout, lane, new double[(long)slotCount * layout.Length]);
        for (int cell = 0; cell < cells.Count; cell++)
        {
            int offset = products.Offset(slotOf(cell));
            for (int position = cells.RowStart[cell]; position < cells.RowStart[cell + 1]; position++)
                products.Add(offset, cells.Rows[position], fixedColumns, effectColumns, response);
        }
        return products;
    }

    private void Add(int offset, int row, double[][] fixedColumns, double[][] effectColumns, double[] response)
    {
        ProductLayout layout = Layout;
        double y = response[row];
        for (int a = 0; a < layout.EffectCount; a++)
        {
            double z = effectColumns[a][row];
            for (int b = 0; b <= a; b++)
                Values[offset + PackedTriangle.Index(a, b) * Lane] += z * effectColumns[b][row];
            for (int x = 0; x < layout.FixedCount; x++)
                Values[offset + (layout.EffectsFixed + a * layout.FixedCount + x) * Lane] += z * fixedColumns[x][row];
            Values[offset + (layout.EffectsResponse + a) * Lane] += z * y;
        }
        for (int x = 0; x < layout.FixedCount; x++)
        {
            for (int other = 0; other <= x; other++)
                Values[offset + (layout.Fixed + PackedTriangle.Index(x, other)) * Lane] += fixedColumns[x][row] * fixedColumns[other][row];
            Values[offset + (layout.FixedResponse + x) * Lane] += fixedColumns[x][row] * y;
        }
        Values[offset + layout.Response * Lane] += y * y;
        Values[offset + layout.Rows * Lane]++;
    }
}
