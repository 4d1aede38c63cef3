namespace IrtGpu.Items;

/// <summary>Discriminations and difficulties in place of slopes and intercepts, with their derivatives.</summary>
/// <remarks>
/// One dimension: a and b = −d/a. More: MDISC = √Σ a_j² in place of a and MDIFF = −d/MDISC in place of b (Reckase 1985), stated for
/// uncorrelated attributes.
/// </remarks>
internal static class ClassicalForm
{
    /// <summary>Discrimination, then the difficulty of each step.</summary>
    /// <param name="item">The item.</param>
    /// <param name="slots">Its parameters.</param>
    /// <param name="isOneDimensional">Whether the plan has one attribute.</param>
    /// <param name="hasSteps">
    /// Whether b_t = −(d_t − d_(t−1))/(a (s_t − s_(t−1))), where the curves of neighbouring categories cross, and not −d_t/a, where
    /// P(category ≥ t) is half.
    /// </param>
    public static List<ReportedParameter> DiscriminationAndDifficulties(PlannedItem item, ReadOnlySpan<double> slots, bool isOneDimensional, bool hasSteps)
    {
        ReadOnlySpan<double> slopes = slots[..item.Attributes.Length];
        double length = 0;
        foreach (double slope in slopes)
            length += slope * slope;
        // In one dimension the discrimination keeps the slope's sign.
        double discrimination = isOneDimensional ? slopes[0] : Math.Sqrt(length);
        List<(int Slot, double Derivative)> ofDiscrimination = [];
        for (int loading = 0; loading < slopes.Length; loading++)
            ofDiscrimination.Add((loading, discrimination == 0 ? 1 : slopes[loading] / discrimination));
        List<ReportedParameter> reported = [new(DiscriminationName(isOneDimensional), discrimination, ofDiscrimination)];
        int stepCount = item.CategoryCount - 1;
        for (int step = 0; step < stepCount; step++)
        {
            bool hasPrevious = step > 0 && hasSteps;
            int intercept = slopes.Length + step;
            double scoreStep = !hasSteps ? 1 : item.Scores[step + 1] - (step == 0 ? 0 : item.Scores[step]);
            double scale = discrimination * scoreStep;
            string name = DifficultyName(isOneDimensional, step, stepCount);
            if (scale == 0)
            {
                reported.Add(new ReportedParameter(name, double.NaN, []));
                continue;
            }
            double difficulty = -(slots[intercept] - (hasPrevious ? slots[intercept - 1] : 0)) / scale;
            List<(int Slot, double Derivative)> derivatives = [(intercept, -1 / scale)];
            if (hasPrevious)
                derivatives.Add((intercept - 1, 1 / scale));
            foreach ((int slot, double derivative) in ofDiscrimination)
                derivatives.Add((slot, -difficulty / discrimination * derivative));
            reported.Add(new ReportedParameter(name, difficulty, derivatives));
        }
        return reported;
    }

    /// <summary>The intercepts that belong to difficulties, in one dimension.</summary>
    /// <param name="item">The item.</param>
    /// <param name="discrimination">a.</param>
    /// <param name="difficulties">b. [step]</param>
    /// <param name="hasSteps">As in <see cref="DiscriminationAndDifficulties"/>.</param>
    public static double[] Intercepts(PlannedItem item, double discrimination, double[] difficulties, bool hasSteps)
    {
        double[] intercepts = new double[difficulties.Length];
        for (int step = 0; step < intercepts.Length; step++)
        {
            bool hasPrevious = step > 0 && hasSteps;
            double scoreStep = !hasSteps ? 1 : item.Scores[step + 1] - (step == 0 ? 0 : item.Scores[step]);
            intercepts[step] = (hasPrevious ? intercepts[step - 1] : 0) - discrimination * scoreStep * difficulties[step];
        }
        return intercepts;
    }

    /// <summary><c>a</c> or <c>MDISC</c>.</summary>
    public static string DiscriminationName(bool isOneDimensional) => isOneDimensional ? "a" : "MDISC";

    /// <summary><c>b</c> or <c>MDIFF</c>, numbered where there are several.</summary>
    public static string DifficultyName(bool isOneDimensional, int step, int stepCount)
    {
        string name = isOneDimensional ? "b" : "MDIFF";
        return stepCount == 1 ? name : FormattableString.Invariant($"{name}{step + 1}");
    }
}
