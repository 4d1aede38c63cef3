using IrtGpu.Compute;
using IrtGpu.Compute.Expectations;
using IrtGpu.Estimation.Maximization;
using IrtGpu.Foundation.Estimation;
using IrtGpu.Foundation.Estimation.Starts;
using IrtGpu.Planning.Layout;

namespace IrtGpu.Estimation;

/// <summary>Several points of a calibration at once, in the launches of one.</summary>
/// <param name="problem">The calibration.</param>
/// <param name="batch">Computes; disposed of with this.</param>
internal sealed class ItemResponseBatch(ItemResponseProblem problem, IPointBatch batch) : IEmBatch<EvaluatedPoint>
{
    private readonly MStep[] mSteps = [.. Enumerable.Range(0, batch.Capacity).Select(_ => problem.CreateMStep())]; // [point of the batch]
    private int[] points = []; // those of the last E-step that are in the batch, in its order

    public int Capacity => batch.Capacity;

    public EvaluatedPoint?[] TryExpect(IReadOnlyList<double[]> parameters)
    {
        ModelPoint?[] all = [.. parameters.Select(problem.TryCreatePoint)];
        points = [.. Enumerable.Range(0, all.Length).Where(k => all[k] is not null)];
        EvaluatedPoint?[] evaluated = new EvaluatedPoint?[all.Length];
        if (points.Length == 0)
            return evaluated;
        Expectation[] found = batch.ComputeExpectations([.. all.OfType<ModelPoint>()]);
        for (int position = 0; position < points.Length; position++)
            evaluated[points[position]] = new EvaluatedPoint(all[points[position]]!, found[position]);
        return evaluated;
    }

    public EmStep?[] Maximize(IReadOnlyList<EvaluatedPoint?> expectations, IReadOnlyList<bool> isExpanded)
    {
        EvaluatedPoint?[] wanted = [.. points.Select(k => expectations[k])];
        ParameterVector?[] plain = MStep.Maximize(mSteps, wanted, batch);
        EmStep?[] steps = new EmStep?[expectations.Count];
        for (int position = 0; position < wanted.Length; position++)
        {
            if (wanted[position] is { } expectation)
                steps[points[position]] = problem.Step(mSteps[position], expectation, plain[position]!, isExpanded[points[position]]);
        }
        return steps;
    }

    public void Dispose() => batch.Dispose();
}
