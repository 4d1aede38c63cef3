using IrtGpu.Foundation.Formulas;
using IrtGpu.Foundation.Formulas.Columns;
using IrtGpu.Foundation.Tables;

namespace IrtGpu.Regression.Tests;

/// <summary>Data sets that lie beside the tests, and fits to them.</summary>
internal static class TestData
{
    public static IColumnSource Read(string name) => new TableColumns(DataTable.Read(Path.Combine(AppContext.BaseDirectory, "Data", name + ".csv")));

    public static MixedModelFit Fit(string formula, IColumnSource data, RegressionOptions? options = null) =>
        MixedModel.Fit(Formula.Parse(formula), data, options ?? new RegressionOptions(), new RegressionProgress(), default);

    public static MixedModelFit Fit(string formula, string data, RegressionOptions? options = null) => Fit(formula, Read(data), options);

    public static RegressionOptions Likelihood { get; } = new() { Criterion = Criterion.MaximumLikelihood };

    public static void Close(double expected, double actual, double relative, string what = "") => Assert.True(
        Math.Abs(expected - actual) <= relative * Math.Max(Math.Abs(expected), 1e-300), FormattableString.Invariant($"{what}: {actual:R} is not {expected:R} within {relative:g2} relative."));
}
