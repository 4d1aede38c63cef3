using System.Globalization;
using IrtGpu.Compute;
using IrtGpu.Compute.Reference;
using IrtGpu.Data;
using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;

namespace IrtGpu.Bench.Mirt;

/// <summary>What mirt found at one tolerance.</summary>
/// <param name="WholeSeconds">The call of mirt, responses in memory.</param>
/// <param name="EmSeconds">Its E-steps and M-steps, by its own clock.</param>
/// <param name="Cycles">EM cycles.</param>
/// <param name="IsConverged">Whether it says so.</param>
/// <param name="LogLikelihood">As mirt reports it, without priors.</param>
/// <param name="LogPrior">As mirt reports it.</param>
/// <param name="Estimates">Free parameters by group, item and name, as mirt calls them; g and u as probabilities.</param>
internal sealed record MirtFit(
    double WholeSeconds, double EmSeconds, int Cycles, bool IsConverged, double LogLikelihood, double LogPrior,
    IReadOnlyDictionary<(string Group, string Item, string Name), double> Estimates)
{
    /// <summary>Reads what the script left in a folder, one fit a tolerance.</summary>
    public static MirtFit[] Read(string folder)
    {
        string[][] rows = [.. File.ReadLines(Path.Combine(folder, "summary.csv")).Skip(1).Select(line => line.Split(','))];
        return [.. rows.Select((row, index) => new MirtFit(
            Number(row[0]), Number(row[1]), int.Parse(row[2], CultureInfo.InvariantCulture), row[3] == "1", Number(row[4]), Number(row[5]),
            File.ReadLines(Path.Combine(folder, FormattableString.Invariant($"estimates-{index + 1}.csv"))).Skip(1).Select(line => line.Split(','))
                .ToDictionary(cells => (cells[0], cells[1], cells[2]), cells => Number(cells[3]))))];
    }

    /// <summary>The estimates as free parameters of a plan, on its working scale.</summary>
    /// <exception cref="InvalidOperationException">mirt has no free parameter of that name: the models differ.</exception>
    public ParameterVector On(CalibrationPlan plan)
    {
        double[] free = new double[plan.Layout.FreeCount];
        for (int k = 0; k < free.Length; k++)
        {
            int slot = plan.Layout.RepresentativeSlot[k];
            if (!Estimates.TryGetValue(MirtNames.Of(plan, slot), out double value))
                throw new InvalidOperationException($"mirt did not estimate {MirtNames.Of(plan, slot)}: the two programs were given different models.");
            free[k] = plan.Layout.Slots[slot].Kind is ParameterKind.LowerAsymptote or ParameterKind.UpperAsymptote ? Math.Log(value / (1 - value)) : value;
        }
        return new ParameterVector(plan.Layout, free);
    }

    /// <summary>The log-likelihood, by IrtGpu's plain loops, and the log prior density at mirt's estimates.</summary>
    public (double LogLikelihood, double LogPrior) Recompute(CalibrationPlan plan, PatternTable patterns)
    {
        ParameterVector parameters = On(plan);
        using ReferenceBackend reference = new(plan, patterns);
        return (reference.ComputeExpectation(ModelPoint.TryCreate(plan, parameters)!).LogLikelihood, plan.LogPrior(parameters));
    }

    private static double Number(string text) => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
}
