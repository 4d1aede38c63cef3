using IrtGpu.Foundation.Sampling;
using IrtGpu.Regression.Mixtures.Levels.Density;

namespace IrtGpu.Regression.Mixtures.Levels.Search;

/// <summary>Where EM begins: a mixed model of one class, and from it classes made of predicted effects or of random lines.</summary>
/// <param name="model">One class or several; units hold levels.</param>
/// <param name="coordinates">Of the mixture.</param>
/// <param name="held">Parameters with the numbers that are held.</param>
/// <param name="classes">Class probabilities.</param>
/// <param name="isClassFree">Whether a class coefficient is estimated. [(K − 1) m]</param>
internal sealed class LevelStarts(ClosedFormLevels model, LevelCoordinates coordinates, LevelParameters held, UnitClasses classes, bool[] isClassFree)
{
    private const int OneClassCycles = 30;
    private const double OwnShare = 0.9; // of a unit's probability that its start gives to the class it was put into
    private const double WithinShare = 0.7; // of the deviations of effects that is left within classes

    private double[][]? features; // of the units given the model of one class

    /// <summary>All starts that are wanted: one where classes are known or there is one. [start][EM's vector]</summary>
    /// <param name="problem">The mixture.</param>
    /// <param name="setup">Its rows.</param>
    /// <param name="units">Units that starts put into classes.</param>
    /// <param name="oneClass">Levels of the effects, for one class.</param>
    public static double[][] All(MixtureProblem problem, LevelSetup setup, ClosedFormLevels units, ClosedFormLevels oneClass)
    {
        LevelStarts maker = new(units, setup.Coordinates, setup.Held, setup.Classes, setup.IsClassFree);
        LevelStarts single = new(oneClass, setup.Coordinates, setup.Held, setup.Classes, setup.IsClassFree);
        LevelParameters one = single.OneClass(problem.Data.LeastSquares, problem.Data.LeastSquaresDeviation);
        bool isSettled = problem.Layout.ClassCount == 1 || (problem.Data.KnownClass is { } known && Array.TrueForAll(known, ofClass => ofClass >= 0));
        int count = problem.Options.Starts ?? (isSettled ? 1 : MixtureOptions.DefaultStarts);
        return [.. Enumerable.Range(0, count).Select(start => maker.Make(one, problem.Data.LeastSquaresDeviation, problem.Options.Seed, start))];
    }

    /// <summary>A mixed model of one class, nearly fitted. Its class is repeated for every class.</summary>
    /// <param name="leastSquares">Coefficients of least squares. [p]</param>
    /// <param name="deviation">Their residual standard deviation.</param>
    public LevelParameters OneClass(double[] leastSquares, double deviation)
    {
        int q = model.Layout.EffectCount;
        LevelParameters at = new(leastSquares, [deviation], [Diagonal(q, 0.5 * deviation)]);
        LevelTies ties = new([.. Enumerable.Range(0, leastSquares.Length)], [0], [q > 0 ? 0 : -1], coordinates.Ties.IsCorrelated);
        double[][] certain = [new double[model.UnitCount]];
        for (int cycle = 0; cycle < OneClassCycles; cycle++)
        {
            if (model.TryExpect(at, certain) is not { } expectation)
                break;
            at = LevelMaximization.Maximize(expectation.Sums, at, ties, LevelStep.Expanded);
        }
        return at;
    }

    /// <summary>A start in EM's vector.</summary>
    /// <param name="one">The mixed model of one class.</param>
    /// <param name="deviation">Residual standard deviation of least squares.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="start">Which start: even ones make classes of units that are near, odd ones of random lines.</param>
    public double[] Make(LevelParameters one, double deviation, int seed, int start)
    {
        StreamRandom random = new(seed, start);
        int count = held.ClassCount;
        LevelParameters made;
        double[][] membership;
        if (start % 2 == 0)
        {
            membership = Nearest(one, count, ref random, refinements: start % 4 == 0 ? 3 : 0);
            made = ByClass(one, membership);
        }
        else
        {
            made = RandomLines(one, deviation, ref random);
            membership = [.. Enumerable.Range(0, count).Select(_ => Filled(model.UnitCount, 1.0 / count))];
        }
        double[] delta = classes.Maximize(new double[classes.Count], Known(membership), isClassFree);
        return coordinates.Pack(made, delta);
    }

    /// <summary>Coefficients of least squares about which every class has noise of the size of the residuals.</summary>
    private LevelParameters RandomLines(LevelParameters one, double deviation, ref StreamRandom random)
    {
        double[] coefficients = new double[held.Coefficients.Length];
        for (int index = 0; index < coefficients.Length; index++)
            coefficients[index] = one.Coefficients[index % one.FixedCount] + deviation * random.NextNormal();
        return Hold(coefficients, one);
    }

    /// <summary>Least squares within the classes, and the rest from the model of one class.</summary>
    private LevelParameters ByClass(LevelParameters one, double[][] membership)
    {
        int q = model.Layout.EffectCount;
        double[] repeated = [.. Enumerable.Range(0, held.ClassCount).SelectMany(_ => one.Coefficients)];
        LevelParameters flat = Hold(repeated, one) with { Factors = [.. held.Factors.Select(_ => Diagonal(q, 1e-8))] };
        double[][] logs = [.. membership.Select(own => Array.ConvertAll(own, Math.Log))];
        // Of equal classes the posterior is what was put in, and effects without variance leave least squares.
        flat = flat with { Coefficients = repeated, Sigmas = Filled(held.ClassCount, one.Sigmas[0]) };
        return model.TryExpect(flat, logs) is { } expectation
            ? Hold(LevelMaximization.Maximize(expectation.Sums, flat, coordinates.Ties with { Factors = Array.ConvertAll(coordinates.Ties.Factors, _ => -1) }, LevelStep.Effects).Coefficients, one)
            : Hold(repeated, one);
    }

    /// <summary>What is held at its value, the rest of one class.</summary>
    private LevelParameters Hold(double[] coefficients, LevelParameters one)
    {
        double[] own = (double[])coefficients.Clone();
        for (int index = 0; index < own.Length; index++)
        {
            int tie = coordinates.Ties.Coefficients[index];
            own[index] = tie < 0 ? held.Coefficients[index] : own[Array.IndexOf(coordinates.Ties.Coefficients, tie)];
        }
        return new LevelParameters(
            own,
            [.. held.Sigmas.Select((sigma, k) => coordinates.Ties.Sigmas[k] < 0 ? sigma : one.Sigmas[0])],
            [.. held.Factors.Select((factor, set) => coordinates.Ties.Factors[set] < 0 ? factor : Array.ConvertAll(one.Factors[0], value => WithinShare * value))]);
    }

    private double[][] Known(double[][] membership)
    {
        double[][] allowed = classes.LogPrior(new double[classes.Count]);
        for (int unit = 0; unit < model.UnitCount; unit++)
        {
            int only = Array.FindIndex(allowed, log => log[unit] == 0);
            for (int k = 0; k < membership.Length && only >= 0 && membership.Length > 1; k++)
                membership[k][unit] = k == only ? 1 : 0;
        }
        return membership;
    }

    /// <summary>Units put to the nearest of K units drawn far apart, in predicted effects (without effects: in products of residuals with X).</summary>
    private double[][] Nearest(LevelParameters one, int count, ref StreamRandom random, int refinements)
    {
        features ??= model.UnitFeatures(one);
        int units = model.UnitCount;
        int width = features[0].Length;
        double[][] centres = new double[count][];
        double[] distance = Filled(units, double.PositiveInfinity);
        centres[0] = features[Math.Min(units - 1, (int)(random.NextUniform() * units))];
        for (int k = 1; k < count; k++)
        {
            double total = 0;
            for (int unit = 0; unit < units; unit++)
                total += distance[unit] = Math.Min(distance[unit], Distance(features[unit], centres[k - 1]));
            double target = random.NextUniform() * total;
            int chosen = 0;
            while (chosen < units - 1 && (target -= distance[chosen]) > 0)
                chosen++;
            centres[k] = features[chosen];
        }
        int[] nearest = new int[units];
        for (int pass = 0; ; pass++)
        {
            double[][] sums = [.. Enumerable.Range(0, count).Select(_ => new double[width])];
            int[] counts = new int[count];
            for (int unit = 0; unit < units; unit++)
            {
                double shortest = double.PositiveInfinity;
                for (int k = 0; k < count; k++)
                {
                    double length = Distance(features[unit], centres[k]);
                    if (length < shortest)
                        (shortest, nearest[unit]) = (length, k);
                }
                counts[nearest[unit]]++;
                for (int index = 0; index < width; index++)
                    sums[nearest[unit]][index] += features[unit][index];
            }
            if (pass == refinements)
                break;
            for (int k = 0; k < count; k++)
            {
                if (counts[k] > 0)
                    centres[k] = Array.ConvertAll(sums[k], sum => sum / counts[k]);
            }
        }
        return [.. Enumerable.Range(0, count).Select(k => Array.ConvertAll(nearest, own => own == k || count == 1 ? OwnShare : (1 - OwnShare) / (count - 1)))];
    }

    private static double Distance(double[] left, double[] right)
    {
        double sum = 0;
        for (int index = 0; index < left.Length; index++)
            sum += (left[index] - right[index]) * (left[index] - right[index]);
        return sum;
    }

    private static double[] Diagonal(int q, double value)
    {
        double[] matrix = new double[q * q];
        for (int index = 0; index < q; index++)
            matrix[index * q + index] = value;
        return matrix;
    }

    private static double[] Filled(int count, double value)
    {
        double[] values = new double[count];
        Array.Fill(values, value);
        return values;
    }
}
