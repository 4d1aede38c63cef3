namespace IrtGpu.Fit.LimitedInformation.Moments;

/// <summary>A matrix of which each row has few elements.</summary>
internal sealed class SparseRows(int rowCount, int columnCount)
{
    private readonly (int[] Columns, double[] Values)[] rows = new (int[], double[])[rowCount];

    public int RowCount => rows.Length;

    public int ColumnCount => columnCount;

    public ReadOnlySpan<int> Columns(int row) => rows[row].Columns;

    public ReadOnlySpan<double> Values(int row) => rows[row].Values;

    public void Set(int row, int[] columns, double[] values) => rows[row] = (columns, values);

    /// <summary>The matrix with all elements multiplied.</summary>
    public SparseRows Times(double factor)
    {
        SparseRows product = new(rows.Length, columnCount);
        for (int row = 0; row < rows.Length; row++)
        {
            if (rows[row].Values is { } values)
                product.Set(row, rows[row].Columns, [.. values.Select(value => value * factor)]);
        }
        return product;
    }

    /// <summary>Adds Aᵀ v.</summary>
    public void AddTransposed(ReadOnlySpan<double> vector, Span<double> product)
    {
        for (int row = 0; row < rows.Length; row++)
        {
            ReadOnlySpan<int> columns = Columns(row);
            ReadOnlySpan<double> values = Values(row);
            for (int k = 0; k < columns.Length; k++)
                product[columns[k]] += values[k] * vector[row];
        }
    }

    /// <summary>Subtracts A x.</summary>
    public void Subtract(ReadOnlySpan<double> vector, Span<double> difference)
    {
        for (int row = 0; row < rows.Length; row++)
        {
            ReadOnlySpan<int> columns = Columns(row);
            ReadOnlySpan<double> values = Values(row);
            double sum = 0;
            for (int k = 0; k < columns.Length; k++)
                sum += values[k] * vector[columns[k]];
            difference[row] -= sum;
        }
    }
}

/// <summary>A row in the making; one instance serves one thread.</summary>
internal sealed class RowScratch(int columnCount, int nodeCount)
{
    private readonly double[] dense = new double[columnCount];
    private readonly bool[] isTouched = new bool[columnCount];
    private readonly List<int> touched = [];

    /// <summary>Room for a product over nodes.</summary>
    public double[] Product { get; } = new double[nodeCount];

    /// <summary>Adds the derivative by a free parameter.</summary>
    public void Add(int free, double derivative)
    {
        if (!isTouched[free])
        {
            isTouched[free] = true;
            touched.Add(free);
        }
        dense[free] += derivative;
    }

    /// <summary>Hands the row over and begins the next.</summary>
    public void MoveTo(SparseRows rows, int row)
    {
        touched.Sort();
        rows.Set(row, [.. touched], [.. touched.Select(column => dense[column])]);
        foreach (int column in touched)
        {
            dense[column] = 0;
            isTouched[column] = false;
        }
        touched.Clear();
    }
}
