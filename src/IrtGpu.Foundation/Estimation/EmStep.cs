namespace IrtGpu.Foundation.Estimation;

/// <summary>What one EM step makes of the parameters of an E-step.</summary>
/// <param name="Plain">The M-step's parameters, which never lower the objective. [parameter]</param>
/// <param name="Mapped">The same after parameter expansion; <paramref name="Plain"/> itself without. [parameter]</param>
internal sealed record EmStep(double[] Plain, double[] Mapped);
