using IrtGpu.Foundation.Formulas.Columns;

namespace IrtGpu.Foundation.Formulas.Design;

/// <summary>The columns that a set of terms makes.</summary>
/// <param name="Names">As R names them. [column]</param>
/// <param name="Columns">Values. [column][row]</param>
internal sealed record DesignMatrix(string[] Names, double[][] Columns)
{
    private const long MostNumbers = 500_000_000; // 4 GB
    private const int MostColumns = 2500;

    /// <summary>Name of the constant.</summary>
    public const string Intercept = "(Intercept)";

    /// <summary>Makes the columns of the terms: products of numbers and of indicators of levels.</summary>
    /// <param name="terms">The terms.</param>
    /// <param name="variables">Evaluates variables.</param>
    /// <exception cref="Tables.Problems.DataException">There would be more columns than can be worked with.</exception>
    public static DesignMatrix Build(TermSet terms, VariableReader variables)
    {
        Variable[] read = [.. terms.Variables.Select(variables.Read)];
        bool[] isFactor = [.. read.Select(variable => variable.IsFactor)];
        RequireSize(terms, read, isFactor, variables.Rows);
        int rowCount = variables.Rows.Count;
        List<string> names = [];
        List<double[]> columns = [];
        if (terms.HasIntercept)
        {
            double[] ones = new double[rowCount];
            Array.Fill(ones, 1);
            names.Add(Intercept);
            columns.Add(ones);
        }
        for (int term = 0; term < terms.Terms.Count; term++)
        {
            List<(string Name, double[] Values)> products = [];
            foreach (int position in terms.Terms[term])
            {
                List<(string Name, double[] Values)> parts = Coded(read[position], isFactor[position] && terms.HasAllLevels(term, position, isFactor), rowCount);
                products = products.Count == 0
                    ? parts
                    : [.. parts.SelectMany(part => products.Select(product => (product.Name + ":" + part.Name, Multiply(product.Values, part.Values))))];
            }
            names.AddRange(products.Select(product => product.Name));
            columns.AddRange(products.Select(product => product.Values));
        }
        return new DesignMatrix([.. names], [.. columns]);
    }

    private static void RequireSize(TermSet terms, Variable[] read, bool[] isFactor, RowSelection rows)
    {
        double count = terms.HasIntercept ? 1 : 0;
        for (int term = 0; term < terms.Terms.Count; term++)
            count += terms.Terms[term].Aggregate(1.0, (product, position) => product * (read[position].Names.Length - (isFactor[position] && !terms.HasAllLevels(term, position, isFactor) ? 1 : 0)));
        if (count <= MostColumns && count * rows.Count <= MostNumbers)
            return;
        int largest = Enumerable.Range(0, read.Length).MaxBy(position => read[position].Names.Length);
        string factor = terms.Variables[largest].ToString();
        throw rows.Failure(FormattableString.Invariant(
            $"The formula makes {count:0} columns over {rows.Count} rows; '{factor}' alone has {read[largest].Names.Length} levels. That many coefficients ({MostColumns} at most) are neither estimated well nor read by anyone. Let them vary at random, (1 | {factor}), or leave the factor out."), factor);
    }

    private static List<(string Name, double[] Values)> Coded(Variable variable, bool allLevels, int rowCount)
    {
        if (variable.Level is not { } level)
            return [.. variable.Names.Zip(variable.Columns)];
        List<(string, double[])> indicators = [];
        for (int shown = allLevels ? 0 : 1; shown < variable.Names.Length; shown++)
        {
            double[] values = new double[rowCount];
            for (int row = 0; row < rowCount; row++)
                values[row] = level[row] == shown ? 1 : 0;
            indicators.Add((variable.Names[shown], values));
        }
        return indicators;
    }

    private static double[] Multiply(double[] left, double[] right)
    {
        double[] product = new double[left.Length];
        for (int row = 0; row < product.Length; row++)
            product[row] = left[row] * right[row];
        return product;
    }
}
