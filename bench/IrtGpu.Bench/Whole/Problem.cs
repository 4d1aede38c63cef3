using IrtGpu.Compute;
using IrtGpu.Data;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;
using IrtGpu.Planning.Starts;
using IrtGpu.Specification;

namespace IrtGpu.Bench.Whole;

/// <summary>Data and plan at starting values: what an E-step needs.</summary>
/// <param name="Data">Responses.</param>
/// <param name="Patterns">The same, compressed.</param>
/// <param name="Plan">The plan.</param>
/// <param name="Point">Where the E-step is evaluated.</param>
internal sealed record Problem(ResponseData Data, PatternTable Patterns, CalibrationPlan Plan, ModelPoint Point)
{
    /// <summary>Pins of one E-step: patterns × items × nodes × classes.</summary>
    public double Pins => (double)Patterns.PatternCount * Plan.ItemCount * Plan.NodeCount * Plan.ClassCount;

    public static Problem Create(ResponseData data, ModelSpecification specification)
    {
        PatternTable patterns = PatternTable.Compress(data);
        CalibrationPlan plan = CalibrationPlanner.Plan(specification, DataShape.Of(data, patterns));
        ParameterVector start = StartingValues.FromMarginals(plan, patterns);
        if (plan.ClassCount > 1)
            start = StartingValues.Disturb(plan, start, seed: 1, scale: 0.5); // otherwise the classes are alike
        return new Problem(data, patterns, plan, ModelPoint.TryCreate(plan, start)!);
    }

    /// <summary>The same problem at other parameters.</summary>
    public Problem At(ParameterVector parameters) => this with { Point = ModelPoint.TryCreate(Plan, new ParameterVector(Plan.Layout, parameters.Free))! };

    /// <summary>The problem of every n-th person, at the same parameters, so that slow loops can be measured.</summary>
    /// <param name="largestPins">Upper bound of its pins, roughly.</param>
    public Problem Thinned(double largestPins)
    {
        int stride = Math.Max(1, (int)Math.Ceiling(Pins / largestPins));
        if (stride == 1)
            return this;
        int[] persons = [.. Enumerable.Range(0, Data.PersonCount).Where(person => person % stride == 0)];
        byte[] responses = new byte[persons.Length * Data.ItemCount];
        for (int k = 0; k < persons.Length; k++)
            Data.Row(persons[k]).CopyTo(responses.AsSpan(k * Data.ItemCount));
        ResponseData data = new()
        {
            ItemNames = Data.ItemNames,
            CategoryCodes = Data.CategoryCodes,
            Responses = new(responses, Data.ItemCount),
            PersonCount = persons.Length,
            GroupNames = Data.GroupNames,
            Groups = Data.Groups is { } groups ? [.. persons.Select(person => groups[person])] : null,
            ClassNames = Data.ClassNames,
            KnownClasses = Data.KnownClasses is { } classes ? [.. persons.Select(person => classes[person])] : null,
            Weights = Data.Weights is { } weights ? [.. persons.Select(person => weights[person])] : null,
        };
        return this with { Data = data, Patterns = PatternTable.Compress(data) };
    }
}
