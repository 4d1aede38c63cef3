using System.Globalization;
using IrtGpu.Compute.Cpu;
using IrtGpu.Data;
using IrtGpu.Inference;
using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;
using IrtGpu.Planning.Layout;
using IrtGpu.Reporting.Tables;
using IrtGpu.TestCases;

namespace IrtGpu.Tests.Golden;

/// <summary>A golden case beside our fit of it, with our classes relabelled as the case has them.</summary>
internal sealed class GoldenFit
{
    private readonly int[] classOf; // [class of the case] our class

    public GoldenFit(GoldenCase golden, CalibrationResult result)
    {
        Case = golden;
        Result = result;
        classOf = Relabel();
    }

    public GoldenCase Case { get; }

    public CalibrationResult Result { get; }

    private CalibrationPlan Plan => Result.Plan;

    private double[] Slots => Result.Point.Parameters.Slots;

    /// <summary>Our estimate on the scale of the case.</summary>
    public double Estimate(GoldenParameter parameter) => Estimate(parameter, classOf);

    /// <summary>The covariance matrix of our estimates.</summary>
    public StandardErrors StandardErrors(StandardErrorMethod method)
    {
        using CpuBackend backend = HostForms.Open(Plan, Result.Patterns, threads: 0, EStepForm.Tables);
        StandardErrors errors = new StandardErrorEstimator(
            Result.Point, backend.ComputeExpectation(Result.Point), Result.Patterns, backend, threads: 0).Estimate(method);
        Assert.True(errors.Covariance is not null, errors.Reason);
        return errors;
    }

    /// <summary>Our standard error on the working scale, which is the scale of the case.</summary>
    public double StandardError(StandardErrors errors, GoldenParameter parameter) =>
        new DeltaMethod(Plan.Layout, errors).Of(TermsOf(parameter, classOf)) ?? throw new InvalidDataException($"{parameter} has no standard error.");

    /// <summary>The pattern of the score's codes and group; every one listed is in the data.</summary>
    public int PatternOf(GoldenScore score)
    {
        ResponseData data = Result.Data;
        byte[] row = [.. score.Codes.Select((code, item) =>
            code is { } value ? (byte)Array.IndexOf(data.CategoryCodes[item], value) : ResponseData.Missing)];
        int group = score.Group is null ? 0 : Array.IndexOf(data.GroupNames, score.Group);
        for (int pattern = 0; pattern < Result.Patterns.PatternCount; pattern++)
        {
            if (Result.Patterns.Groups[pattern] == group && Result.Patterns.Row(pattern).SequenceEqual(row))
                return pattern;
        }
        throw new InvalidDataException($"Pattern {string.Join(' ', score.Codes)} is not in {Case.Data}.");
    }

    private int[] Relabel()
    {
        if (Case.Classes == 1)
            return [0];
        int[][] labellings = [[0, 1], [1, 0]];
        Assert.Equal(2, Case.Classes);
        return labellings.MinBy(labelling => Case.Parameters.Sum(parameter => Math.Abs(Estimate(parameter, labelling) - parameter.Value)))!;
    }

    private double Estimate(GoldenParameter parameter, int[] labelling)
    {
        double value = TermsOf(parameter, labelling).Sum(term => term.Coefficient * Slots[term.Slot]);
        return parameter.Name switch
        {
            "g" or "u" => 1 / (1 + Math.Exp(-value)),
            "PI" => Slots[Plan.Blocks[labelling[1]].ClassLogitSlot] - Slots[Plan.Blocks[labelling[0]].ClassLogitSlot],
            _ => value,
        };
    }

    /// <summary>The slots that the parameter is a sum of: one, but for locations of the graded rating scale, c = e1 − e1 of the first item.</summary>
    private (int Slot, double Coefficient)[] TermsOf(GoldenParameter parameter, int[] labelling) =>
        parameter.Name == "c" && Plan.Items[0].Function == ItemFunction.GradedRatingScale
            ? [(SlotOf(parameter with { Name = "d1" }, labelling), 1), (ThresholdSlot(0), -1)]
            : [(SlotOf(parameter, labelling), 1)];

    private int ThresholdSlot(int step) => Enumerable.Range(0, Plan.Layout.SlotCount).First(slot =>
        Plan.Layout.Slots[slot].Kind is ParameterKind.Threshold or ParameterKind.Easiness && Plan.Layout.Slots[slot].Index == step);

    private int SlotOf(GoldenParameter parameter, int[] labelling)
    {
        int group = parameter.Group is null ? 0 : Array.IndexOf(Plan.Shape.GroupNames, parameter.Group);
        int block = group * Plan.ClassCount + (parameter.Class is { } number ? labelling[number - 1] : 0);
        IReadOnlyList<ParameterSlot> slots = Plan.Layout.Slots;
        if (parameter.Item is null)
            return PopulationSlot(parameter.Name, Plan.Blocks[block]);
        for (int slot = 0; slot < slots.Count; slot++)
        {
            if (slots[slot].ParameterSet < 0 || slots[slot].Name != parameter.Name)
                continue;
            ItemParameterSet set = Plan.ParameterSets[slots[slot].ParameterSet];
            if (Plan.Items[set.Item].Name == parameter.Item && set.Blocks.Contains(block))
                return slot;
        }
        throw new InvalidDataException($"There is no {parameter} in the plan.");
    }

    private int PopulationSlot(string name, PlannedBlock block)
    {
        int Digit(int fromEnd) => name[^fromEnd] - '1';
        if (name.StartsWith("MEAN_", StringComparison.Ordinal))
            return block.FirstMeanSlot + Digit(1);
        if (name.StartsWith("COV_", StringComparison.Ordinal))
            return block.FirstCovarianceSlot + Digit(2) * (Digit(2) + 1) / 2 + Digit(1);
        if (name == "PI")
            return Plan.Layout.IsFixed(block.ClassLogitSlot) ? Plan.Blocks[1].ClassLogitSlot : block.ClassLogitSlot;
        int step = int.Parse(name.AsSpan(1), CultureInfo.InvariantCulture) - 1;
        return ThresholdSlot(step);
    }
}
