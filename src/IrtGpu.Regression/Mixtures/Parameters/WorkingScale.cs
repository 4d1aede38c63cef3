namespace IrtGpu.Regression.Mixtures.Parameters;

/// <summary>Centres and sizes of columns and response, so that no unit of a variable matters to the arithmetic.</summary>
/// <remarks>
/// Working response (y − offset − a)/s, working column (x_j − m_j)/s_j; so β_j = γ_j s/s_j, and the intercept is a + s γ_0 − Σ m_j β_j. Without an
/// intercept, and where it is tied or bounded, columns are not centred. Columns of effects are divided by their size only.
/// </remarks>
/// <param name="ResponseCentre">a.</param>
/// <param name="ResponseSize">s.</param>
/// <param name="Centres">m. [p]</param>
/// <param name="Sizes">s_j. [p]</param>
/// <param name="Intercept">Position of the intercept; −1 where there is none.</param>
/// <param name="EffectSizes">Sizes of the columns of effects. [q]</param>
/// <param name="ClassCentres">Centres of the columns of the class formula. [m]</param>
/// <param name="ClassSizes">Their sizes. [m]</param>
/// <param name="ClassIntercept">Position of their constant; −1 where there is none.</param>
internal sealed record WorkingScale(
    double ResponseCentre, double ResponseSize, double[] Centres, double[] Sizes, int Intercept, double[] EffectSizes, double[] ClassCentres, double[] ClassSizes, int ClassIntercept)
{
    /// <summary>Measures columns.</summary>
    /// <param name="response">Response less offset. [row]</param>
    /// <param name="columns">X. [p][row]</param>
    /// <param name="intercept">Position of the intercept; −1 where there is none.</param>
    /// <param name="isCentred">Whether columns of X may be centred.</param>
    /// <param name="effects">Columns of effects. [q][row]</param>
    /// <param name="classColumns">Columns of the class formula. [m][row or level]</param>
    /// <param name="classIntercept">Position of their constant; −1 where there is none.</param>
    public static WorkingScale Measure(
        double[] response, double[][] columns, int intercept, bool isCentred, double[][] effects, double[][] classColumns, int classIntercept)
    {
        (double centre, double size) = Measure(response, intercept >= 0);
        (double[] centres, double[] sizes) = Measure(columns, intercept, isCentred && intercept >= 0);
        (double[] classCentres, double[] classSizes) = Measure(classColumns, classIntercept, classIntercept >= 0);
        return new WorkingScale(centre, size, centres, sizes, intercept, Measure(effects, -1, false).Sizes, classCentres, classSizes, classIntercept);
    }

    /// <summary>The scale of the data itself.</summary>
    /// <param name="columns">p.</param>
    /// <param name="effects">q.</param>
    /// <param name="classColumns">m.</param>
    public static WorkingScale None(int columns, int effects, int classColumns) => new(
        0, 1, new double[columns], Ones(columns), -1, Ones(effects), new double[classColumns], Ones(classColumns), -1);

    /// <summary>(values − centre)/size. [row]</summary>
    public static double[] Apply(double[] values, double centre, double size) => Array.ConvertAll(values, value => (value - centre) / size);

    /// <summary>Parameters on the scale they are reported on: β, σ, standard deviations, correlations as they are, class coefficients.</summary>
    /// <param name="layout">Where they stand.</param>
    /// <param name="full">Working. [slot]</param>
    /// <param name="natural">Out. [slot]</param>
    public void ToNatural(MixtureLayout layout, ReadOnlySpan<double> full, Span<double> natural)
    {
        for (int slot = 0; slot < layout.SlotCount; slot++)
        {
            MixtureSlot own = layout.Slots[slot];
            natural[slot] = own.Kind switch
            {
                SlotKind.Coefficient => full[slot] * ResponseSize / Sizes[own.Index],
                SlotKind.LogSigma => ResponseSize * Math.Exp(full[slot]),
                SlotKind.LogDeviation => ResponseSize / EffectSizes[own.Index] * Math.Exp(full[slot]),
                SlotKind.Correlation => full[slot],
                SlotKind.ClassCoefficient => full[slot] / ClassSizes[own.Index],
                _ => throw new ArgumentOutOfRangeException(nameof(layout), own.Kind, "There is no such kind of slot."),
            };
        }
        for (int ofClass = 0; ofClass < layout.ClassCount; ofClass++)
        {
            if (Intercept >= 0)
            {
                int first = layout.Coefficient(ofClass);
                natural[first + Intercept] += ResponseCentre - Moved(natural.Slice(first, Centres.Length), Centres, Intercept);
            }
            if (ClassIntercept >= 0 && ofClass > 0)
            {
                int first = layout.ClassCoefficient(ofClass);
                natural[first + ClassIntercept] -= Moved(natural.Slice(first, ClassCentres.Length), ClassCentres, ClassIntercept);
            }
        }
    }

    /// <summary>The working parameters of reported ones.</summary>
    /// <param name="layout">Where they stand.</param>
    /// <param name="natural">[slot]</param>
    /// <param name="full">Out. [slot]</param>
    public void ToWorking(MixtureLayout layout, ReadOnlySpan<double> natural, Span<double> full)
    {
        for (int slot = 0; slot < layout.SlotCount; slot++)
        {
            MixtureSlot own = layout.Slots[slot];
            full[slot] = own.Kind switch
            {
                SlotKind.Coefficient when own.Index == Intercept =>
                    (natural[slot] - ResponseCentre + Moved(natural.Slice(layout.Coefficient(own.Class), Centres.Length), Centres, Intercept)) / ResponseSize,
                SlotKind.Coefficient => natural[slot] * Sizes[own.Index] / ResponseSize,
                SlotKind.LogSigma => Math.Log(natural[slot] / ResponseSize),
                SlotKind.LogDeviation => Math.Log(natural[slot] * EffectSizes[own.Index] / ResponseSize),
                SlotKind.Correlation => natural[slot],
                SlotKind.ClassCoefficient when own.Index == ClassIntercept =>
                    natural[slot] + Moved(natural.Slice(layout.ClassCoefficient(own.Class), ClassCentres.Length), ClassCentres, ClassIntercept),
                SlotKind.ClassCoefficient => natural[slot] * ClassSizes[own.Index],
                _ => throw new ArgumentOutOfRangeException(nameof(layout), own.Kind, "There is no such kind of slot."),
            };
        }
    }

    /// <summary>Derivatives of a reported number in the working ones: the slots it depends on.</summary>
    /// <param name="layout">Where they stand.</param>
    /// <param name="slot">The reported number.</param>
    /// <param name="natural">Reported numbers. [slot]</param>
    public IEnumerable<(int Slot, double Derivative)> Derivatives(MixtureLayout layout, int slot, double[] natural)
    {
        MixtureSlot own = layout.Slots[slot];
        switch (own.Kind)
        {
            case SlotKind.Coefficient:
                yield return (slot, ResponseSize / Sizes[own.Index]);
                for (int column = 0; column < Centres.Length && own.Index == Intercept; column++)
                {
                    if (column != Intercept && Centres[column] != 0)
                        yield return (layout.Coefficient(own.Class, column), -Centres[column] * ResponseSize / Sizes[column]);
                }
                break;
            case SlotKind.LogSigma or SlotKind.LogDeviation:
                yield return (slot, natural[slot]);
                break;
            case SlotKind.Correlation:
                yield return (slot, 1);
                break;
            case SlotKind.ClassCoefficient:
                yield return (slot, 1 / ClassSizes[own.Index]);
                for (int column = 0; column < ClassCentres.Length && own.Index == ClassIntercept; column++)
                {
                    if (column != ClassIntercept && ClassCentres[column] != 0)
                        yield return (layout.ClassCoefficient(own.Class, column), -ClassCentres[column] / ClassSizes[column]);
                }
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(slot), own.Kind, "There is no such kind of slot.");
        }
    }

    private static double[] Ones(int count)
    {
        double[] ones = new double[count];
        Array.Fill(ones, 1);
        return ones;
    }

    private static double Moved(ReadOnlySpan<double> coefficients, double[] centres, int intercept)
    {
        double sum = 0;
        for (int column = 0; column < centres.Length; column++)
            sum += column == intercept ? 0 : centres[column] * coefficients[column];
        return sum;
    }

    private static (double[] Centres, double[] Sizes) Measure(double[][] columns, int intercept, bool isCentred)
    {
        double[] centres = new double[columns.Length];
        double[] sizes = new double[columns.Length];
        for (int column = 0; column < columns.Length; column++)
            (centres[column], sizes[column]) = column == intercept ? (0, 1) : Measure(columns[column], isCentred);
        return (centres, sizes);
    }

    private static (double Centre, double Size) Measure(double[] values, bool isCentred)
    {
        if (values.Length == 0)
            return (0, 1);
        double largest = Math.Abs(System.Numerics.Tensors.TensorPrimitives.MaxMagnitude<double>(values));
        if (!(largest > 0))
            return (0, 1);
        double mean = 0;
        foreach (double value in values)
            mean += value / values.Length;
        if (!isCentred)
            mean = 0;
        double squares = 0;
        foreach (double value in values)
            squares += (value - mean) / largest * ((value - mean) / largest) / values.Length;
        double size = largest * Math.Sqrt(squares);
        return size > 1e-12 * largest ? (mean, size) : (0, largest);
    }
}
