namespace IrtGpu.Foundation.Estimation.Starts;

/// <summary>E-steps and EM steps of several points of one model at once; each point gets the bits that it gets alone.</summary>
/// <typeparam name="TExpectation">What an E-step yields.</typeparam>
internal interface IEmBatch<TExpectation> : IDisposable
    where TExpectation : class, IExpectation
{
    /// <summary>Most points at once.</summary>
    int Capacity { get; }

    /// <summary>The E-step at each point, as <see cref="IEmProblem{TExpectation}.TryExpect"/>.</summary>
    /// <param name="parameters">At least one, at most <see cref="Capacity"/>. [point][parameter]</param>
    /// <returns>[point]; null where the parameters are outside the model's domain.</returns>
    TExpectation?[] TryExpect(IReadOnlyList<double[]> parameters);

    /// <summary>The EM map from points of the last E-step, as <see cref="IEmProblem{TExpectation}.Maximize"/>.</summary>
    /// <param name="expectations">What it yielded; null: no step is wanted from there. [point]</param>
    /// <param name="isExpanded">Whether parameter expansion is wanted. [point]</param>
    /// <returns>[point]; null where no step was wanted.</returns>
    EmStep?[] Maximize(IReadOnlyList<TExpectation?> expectations, IReadOnlyList<bool> isExpanded);
}
