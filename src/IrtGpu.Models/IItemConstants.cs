namespace IrtGpu.Models;

/// <summary>Numbers of one item that depend on its shape parameters alone, not on z.</summary>
/// <remarks>Host code computes them once an item (a table), device code wherever they are read (<see cref="ItemConstantsInPlace{TModel, TShape}"/>).</remarks>
public interface IItemConstants
{
    /// <summary>A constant of the item.</summary>
    /// <param name="kind">Which, from 0; a literal, so that code for the others is dropped.</param>
    /// <param name="index">Which of this kind, 0-based.</param>
    double this[int kind, int index] { get; }
}

/// <summary>Constants computed anew at each reading.</summary>
/// <typeparam name="TModel">The item model.</typeparam>
/// <typeparam name="TShape">The row of shape parameters.</typeparam>
/// <param name="categoryCount">M.</param>
/// <param name="shape">Shape parameters. [ShapeCount]</param>
public readonly ref struct ItemConstantsInPlace<TModel, TShape>(int categoryCount, TShape shape) : IItemConstants
    where TModel : struct, IItemModel
    where TShape : struct, IVector, allows ref struct
{
    private readonly int categoryCount = categoryCount;
    private readonly TShape shape = shape;

    /// <inheritdoc/>
    public double this[int kind, int index] => TModel.Constant(kind, index, categoryCount, shape);
}
