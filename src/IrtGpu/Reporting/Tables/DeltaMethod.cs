using IrtGpu.Inference;
using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;

namespace IrtGpu.Reporting.Tables;

/// <summary>Standard errors of functions of the slots: sqrt(g·Cov·gᵀ), g the derivative along the free parameters.</summary>
/// <remarks>Keeps scratch memory, so one instance serves one thread.</remarks>
/// <param name="layout">Map from free parameters to slots.</param>
/// <param name="errors">Covariance of the free parameters, if there is one.</param>
internal sealed class DeltaMethod(ParameterLayout layout, StandardErrors errors)
{
    private readonly double[] gradient = new double[layout.FreeCount];
    private readonly List<int> touched = [];

    /// <summary>Standard error of one slot; null where it is fixed or there is no covariance.</summary>
    public double? OfSlot(int slot) => Of([(slot, 1)]);

    /// <summary>Standard error of what is reported of an item; null where nothing in it is free, an asymptote is at its bound, or there is no covariance.</summary>
    public double? Of(ParameterVector parameters, ItemParameterSet set, ReportedParameter parameter)
    {
        (int Slot, double Derivative)[] derivatives = [.. parameter.Derivatives.Select(term => (set.FirstSlot + term.Slot, term.Derivative))];
        return derivatives.Any(term => layout.IsLogitAtEnd(term.Slot, parameters.Slots[term.Slot])) ? null : Of(derivatives);
    }

    /// <summary>Standard error of a function; null where it depends on nothing free or there is no covariance.</summary>
    /// <param name="derivatives">Partial derivatives of the function by slot; a slot may come more than once.</param>
    public double? Of(ReadOnlySpan<(int Slot, double Derivative)> derivatives)
    {
        if (errors.Covariance is not { } covariance)
            return null;
        touched.Clear();
        foreach ((int slot, double derivative) in derivatives)
        {
            foreach (int free in layout.FreeOf(slot))
            {
                if (!touched.Contains(free))
                    touched.Add(free);
            }
            layout.AddToFree(slot, derivative, gradient);
        }
        double variance = 0;
        foreach (int row in touched)
        {
            foreach (int column in touched)
                variance += gradient[row] * covariance[row * layout.FreeCount + column] * gradient[column];
        }
        foreach (int free in touched)
            gradient[free] = 0;
        return touched.Count > 0 && variance >= 0 && double.IsFinite(variance) ? Math.Sqrt(variance) : null;
    }
}
