using IrtGpu.Foundation.Sampling;

namespace IrtGpu.Regression.Priors.Families;

/// <summary>All mass at one value: the parameter is held there.</summary>
internal sealed record ConstantPrior(string Text, double Value) : Prior(Text)
{
    public override double Lower => Value;

    public override double Upper => Value;

    public override double? Constant => Value;

    public override double LogDensity(double x, out double first, out double second)
    {
        first = second = 0;
        return 0; // the parameter is not free
    }

    public override double Draw(ref StreamRandom random) => Value;
}
