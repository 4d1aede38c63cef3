using Runtime = System.Runtime.CompilerServices.MethodImplOptions;

namespace IrtGpu;

/// <summary>
/// Stands before the runtime's type of the same name in programs that are compiled to native code ahead of time, and in those alone: there
/// <see cref="AggressiveOptimization"/> would have the compiler leave a method out. Elsewhere it keeps inner loops out of the slow first
/// tier of run-time compilation.
/// </summary>
/// <remarks>Found by name, as this namespace encloses all others of the program: sources say <c>MethodImplOptions</c> and no more.</remarks>
internal static class MethodImplOptions
{
    /// <summary>Nothing: code that is made ahead of time is optimised.</summary>
    public const Runtime AggressiveOptimization = 0;

    /// <inheritdoc cref="Runtime.AggressiveInlining"/>
    public const Runtime AggressiveInlining = Runtime.AggressiveInlining;

    /// <inheritdoc cref="Runtime.NoInlining"/>
    public const Runtime NoInlining = Runtime.NoInlining;
}
