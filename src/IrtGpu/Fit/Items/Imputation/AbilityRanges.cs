namespace IrtGpu.Fit.Items.Imputation;

/// <summary>θ cut into ranges that hold about equally many of a group's plausible values.</summary>
internal sealed class AbilityRanges
{
    public const int Count = 10;

    private readonly double[] cuts; // ascending. [Count − 1]

    private AbilityRanges(double[] cuts) => this.cuts = cuts;

    /// <summary>Cuts.</summary>
    /// <param name="values">Plausible values of the group, sorted here.</param>
    public static AbilityRanges Of(double[] values)
    {
        Array.Sort(values);
        double[] cuts = new double[Count - 1];
        for (int cut = 0; cut < cuts.Length; cut++)
            cuts[cut] = values[(int)((cut + 1L) * values.Length / Count)];
        return new AbilityRanges(cuts);
    }

    /// <summary>Range of a value, from 0.</summary>
    /// <param name="theta">θ.</param>
    public int Of(double theta)
    {
        int range = 0;
        while (range < cuts.Length && theta >= cuts[range])
            range++;
        return range;
    }
}
