using IrtGpu.Foundation.Formulas.Design;
using IrtGpu.Regression.Mixed;

namespace IrtGpu.Regression.Prediction;

/// <summary>Xβ + Zb + offset in the rows of a model frame.</summary>
internal static class FittedValues
{
    /// <summary>In the rows of the fit.</summary>
    public static double[] Of(MixedProblem problem, double[] fixedEffects, IReadOnlyList<PredictedEffects> predicted)
    {
        double[] values = Fixed(problem.Frame, problem.FixedNames, fixedEffects);
        foreach ((RandomDesign design, PredictedEffects effects) in Match(problem.Frame.Random, predicted))
            Add(values, design, effects, design.Levels.Level);
        return values;
    }

    /// <summary>Offset and fixed part. [row]</summary>
    /// <param name="frame">Rows.</param>
    /// <param name="names">Names of the columns with an effect.</param>
    /// <param name="effects">Their effects.</param>
    public static double[] Fixed(ModelFrame frame, IReadOnlyList<string> names, IReadOnlyList<double> effects)
    {
        double[] values = frame.Offset is null ? new double[frame.Rows.Count] : (double[])frame.Offset.Clone();
        for (int index = 0; index < names.Count; index++)
        {
            double[] column = frame.Fixed.Columns[Array.IndexOf(frame.Fixed.Names, names[index])];
            System.Numerics.Tensors.TensorPrimitives.MultiplyAdd(column, effects[index], values, values);
        }
        return values;
    }

    /// <summary>Adds the effects of a term to the rows; a level of −1 adds nothing.</summary>
    public static void Add(double[] values, RandomDesign design, PredictedEffects effects, int[] level)
    {
        for (int effect = 0; effect < design.Width; effect++)
        {
            double[] column = design.Effects.Columns[effect];
            for (int row = 0; row < values.Length; row++)
            {
                if (level[row] >= 0)
                    values[row] += column[row] * effects.Values[level[row] * design.Width + effect];
            }
        }
    }

    /// <summary>Pairs the terms of a frame with the predictions of the same group and effects.</summary>
    public static IEnumerable<(RandomDesign Design, PredictedEffects Effects)> Match(IReadOnlyList<RandomDesign> designs, IReadOnlyList<PredictedEffects> predicted)
    {
        List<PredictedEffects> left = [.. predicted];
        foreach (RandomDesign design in designs)
        {
            PredictedEffects effects = left.First(candidate => candidate.Group == design.Group && candidate.Effects.SequenceEqual(design.Effects.Names));
            left.Remove(effects);
            yield return (design, effects);
        }
    }
}
