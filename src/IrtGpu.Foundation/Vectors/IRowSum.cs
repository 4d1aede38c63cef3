namespace IrtGpu.Foundation.Vectors;

/// <summary>Doubles side by side in one register, as the sum of products of rows needs them; the loop is generic over the width.</summary>
/// <typeparam name="TSelf">The implementation.</typeparam>
internal unsafe interface IRowSum<TSelf>
    where TSelf : struct, IRowSum<TSelf>
{
    /// <summary>Doubles of a vector, 8 or a divisor of it.</summary>
    static abstract int Count { get; }

    static abstract TSelf Load(double* address);

    /// <summary>a · b + c, rounded once where the processor can, else twice.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    /// <summary>Sum of the doubles, in the runtime's order for this width.</summary>
    double Total();
}
