namespace IrtGpu.Foundation.Estimation;

/// <summary>What an E-step yields, as far as EM itself looks at it. It is disposed of as soon as it has been used; its two numbers stay.</summary>
internal interface IExpectation : IDisposable
{
    /// <summary>Marginal log-likelihood at the parameters of the E-step (no prior).</summary>
    double LogLikelihood { get; }

    /// <summary>What is maximised: the log-likelihood and, where there are priors, their log density.</summary>
    double Objective { get; }
}
