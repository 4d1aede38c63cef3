namespace IrtGpu.Fit.Items;

/// <summary>A χ² test of one item.</summary>
/// <param name="Statistic">χ²; NaN where there is none.</param>
/// <param name="Df">Degrees of freedom.</param>
/// <param name="Persons">Summed weight of the persons it is about.</param>
/// <param name="Reason">Why there is none; null where there is one.</param>
public sealed record ItemTest(double Statistic, int Df, double Persons, string? Reason)
{
    /// <summary>P(χ²_df &gt; statistic).</summary>
    public double P => Reason is null ? LimitedInformation.ChiSquareTail.Of(Statistic, Df) : double.NaN;

    /// <summary>P with the degrees of freedom that estimated parameters leave, whatever they share with other items and groups; NaN where it was not computed.</summary>
    public double CorrectedP { get; init; } = double.NaN;
}
