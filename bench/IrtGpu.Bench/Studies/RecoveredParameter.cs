namespace IrtGpu.Bench.Studies;

/// <summary>What a recovered parameter is.</summary>
internal enum RecoveredKind
{
    Discrimination,
    Intercept,
    Mean,
    Sd,
    Correlation,
    Proportion,
}

/// <summary>One free parameter with its true value.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Block">True block (group · K + class) it is of; for shared item parameters the first.</param>
/// <param name="Truth">True value, in the true class's metric.</param>
/// <param name="Estimate">Estimate, in the same metric.</param>
/// <param name="Variance">Variance of the estimate by the inverse information of the fit; NaN where not asked for.</param>
internal readonly record struct RecoveredParameter(RecoveredKind Kind, int Block, double Truth, double Estimate, double Variance = double.NaN)
{
    public double Error => Estimate - Truth;
}
