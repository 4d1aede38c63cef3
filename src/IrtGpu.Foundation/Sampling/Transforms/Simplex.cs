namespace IrtGpu.Foundation.Sampling.Transforms;

/// <summary>Shares that sum to 1, by breaking a stick: share_k = rest · logistic(x_k − log(K − k)), so that x = 0 gives equal shares.</summary>
/// <remarks>The log Jacobian is Σ log rest_k + log z_k + log(1 − z_k), for the density of the first K − 1 shares.</remarks>
/// <param name="count">K, at least 2.</param>
internal sealed class Simplex(int count) : Transform(count - 1, count)
{
    public override double Constrain(ReadOnlySpan<double> x, Span<double> parameters)
    {
        double rest = 1;
        double logRest = 0;
        double logJacobian = 0;
        for (int k = 0; k < FreeCount; k++)
        {
            double logit = x[k] - Math.Log(FreeCount - k);
            double logBroken = Logistic.LogOf(logit);
            double logLeft = Logistic.LogOf(-logit);
            logJacobian += logRest + logBroken + logLeft;
            parameters[k] = rest * Math.Exp(logBroken);
            rest *= Math.Exp(logLeft);
            logRest += logLeft;
        }
        parameters[FreeCount] = rest;
        return logJacobian;
    }

    public override void Unconstrain(ReadOnlySpan<double> parameters, Span<double> x)
    {
        double rest = parameters[FreeCount];
        for (int k = FreeCount - 1; k >= 0; k--)
        {
            x[k] = Math.Log(parameters[k] / rest) + Math.Log(FreeCount - k);
            rest += parameters[k];
        }
    }

    public override void PullBack(ReadOnlySpan<double> x, ReadOnlySpan<double> parameters, ReadOnlySpan<double> gradient, Span<double> result)
    {
        // d share_k / d x_k = share_k (1 − z_k); every later share falls by its own part, −z_k.
        double later = gradient[FreeCount] * parameters[FreeCount];
        for (int k = FreeCount - 1; k >= 0; k--)
        {
            double broken = Logistic.Of(x[k] - Math.Log(FreeCount - k));
            result[k] = gradient[k] * parameters[k] * (1 - broken) - broken * later + 1 - 2 * broken - broken * (FreeCount - 1 - k);
            later += gradient[k] * parameters[k];
        }
    }
}
