using IrtGpu.Foundation.Formulas.Design;
using IrtGpu.Foundation.Tables.Problems;
using IrtGpu.Regression.Mixtures.Parameters;
using IrtGpu.Regression.Priors;

namespace IrtGpu.Regression.Mixtures;

/// <summary>The order of classes that nothing but their parameters tells apart.</summary>
internal static class ClassOrder
{
    private const string Sigma = "sigma";
    private const string Proportion = "theta";

    /// <summary>Which class comes at each place; where classes are told apart otherwise, as they are.</summary>
    /// <param name="problem">The mixture.</param>
    /// <param name="full">Working numbers. [slot]</param>
    public static int[] Of(MixtureProblem problem, ReadOnlySpan<double> full)
    {
        int[] order = [.. Enumerable.Range(0, problem.Layout.ClassCount)];
        if (!problem.IsExchangeable)
            return order;
        double[] keys = Keys(problem, full);
        return [.. order.OrderBy(k => keys[k]).ThenBy(k => k)];
    }

    /// <summary>What classes are ordered by, ascending. [class]</summary>
    /// <param name="problem">The mixture.</param>
    /// <param name="full">Working numbers. [slot]</param>
    public static double[] Keys(MixtureProblem problem, ReadOnlySpan<double> full)
    {
        MixtureLayout layout = problem.Layout;
        double[] natural = new double[layout.SlotCount];
        problem.Scale.ToNatural(layout, full, natural);
        (string name, bool isDescending) = Split(problem.Options.OrderBy ?? Default(layout));
        double[] proportion = name == Proportion ? MixturePriors.LogProportions(layout, full) : [];
        int column = IndexOf(layout, name);
        double[] keys = new double[layout.ClassCount];
        for (int k = 0; k < keys.Length; k++)
        {
            double key = name switch
            {
                Proportion => proportion[k],
                Sigma when column < 0 => natural[layout.LogSigma(k)],
                _ => natural[layout.Coefficient(k, column)],
            };
            keys[k] = isDescending ? -key : key;
        }
        return keys;
    }

    /// <summary>Checks what classes are to be ordered by.</summary>
    /// <exception cref="PriorException">There is no such parameter, or it is equal in all classes.</exception>
    public static void Check(MixtureLayout layout, string? orderBy)
    {
        if (layout.ClassCount == 1)
            return;
        (string name, _) = Split(orderBy ?? Default(layout));
        int column = IndexOf(layout, name);
        bool isKnown = column >= 0 || name == Sigma || (name == Proportion && layout.Shape.HasConstantProportions);
        if (!isKnown)
            throw new PriorException([$"--order names '{name}', which classes cannot be ordered by. {NearNames.Suggest(name, [.. layout.Shape.Coefficients, Sigma, Proportion])} It takes a coefficient, sigma or, where proportions are constant, theta, with '-' before it for descending order."]);
        int first = column >= 0 ? layout.Coefficient(0, column) : layout.LogSigma(0);
        int second = column >= 0 ? layout.Coefficient(1, column) : layout.LogSigma(1);
        if (orderBy is not null && name != Proportion && layout.FreeOf(first) >= 0 && layout.FreeOf(first) == layout.FreeOf(second))
            throw new PriorException([$"--order names '{name}', which is equal in all classes and so orders none. Name a parameter that differs."]);
    }

    /// <summary>The intercept, or where there is none or it is equal in all classes the first coefficient that is not, else σ.</summary>
    private static string Default(MixtureLayout layout)
    {
        IEnumerable<int> columns = Enumerable.Range(0, layout.Shape.Coefficients.Count)
            .OrderBy(column => layout.Shape.Coefficients[column] == DesignMatrix.Intercept ? 0 : 1);
        foreach (int column in columns)
        {
            int free = layout.FreeOf(layout.Coefficient(0, column));
            if (layout.ClassCount == 1 || free < 0 || free != layout.FreeOf(layout.Coefficient(1, column)))
                return layout.Shape.Coefficients[column];
        }
        return Sigma;
    }

    private static int IndexOf(MixtureLayout layout, string name)
    {
        for (int column = 0; column < layout.Shape.Coefficients.Count; column++)
        {
            if (layout.Shape.Coefficients[column] == name)
                return column;
        }
        return -1;
    }

    private static (string Name, bool IsDescending) Split(string text)
    {
        bool isDescending = text.StartsWith('-');
        string name = isDescending ? text[1..] : text;
        return (name == "Intercept" ? DesignMatrix.Intercept : name, isDescending);
    }
}
