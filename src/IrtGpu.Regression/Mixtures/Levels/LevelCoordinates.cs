using IrtGpu.Foundation.Vectors;
using IrtGpu.Regression.Mixtures.Levels.Density;
using IrtGpu.Regression.Mixtures.Parameters;

namespace IrtGpu.Regression.Mixtures.Levels;

/// <summary>From the working vector of a mixture to <see cref="LevelParameters"/>, to the vector that EM moves, and back.</summary>
/// <remarks>
/// EM moves free coefficients, log σ, the elements of Λ on and below the diagonal, and class coefficients. In Λ a variance of 0 is an ordinary
/// point, which in the working vector lies at −∞ and is held at <see cref="LeastLogDeviation"/>.
/// </remarks>
internal sealed class LevelCoordinates
{
    /// <summary>A standard deviation of 0, in logs of the working response.</summary>
    public const double LeastLogDeviation = -18;

    private const double Vanished = -9; // log deviations below it are 0 but for rounding: the likelihood is flat there
    private const double Perfect = 7; // likewise of correlations of ±1

    private readonly MixtureLayout layout;
    private readonly int p;
    private readonly int q;
    private readonly (int Row, int Column)[] elements; // of Λ that are free

    public LevelCoordinates(MixtureLayout layout)
    {
        this.layout = layout;
        p = layout.Shape.Coefficients.Count;
        q = layout.Shape.Effects.Count;
        elements = [.. Enumerable.Range(0, q).SelectMany(row => Enumerable.Range(0, row + 1).Select(column => (row, column))).Where(element => layout.Shape.HasCorrelations || element.row == element.column)];
        (Ties, IsExact) = MakeTies();
    }

    /// <summary>What is free in EM.</summary>
    public LevelTies Ties { get; }

    /// <summary>Whether EM can hold what the layout holds and ties; if not, EM finds a start and other steps finish.</summary>
    public bool IsExact { get; }

    /// <summary>Sets of effects: one a class, or one for all.</summary>
    public int SetCount => layout.Shape.SharesEffects ? 1 : layout.ClassCount;

    /// <summary>Length of EM's vector.</summary>
    public int Count => FirstClassCoefficient + (layout.ClassCount - 1) * layout.Shape.ClassColumns.Count;

    private int FirstSigma => Ties.CoefficientCount;

    private int FirstFactor => FirstSigma + Ties.SigmaCount;

    private int FirstClassCoefficient => FirstFactor + Ties.FactorCount * elements.Length;

    /// <summary>Whether a free number is a standard deviation of 0, a correlation with an effect that has one, or one of ±1.</summary>
    /// <param name="layout">Where it stands.</param>
    /// <param name="free">Which.</param>
    /// <param name="at">All free numbers. [free]</param>
    public static bool IsVanished(MixtureLayout layout, int free, ReadOnlySpan<double> at)
    {
        MixtureSlot slot = layout.Slots[layout.FirstSlots[free]];
        return slot.Kind switch
        {
            SlotKind.LogDeviation => at[free] < Vanished,
            SlotKind.Correlation => Math.Abs(at[free]) > Perfect || HasVanished(layout, slot.Class, slot.Index, at) || HasVanished(layout, slot.Class, slot.Second, at),
            _ => false,
        };
    }

    private static bool HasVanished(MixtureLayout layout, int ofClass, int effect, ReadOnlySpan<double> at)
    {
        int free = layout.FreeOf(layout.LogDeviation(ofClass, effect));
        return free >= 0 && at[free] < Vanished;
    }

    /// <summary>Parameters of the density.</summary>
    /// <param name="full">[slot]</param>
    public LevelParameters Parameters(ReadOnlySpan<double> full)
    {
        double[] coefficients = new double[layout.ClassCount * p];
        double[] sigmas = new double[layout.ClassCount];
        for (int k = 0; k < layout.ClassCount; k++)
        {
            full.Slice(layout.Coefficient(k), p).CopyTo(coefficients.AsSpan(k * p));
            sigmas[k] = Math.Exp(full[layout.LogSigma(k)]);
        }
        double[][] factors = new double[SetCount][];
        for (int set = 0; set < SetCount; set++)
        {
            factors[set] = Correlations(full, set);
            for (int row = 0; row < q; row++)
            {
                double deviation = Math.Exp(full[layout.LogDeviation(set, row)]);
                for (int column = 0; column <= row; column++)
                    factors[set][row * q + column] *= deviation;
            }
        }
        return new LevelParameters(coefficients, sigmas, factors);
    }

    /// <summary>Class coefficients, class after class. [(K − 1) m]</summary>
    public ReadOnlySpan<double> ClassCoefficients(ReadOnlySpan<double> full) =>
        layout.ClassCount == 1 ? [] : full[layout.ClassCoefficient(1)..];

    /// <summary>The working vector. [slot]</summary>
    public double[] Full(LevelParameters parameters, ReadOnlySpan<double> delta)
    {
        double[] full = new double[layout.SlotCount];
        for (int k = 0; k < layout.ClassCount; k++)
        {
            parameters.Of(k).CopyTo(full.AsSpan(layout.Coefficient(k)));
            full[layout.LogSigma(k)] = Math.Log(parameters.Sigmas[k]);
            if (q > 0)
                StoreFactor(parameters.Factors[parameters.SetOf(k)], full, k);
        }
        if (layout.ClassCount > 1)
            delta.CopyTo(full.AsSpan(layout.ClassCoefficient(1)));
        return layout.Expand(layout.Collapse(full));
    }

    /// <summary>Adds a gradient in the parameters of the density to that in the working vector.</summary>
    /// <param name="full">[slot]</param>
    /// <param name="coefficients">[class, p]</param>
    /// <param name="logSigmas">[class]</param>
    /// <param name="factors">In Λ, each set once. [set][q, q]</param>
    /// <param name="delta">[(K − 1) m]</param>
    /// <param name="gradient">Added to. [slot]</param>
    public void AddGradient(ReadOnlySpan<double> full, double[] coefficients, double[] logSigmas, double[][] factors, double[] delta, Span<double> gradient)
    {
        for (int k = 0; k < layout.ClassCount; k++)
        {
            for (int column = 0; column < p; column++)
                gradient[layout.Coefficient(k, column)] += coefficients[k * p + column];
            gradient[layout.LogSigma(k)] += logSigmas[k];
        }
        for (int set = 0; set < SetCount && q > 0; set++)
            AddFactorGradient(full, set, factors[set], gradient);
        for (int index = 0; index < delta.Length; index++)
            gradient[layout.ClassCoefficient(1) + index] += delta[index];
    }

    /// <summary>The vector that EM moves.</summary>
    public double[] Pack(LevelParameters parameters, ReadOnlySpan<double> delta)
    {
        double[] vector = new double[Count];
        for (int index = 0; index < parameters.Coefficients.Length; index++)
        {
            if (Ties.Coefficients[index] >= 0)
                vector[Ties.Coefficients[index]] = parameters.Coefficients[index];
        }
        for (int k = 0; k < layout.ClassCount; k++)
        {
            if (Ties.Sigmas[k] >= 0)
                vector[FirstSigma + Ties.Sigmas[k]] = Math.Log(parameters.Sigmas[k]);
        }
        for (int set = 0; set < SetCount; set++)
        {
            for (int element = 0; element < elements.Length && Ties.Factors[set] >= 0; element++)
                vector[FirstFactor + Ties.Factors[set] * elements.Length + element] = parameters.Factors[set][elements[element].Row * q + elements[element].Column];
        }
        delta.CopyTo(vector.AsSpan(FirstClassCoefficient));
        return vector;
    }

    /// <summary>What EM's vector says; what is held is taken from elsewhere.</summary>
    /// <param name="vector">[parameter]</param>
    /// <param name="held">Parameters with the held numbers.</param>
    public LevelParameters Unpack(ReadOnlySpan<double> vector, LevelParameters held)
    {
        double[] coefficients = (double[])held.Coefficients.Clone();
        double[] sigmas = (double[])held.Sigmas.Clone();
        double[][] factors = [.. held.Factors.Select(factor => (double[])factor.Clone())];
        for (int index = 0; index < coefficients.Length; index++)
        {
            if (Ties.Coefficients[index] >= 0)
                coefficients[index] = vector[Ties.Coefficients[index]];
        }
        for (int k = 0; k < layout.ClassCount; k++)
        {
            if (Ties.Sigmas[k] >= 0)
                sigmas[k] = Math.Exp(vector[FirstSigma + Ties.Sigmas[k]]);
        }
        for (int set = 0; set < SetCount; set++)
        {
            for (int element = 0; element < elements.Length && Ties.Factors[set] >= 0; element++)
                factors[set][elements[element].Row * q + elements[element].Column] = vector[FirstFactor + Ties.Factors[set] * elements.Length + element];
        }
        return new LevelParameters(coefficients, sigmas, factors);
    }

    /// <summary>Class coefficients in EM's vector.</summary>
    public ReadOnlySpan<double> UnpackClasses(ReadOnlySpan<double> vector) => vector[FirstClassCoefficient..];

    /// <summary>Gradient in EM's vector.</summary>
    public double[] PackGradient(double[] coefficients, double[] logSigmas, double[][] factors, double[] delta)
    {
        double[] gradient = new double[Count];
        for (int index = 0; index < coefficients.Length; index++)
        {
            if (Ties.Coefficients[index] >= 0)
                gradient[Ties.Coefficients[index]] += coefficients[index];
        }
        for (int k = 0; k < layout.ClassCount; k++)
        {
            if (Ties.Sigmas[k] >= 0)
                gradient[FirstSigma + Ties.Sigmas[k]] += logSigmas[k];
        }
        for (int set = 0; set < SetCount; set++)
        {
            for (int element = 0; element < elements.Length && Ties.Factors[set] >= 0; element++)
                gradient[FirstFactor + Ties.Factors[set] * elements.Length + element] += factors[set][elements[element].Row * q + elements[element].Column];
        }
        delta.CopyTo(gradient.AsSpan(FirstClassCoefficient));
        return gradient;
    }

    /// <summary>Words for an element of EM's vector.</summary>
    public string Describe(int parameter)
    {
        if (parameter < FirstSigma)
            return layout.Slots[layout.Coefficient(0) + SlotOf(Ties.Coefficients, parameter, p)].Name;
        if (parameter < FirstFactor)
            return layout.Slots[layout.LogSigma(Array.IndexOf(Ties.Sigmas, parameter - FirstSigma))].Name;
        if (parameter >= FirstClassCoefficient)
            return layout.Slots[layout.ClassCoefficient(1) + parameter - FirstClassCoefficient].Name;
        int set = Array.IndexOf(Ties.Factors, (parameter - FirstFactor) / elements.Length);
        (int row, int column) = elements[(parameter - FirstFactor) % elements.Length];
        string name = layout.Slots[layout.LogDeviation(set, row)].Name;
        return row == column ? name : $"{name} with {layout.Shape.Effects[column]}";
    }

    private int SlotOf(int[] ties, int parameter, int width)
    {
        int index = Array.IndexOf(ties, parameter);
        return layout.Coefficient(index / width, index % width) - layout.Coefficient(0);
    }

    private double[] Correlations(ReadOnlySpan<double> full, int set) => layout.Shape.CorrelationCount == 0
        ? CorrelationFactor.Of([], q)
        : CorrelationFactor.Of(full.Slice(layout.Correlation(set), layout.Shape.CorrelationCount), q);

    private void StoreFactor(double[] factor, Span<double> full, int k)
    {
        double[] unit = new double[q * q];
        for (int row = 0; row < q; row++)
        {
            double length = FixedOrderSums.Norm(factor.AsSpan(row * q, row + 1));
            bool isZero = !(length > Math.Exp(LeastLogDeviation));
            full[layout.LogDeviation(k, row)] = isZero ? LeastLogDeviation : Math.Log(length);
            for (int column = 0; column <= row; column++)
                unit[row * q + column] = isZero ? (column == row ? 1 : 0) : factor[row * q + column] / length;
        }
        if (layout.Shape.CorrelationCount > 0)
            CorrelationFactor.Unbounded(unit, q).CopyTo(full[layout.Correlation(k)..]);
    }

    /// <summary>Rows of Λ are a deviation times a row of the factor of the correlations, which is made of partial correlations one after the other.</summary>
    private void AddFactorGradient(ReadOnlySpan<double> full, int set, double[] slopes, Span<double> gradient)
    {
        double[] unit = Correlations(full, set);
        for (int row = 0; row < q; row++)
        {
            double deviation = Math.Exp(full[layout.LogDeviation(set, row)]);
            double along = 0;
            for (int column = 0; column <= row; column++)
                along += slopes[row * q + column] * unit[row * q + column];
            gradient[layout.LogDeviation(set, row)] += deviation * along;
            double left = 1; // of the squared length of the row
            for (int column = 0; column < row && layout.Shape.CorrelationCount > 0; column++)
            {
                double partial = Math.Tanh(full[layout.Correlation(set, row, column)]);
                double slope = slopes[row * q + column] * (1 - partial * partial) * Math.Sqrt(left);
                for (int later = column + 1; later <= row; later++)
                    slope -= slopes[row * q + later] * unit[row * q + later] * partial;
                gradient[layout.Correlation(set, row, column)] += deviation * slope;
                left -= unit[row * q + column] * unit[row * q + column];
            }
        }
    }

    private (LevelTies Ties, bool IsExact) MakeTies()
    {
        int classes = layout.ClassCount;
        int[] coefficients = Groups(Enumerable.Range(0, classes * p).Select(index => layout.FreeOf(layout.Coefficient(index / p, index % p))));
        int[] sigmas = Groups(Enumerable.Range(0, classes).Select(k => layout.FreeOf(layout.LogSigma(k))));
        int[][] factorSlots = [.. Enumerable.Range(0, SetCount).Select(set => FactorSlots(set).Select(layout.FreeOf).ToArray())];
        bool isExact = true;
        int[] factors = new int[SetCount];
        List<int> seen = [];
        for (int set = 0; set < SetCount; set++)
        {
            int[] own = factorSlots[set];
            bool isHeld = Array.TrueForAll(own, free => free < 0);
            int twin = Enumerable.Range(0, set).FirstOrDefault(other => factorSlots[other].SequenceEqual(own), -1);
            isExact &= isHeld || (!own.Contains(-1) && (twin >= 0 || !seen.Intersect(own).Any()));
            factors[set] = isHeld ? -1 : twin >= 0 ? factors[twin] : factors.Take(set).DefaultIfEmpty(-1).Max() + 1;
            seen.AddRange(own);
        }
        return (new LevelTies(coefficients, sigmas, factors, layout.Shape.HasCorrelations), isExact);
    }

    private IEnumerable<int> FactorSlots(int set) =>
        Enumerable.Range(0, q).Select(effect => layout.LogDeviation(set, effect))
            .Concat(Enumerable.Range(0, layout.Shape.CorrelationCount).Select(index => layout.Correlation(set) + index));

    /// <summary>Numbers free parameters from 0 in the order in which they occur; −1 stays.</summary>
    private static int[] Groups(IEnumerable<int> free)
    {
        Dictionary<int, int> numbers = [];
        return [.. free.Select(index => index < 0 ? -1 : numbers.TryGetValue(index, out int known) ? known : numbers[index] = numbers.Count)];
    }
}
