using IrtGpu.Foundation.LinearAlgebra;

namespace IrtGpu.Regression.Mixtures.Parameters;

/// <summary>Where the numbers of a mixture stand, which are one free parameter, and which are held.</summary>
/// <remarks>
/// The full working vector: class after class its coefficients γ [p], log σ, log standard deviations of effects [q] and their correlations
/// [q(q − 1)/2, row after row of the lower triangle]; then, class after class from the second, its class coefficients δ [m]. A slot is one
/// free parameter, shared with the slots it is tied to, or is held at a value.
/// </remarks>
internal sealed class MixtureLayout
{
    private readonly int[] freeOf; // −1: held
    private readonly double[] held;
    private readonly int classWidth;

    /// <summary>Lays out.</summary>
    /// <param name="shape">Which parameters there are.</param>
    /// <param name="isTied">Whether the slot is one parameter in all classes; asked for slots of the first class, never for class coefficients.</param>
    /// <param name="heldAt">Working value at which the slot is held; null: it is free. Slots that are tied must have the same.</param>
    public MixtureLayout(MixtureShape shape, Func<MixtureSlot, bool> isTied, Func<MixtureSlot, double?> heldAt)
    {
        Shape = shape;
        classWidth = shape.Coefficients.Count + 1 + shape.Effects.Count + shape.CorrelationCount;
        Slots = [.. MakeSlots(shape)];
        freeOf = new int[Slots.Count];
        held = new double[Slots.Count];
        List<int> firstSlots = [];
        for (int slot = 0; slot < Slots.Count; slot++)
        {
            MixtureSlot own = Slots[slot];
            bool isEffect = own.Kind is SlotKind.LogDeviation or SlotKind.Correlation;
            int first = slot % classWidth; // of the first class
            bool follows = own.Kind != SlotKind.ClassCoefficient && own.Class > 0 && (isTied(Slots[first]) || (isEffect && shape.SharesEffects));
            if (heldAt(own) is { } value)
                (freeOf[slot], held[slot]) = (-1, value);
            else if (follows)
                freeOf[slot] = freeOf[first];
            else
                (freeOf[slot], _) = (firstSlots.Count, Append(firstSlots, slot));
        }
        FirstSlots = firstSlots;
    }

    /// <summary>Which parameters there are.</summary>
    public MixtureShape Shape { get; }

    /// <summary>All numbers. [slot]</summary>
    public IReadOnlyList<MixtureSlot> Slots { get; }

    /// <summary>The first slot of each free parameter. [free]</summary>
    public IReadOnlyList<int> FirstSlots { get; }

    /// <summary>Number of slots.</summary>
    public int SlotCount => Slots.Count;

    /// <summary>Number of free parameters.</summary>
    public int FreeCount => FirstSlots.Count;

    /// <summary>Number of classes.</summary>
    public int ClassCount => Shape.ClassCount;

    /// <summary>Free parameter of a slot; −1: it is held.</summary>
    public int FreeOf(int slot) => freeOf[slot];

    /// <summary>First coefficient of a class; the others follow.</summary>
    public int Coefficient(int ofClass, int column = 0) => ofClass * classWidth + column;

    /// <summary>log σ of a class.</summary>
    public int LogSigma(int ofClass) => ofClass * classWidth + Shape.Coefficients.Count;

    /// <summary>First log standard deviation of a class; the others follow.</summary>
    public int LogDeviation(int ofClass, int effect = 0) => LogSigma(ofClass) + 1 + effect;

    /// <summary>First correlation of a class; the others follow, row after row of the lower triangle.</summary>
    public int Correlation(int ofClass, int row = 1, int column = 0) => LogDeviation(ofClass) + Shape.Effects.Count + PackedTriangle.Index(row - 1, column);

    /// <summary>First class coefficient of a class from the second on; the others follow. The first class has none: they are 0.</summary>
    public int ClassCoefficient(int ofClass, int column = 0) => Shape.ClassCount * classWidth + (ofClass - 1) * Shape.ClassColumns.Count + column;

    /// <summary>All numbers from the free ones.</summary>
    /// <param name="free">[free]</param>
    /// <param name="full">Out. [slot]</param>
    public void Expand(ReadOnlySpan<double> free, Span<double> full)
    {
        for (int slot = 0; slot < freeOf.Length; slot++)
            full[slot] = freeOf[slot] >= 0 ? free[freeOf[slot]] : held[slot];
    }

    /// <summary>All numbers from the free ones. [slot]</summary>
    public double[] Expand(ReadOnlySpan<double> free)
    {
        double[] full = new double[SlotCount];
        Expand(free, full);
        return full;
    }

    /// <summary>The free numbers: means over slots that are tied. [free]</summary>
    public double[] Collapse(ReadOnlySpan<double> full)
    {
        double[] free = new double[FreeCount];
        int[] counts = new int[FreeCount];
        for (int slot = 0; slot < freeOf.Length; slot++)
        {
            if (freeOf[slot] < 0)
                continue;
            free[freeOf[slot]] += full[slot];
            counts[freeOf[slot]]++;
        }
        for (int index = 0; index < free.Length; index++)
            free[index] /= counts[index];
        return free;
    }

    /// <summary>Gradient in the free parameters from that in all slots.</summary>
    /// <param name="full">[slot]</param>
    /// <param name="free">Out. [free]</param>
    public void CollapseGradient(ReadOnlySpan<double> full, Span<double> free)
    {
        free[..FreeCount].Clear();
        for (int slot = 0; slot < freeOf.Length; slot++)
        {
            if (freeOf[slot] >= 0)
                free[freeOf[slot]] += full[slot];
        }
    }

    /// <summary>Second derivatives in the free parameters from those in all slots. [free, free]</summary>
    /// <param name="full">[slot, slot]</param>
    public double[] CollapseHessian(ReadOnlySpan<double> full)
    {
        double[] free = new double[FreeCount * FreeCount];
        for (int row = 0; row < SlotCount; row++)
        {
            if (freeOf[row] < 0)
                continue;
            for (int column = 0; column < SlotCount; column++)
            {
                if (freeOf[column] >= 0)
                    free[freeOf[row] * FreeCount + freeOf[column]] += full[row * SlotCount + column];
            }
        }
        return free;
    }

    /// <summary>The same mixture with its classes in another order.</summary>
    /// <param name="full">[slot]</param>
    /// <param name="order">Which of the old classes comes at each place. [class]</param>
    /// <returns>[slot]</returns>
    public double[] Reorder(ReadOnlySpan<double> full, IReadOnlyList<int> order)
    {
        double[] result = new double[SlotCount];
        for (int place = 0; place < ClassCount; place++)
            full.Slice(order[place] * classWidth, classWidth).CopyTo(result.AsSpan(place * classWidth));
        for (int place = 1; place < ClassCount; place++)
        {
            for (int column = 0; column < Shape.ClassColumns.Count; column++)
                result[ClassCoefficient(place, column)] = ClassCoefficientOf(full, order[place], column) - ClassCoefficientOf(full, order[0], column);
        }
        return result;
    }

    /// <summary>Class coefficient of any class; 0 for the first.</summary>
    public double ClassCoefficientOf(ReadOnlySpan<double> full, int ofClass, int column) => ofClass == 0 ? 0 : full[ClassCoefficient(ofClass, column)];

    private static int Append(List<int> list, int value)
    {
        list.Add(value);
        return value;
    }

    private static IEnumerable<MixtureSlot> MakeSlots(MixtureShape shape)
    {
        for (int ofClass = 0; ofClass < shape.ClassCount; ofClass++)
        {
            string suffix = shape.ClassCount > 1 ? FormattableString.Invariant($" of class {ofClass + 1}") : "";
            for (int column = 0; column < shape.Coefficients.Count; column++)
                yield return new MixtureSlot(SlotKind.Coefficient, ofClass, column, 0, shape.Coefficients[column] + suffix);
            yield return new MixtureSlot(SlotKind.LogSigma, ofClass, 0, 0, "sigma" + suffix);
            for (int effect = 0; effect < shape.Effects.Count; effect++)
                yield return new MixtureSlot(SlotKind.LogDeviation, ofClass, effect, 0, $"sd of {shape.Effects[effect]}{suffix}");
            for (int row = 1; row < shape.Effects.Count && shape.HasCorrelations; row++)
            {
                for (int column = 0; column < row; column++)
                    yield return new MixtureSlot(SlotKind.Correlation, ofClass, row, column, $"correlation of {shape.Effects[column]} and {shape.Effects[row]}{suffix}");
            }
        }
        for (int ofClass = 1; ofClass < shape.ClassCount; ofClass++)
        {
            for (int column = 0; column < shape.ClassColumns.Count; column++)
                yield return new MixtureSlot(SlotKind.ClassCoefficient, ofClass, column, 0, FormattableString.Invariant($"{shape.ClassColumns[column]} of the log odds of class {ofClass + 1}"));
        }
    }
}
