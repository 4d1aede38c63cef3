using System.Numerics.Tensors;
using IrtGpu.Foundation.Formulas.Design;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Foundation.Vectors;
using IrtGpu.Regression.Mixed.Equations;

namespace IrtGpu.Regression.Mixed;

/// <summary>A mixed model made ready for computing: columns weighted, orthogonal and of unit size, the response without its least-squares fit.</summary>
/// <remarks>
/// X = QR with Q in place of X; Z of each term likewise, which is only another parametrisation of its covariance matrix; the response is
/// (y − offset − Xb)/s with b of least squares and s the root mean square of what is left. So no scale of a variable matters to the arithmetic.
/// </remarks>
internal sealed class MixedProblem
{
    private MixedProblem(ModelFrame frame, OrthogonalColumns fixedBasis, double[] leastSquares, double scale, IReadOnlyList<MixedTerm> terms, GroupingData[] groupings, double[] response)
    {
        Frame = frame;
        FixedBasis = fixedBasis;
        LeastSquares = leastSquares;
        Scale = scale;
        Terms = terms;
        Groupings = groupings;
        Response = response;
        Tail = [.. fixedBasis.Columns, response];
        Data = CrossProductBuilder.Build(groupings, Tail);
        Parameters = new CovarianceParameters(terms, Data.Groupings);
        LogWeights = frame.Weights is null ? 0 : frame.Weights.Sum(Math.Log);
    }

    public ModelFrame Frame { get; }

    /// <summary>The fixed columns, weighted: X = QR.</summary>
    public OrthogonalColumns FixedBasis { get; }

    /// <summary>Coefficients of Q by least squares, in units of the response. [p]</summary>
    public double[] LeastSquares { get; }

    /// <summary>Root mean square of the weighted residuals of least squares, s.</summary>
    public double Scale { get; }

    /// <summary>Random-effect terms, most levels first.</summary>
    public IReadOnlyList<MixedTerm> Terms { get; }

    /// <summary>Rows of Z by grouping factor, in order of elimination.</summary>
    public GroupingData[] Groupings { get; }

    /// <summary>The standardized response. [row]</summary>
    public double[] Response { get; }

    /// <summary>Q, then the response. [tail][row]</summary>
    public double[][] Tail { get; }

    public CrossProducts Data { get; }

    public CovarianceParameters Parameters { get; }

    /// <summary>Σ log w.</summary>
    public double LogWeights { get; }

    public int RowCount => Response.Length;

    public int FixedCount => FixedBasis.Rank;

    /// <summary>Names of the fixed columns that are estimated. [p]</summary>
    public IReadOnlyList<string> FixedNames => [.. FixedBasis.Kept.Select(column => Frame.Fixed.Names[column])];

    /// <summary>Names of the fixed columns left out because earlier ones determine them.</summary>
    public IReadOnlyList<string> AliasedNames => [.. Frame.Fixed.Names.Where((_, column) => !FixedBasis.Kept.Contains(column))];

    /// <summary>What the standardization adds to the criterion: the scale of the response and of X, and the weights.</summary>
    public double Constant(bool isRestricted) => isRestricted
        ? (RowCount - FixedCount) * 2 * Math.Log(Scale) + FixedBasis.LogDeterminant - LogWeights
        : RowCount * 2 * Math.Log(Scale) - LogWeights;

    /// <summary>Words for a covariance parameter.</summary>
    public string Describe(int parameter)
    {
        CovarianceParameters.Slot slot = Parameters.Slots[parameter];
        MixedTerm term = Terms[slot.Term];
        string row = term.Effects[slot.Row - term.Offset];
        return slot.Row == slot.Column ? $"{term.Group}: {row}" : $"{term.Group}: {row} with {term.Effects[slot.Column - term.Offset]}";
    }

    /// <exception cref="Foundation.Tables.Problems.DataException">The data cannot tell the model's parts apart.</exception>
    public static MixedProblem Build(ModelFrame frame)
    {
        int rowCount = frame.Rows.Count;
        double[]? roots = frame.Weights is null ? null : Array.ConvertAll(frame.Weights, Math.Sqrt);
        double[][] columns = [.. frame.Fixed.Columns.Select(column => Weighted(column, roots))];
        OrthogonalColumns basis = OrthogonalColumns.Factor(columns);
        if (basis.Rank >= rowCount)
        {
            throw frame.Rows.Failure(FormattableString.Invariant(
                $"The formula has {basis.Rank} coefficients and the data {rowCount} rows, so nothing is left for the residual variance. Use fewer terms or more rows."));
        }
        (double[] response, double[] leastSquares, double scale) = Residuals(frame, basis, roots);
        (IReadOnlyList<MixedTerm> terms, GroupingData[] groupings) = RandomPart(frame, roots);
        return new MixedProblem(frame, basis, leastSquares, scale, terms, groupings, response);
    }

    /// <summary>Fixed effects in units of the response, from those on the standardized scale.</summary>
    public double[] ToFixedEffects(ReadOnlySpan<double> standardized)
    {
        double[] beta = new double[FixedCount];
        for (int column = 0; column < beta.Length; column++)
            beta[column] = LeastSquares[column] + Scale * standardized[column];
        FixedBasis.SolveUpper(beta);
        return beta;
    }

    private static double[] Weighted(double[] column, double[]? roots)
    {
        double[] result = (double[])column.Clone();
        if (roots is not null)
            TensorPrimitives.Multiply(result, roots, result);
        return result;
    }

    private static (double[] Response, double[] Coefficients, double Scale) Residuals(ModelFrame frame, OrthogonalColumns basis, double[]? roots)
    {
        double[] y = (double[])frame.Response!.Clone();
        string name = frame.Formula.Response!.ToString();
        double largest = Math.Abs(TensorPrimitives.MaxMagnitude<double>(y));
        if (largest > 1e150 || (largest > 0 && largest < 1e-150))
        {
            throw frame.Rows.Failure(FormattableString.Invariant($"The response {name} reaches {largest:R}, whose square no double holds. Rescale it, for example with I({name} * 1e{(largest > 1 ? "-" : "")}{Math.Abs(Math.Floor(Math.Log10(largest))):0})."),
                row: Array.FindIndex(y, value => Math.Abs(value) == largest));
        }
        if (frame.Offset is not null)
            TensorPrimitives.Subtract(y, frame.Offset, y);
        if (y.All(value => value == y[0]))
            throw frame.Rows.Failure(FormattableString.Invariant($"The response {name} is {y[0]:R} in all {y.Length} rows used, so there is no variation to explain. Check the column."));
        if (roots is not null)
            TensorPrimitives.Multiply(y, roots, y);
        double length = FixedOrderSums.Norm(y);
        double[] coefficients = new double[basis.Rank];
        for (int pass = 0; pass < 2; pass++)
        {
            for (int column = 0; column < basis.Rank; column++)
            {
                double projection = FixedOrderSums.Dot(basis.Columns[column], y);
                coefficients[column] += projection;
                TensorPrimitives.MultiplyAdd(basis.Columns[column], -projection, y, y);
            }
        }
        double rest = FixedOrderSums.Norm(y);
        if (!(rest > 1e-13 * length))
            throw frame.Rows.Failure($"The fixed terms reproduce the response {name} exactly, so no variance is left to estimate. Check whether a term is the response itself.");
        double scale = rest / Math.Sqrt(y.Length);
        TensorPrimitives.Divide(y, scale, y);
        return (y, coefficients, scale);
    }

    private static (IReadOnlyList<MixedTerm> Terms, GroupingData[] Groupings) RandomPart(ModelFrame frame, double[]? roots)
    {
        foreach (RandomDesign design in frame.Random)
            RequireIdentified(frame, design);
        var byGroup = frame.Random.GroupBy(design => design.Group, StringComparer.Ordinal).OrderByDescending(group => group.First().Levels.Levels.Length).ToList();
        List<MixedTerm> terms = [];
        List<GroupingData> groupings = [];
        int scalar = 0;
        foreach (var group in byGroup)
        {
            List<double[]> columns = [];
            foreach (RandomDesign design in group)
            {
                double[][] own = [.. design.Effects.Columns.Select(column => Weighted(column, roots))];
                double[] standardization = TermStandardization.Apply(own)
                    ?? throw frame.Rows.Failure($"The effects {string.Join(", ", design.Effects.Names)} of the term on {design.Group} determine one another in these rows, so their variances cannot be told apart. Leave out the one that is constant or a combination of the others.");
                terms.Add(new MixedTerm(design.Group, design.Effects.Names, groupings.Count, columns.Count, standardization));
                columns.AddRange(own);
            }
            Grouping grouping = new(group.Key, group.First().Levels.Levels, columns.Count, scalar);
            groupings.Add(new GroupingData(grouping, group.First().Levels.Level, [.. columns]));
            scalar += grouping.ScalarCount;
        }
        return (terms, [.. groupings]);
    }

    private static void RequireIdentified(ModelFrame frame, RandomDesign design)
    {
        int rows = frame.Rows.Count;
        int levels = design.Levels.Levels.Length;
        if (levels < 2)
        {
            throw frame.Rows.Failure(FormattableString.Invariant(
                $"The grouping factor {design.Group} has the one level '{design.Levels.Levels[0]}' in the {rows} rows used; a variance between levels needs two at least, and many for a good estimate. Leave the term out."));
        }
        if (levels >= rows)
        {
            throw frame.Rows.Failure(FormattableString.Invariant(
                $"The grouping factor {design.Group} has {levels} levels in {rows} rows: every row is a level of its own, so its effects cannot be told from the residuals. Leave the term out, or group by something that repeats."));
        }
        if ((long)levels * design.Width >= rows)
        {
            throw frame.Rows.Failure(FormattableString.Invariant(
                $"The term on {design.Group} has {design.Width} effects at each of {levels} levels, {(long)levels * design.Width} in all, and the data {rows} rows: the effects and the residual variance cannot be told apart. Use fewer effects, for example (1 | {design.Group})."));
        }
    }
}
