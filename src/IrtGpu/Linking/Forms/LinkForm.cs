using IrtGpu.Planning;
using IrtGpu.Planning.Layout;
using IrtGpu.Saved;
using IrtGpu.Specification;
using MathNet.Numerics.Distributions;

namespace IrtGpu.Linking.Forms;

/// <summary>A finished calibration as linking sees it: curves of items over one θ, and who the persons are.</summary>
internal sealed class LinkForm
{
    private LinkForm(string name, SavedCalibration saved, FormItem[] items, IReadOnlyDictionary<string, string> leftOut)
    {
        Name = name;
        Saved = saved;
        Items = items;
        LeftOut = leftOut;
        Covariance = saved.Covariance();
    }

    /// <summary>What tables call it.</summary>
    public string Name { get; }

    public SavedCalibration Saved { get; }

    public CalibrationPlan Plan => Saved.Plan;

    public ParameterLayout Layout => Plan.Layout;

    /// <summary>Its estimates. [slot]</summary>
    public double[] Slots => Saved.Parameters.Slots;

    /// <summary>Covariance of the free parameters; null where the file has none. [free, free]</summary>
    public double[]? Covariance { get; }

    /// <summary>Items with one set of parameters.</summary>
    public IReadOnlyList<FormItem> Items { get; }

    /// <summary>Items that cannot link, with the reason.</summary>
    public IReadOnlyDictionary<string, string> LeftOut { get; }

    /// <summary>Mean and SD of all persons: the mixture of the groups' normal populations by their weights.</summary>
    public (double Mean, double Deviation) Population()
    {
        double total = Saved.GroupWeights.Sum();
        double mean = 0;
        double square = 0;
        foreach (PlannedBlock block in Plan.Blocks)
        {
            double share = Saved.GroupWeights[block.Group] / total;
            double own = Slots[block.FirstMeanSlot];
            mean += share * own;
            square += share * (Slots[block.FirstCovarianceSlot] + own * own);
        }
        return (mean, Math.Sqrt(square - mean * mean));
    }

    /// <summary>Density of all persons at a θ of the form's scale.</summary>
    /// <param name="theta">Where.</param>
    public double Density(double theta)
    {
        double total = Saved.GroupWeights.Sum();
        double density = 0;
        foreach (PlannedBlock block in Plan.Blocks)
            density += Saved.GroupWeights[block.Group] / total * Normal.PDF(Slots[block.FirstMeanSlot], Math.Sqrt(Slots[block.FirstCovarianceSlot]), theta);
        return density;
    }

    /// <summary>Checks that a calibration has a scale that can be linked.</summary>
    /// <param name="name">What tables call it.</param>
    /// <param name="saved">The calibration.</param>
    /// <exception cref="SpecificationException">It has several dimensions or latent classes.</exception>
    public static LinkForm Of(string name, SavedCalibration saved)
    {
        CalibrationPlan plan = saved.Plan;
        if (plan.AttributeCount > 1)
        {
            throw new SpecificationException(
                $"'{name}' has {plan.AttributeCount} dimensions. link finds a unit and an origin, but axes of several dimensions also turn, which A and B cannot say. "
                + "Calibrate the forms together (--group, common items equal), or hold the common items at their values (--anchors).");
        }
        if (plan.ClassCount > 1)
        {
            throw new SpecificationException(
                $"'{name}' has {plan.ClassCount} latent classes, each with item parameters of its own, so that it has no one scale. Link forms of one class, or calibrate them together.");
        }
        if (!saved.Fit.Converged)
            throw new SpecificationException($"'{name}' has not converged ({saved.Fit.TerminationMessage}), so its parameters are no estimates yet. Go on from it: irtgpu calibrate … --start {name}.");
        List<FormItem> items = [];
        Dictionary<string, string> leftOut = new(StringComparer.Ordinal);
        for (int item = 0; item < plan.ItemCount; item++)
        {
            ItemParameterSet[] sets = [.. plan.ParameterSets.Where(set => set.Item == item)];
            if (sets.Length == 1)
                items.Add(new FormItem(plan.Items[item], sets[0], plan.Shape.CategoryCodes[item]));
            else if (sets.Length > 1)
                leftOut[plan.Items[item].Name] = $"has parameters by group in '{name}'";
        }
        return new LinkForm(name, saved, [.. items], leftOut);
    }
}
