namespace IrtGpu.Compute;

/// <summary>A backend that gains by evaluating several points of its plan side by side, as several starts need it.</summary>
public interface IBatchedBackend
{
    /// <summary>Makes room for several points beside the backend's own; null where evaluating one by one is as good, or there is no room for two.</summary>
    /// <param name="wanted">Number of points that will be asked for at once.</param>
    IPointBatch? TryOpenBatch(int wanted);
}

/// <summary>Evaluates several points at once; each gets the bits that it gets alone.</summary>
public interface IPointBatch : IDisposable
{
    /// <summary>Most points at once; at least two, at most what was wanted.</summary>
    int Capacity { get; }

    /// <summary>Whether it keeps the counts of its last E-step, so that it can be asked for item derivatives.</summary>
    bool HoldsCounts { get; }

    /// <summary>The E-step at each point.</summary>
    /// <param name="points">At least one, at most <see cref="Capacity"/>.</param>
    /// <returns>[point]</returns>
    ExpectedCounts[] ComputeExpectedCounts(IReadOnlyList<ModelPoint> points);

    /// <summary>Item derivatives from the counts of the last E-step, as <see cref="IItemDerivativesBackend.ComputeItemDerivatives"/>.</summary>
    /// <param name="slotsOfPoint">Parameters of each point of the last E-step; null: nothing is asked of it. [point][slot]</param>
    /// <param name="withDerivatives">Whether gradients and Hessians are wanted beside the values.</param>
    /// <returns>[point]; null where nothing was asked.</returns>
    ItemDerivatives?[] ComputeItemDerivatives(IReadOnlyList<double[]?> slotsOfPoint, bool withDerivatives);
}
