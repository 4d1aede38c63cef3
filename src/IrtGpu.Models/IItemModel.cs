namespace IrtGpu.Models;

/// <summary>An item response function of the linear predictor z = Σ_j a_j θ_j: log-probabilities and derivatives.</summary>
/// <remarks>
/// <para>
/// Implementations are empty structs, so that a loop or a kernel generic over the model compiles to straight code. Each function has
/// one body, generic over the number it computes with: <see cref="Scalar"/> on devices and for single values, several nodes side by
/// side in the host's loops, with the same bits. The forms for doubles are made from it by <see cref="IItemModel{TSelf}"/>.
/// </para>
/// <para>
/// Slopes enter only through z; derivatives with respect to a_j follow by factors θ_j. The remaining parameters
/// ("shape") are d_1…d_{M−1} first, then what the model adds, all on the working scale (g and u as logits).
/// Gradients have 1 + ShapeCount elements: [z, shape…]. Hessians are the packed lower triangle of the same order,
/// element (r, c), r ≥ c, at r(r+1)/2 + c.
/// </para>
/// </remarks>
public interface IItemModel
{
    /// <summary>Number of shape parameters of an item with <paramref name="categoryCount"/> categories.</summary>
    /// <param name="categoryCount">M ≥ 2.</param>
    static abstract int ShapeCount(int categoryCount);

    /// <summary>Whether the shape parameters lie in the model's domain (GRM: intercepts strictly decreasing).</summary>
    /// <param name="categoryCount">M ≥ 2.</param>
    /// <param name="shape">Shape parameters. [ShapeCount]</param>
    static abstract bool IsInDomain<TShape>(int categoryCount, TShape shape)
        where TShape : struct, IVector, allows ref struct;

    /// <summary>How many kinds of constants there are that depend on the shape alone.</summary>
    static abstract int ConstantKindCount { get; }

    /// <summary>How many constants of each kind there are.</summary>
    /// <param name="categoryCount">M ≥ 2.</param>
    static abstract int ConstantCount(int categoryCount);

    /// <summary>A number that depends on the shape alone; costly enough to be computed once for many z.</summary>
    /// <param name="kind">Kind of constant, 0 to <see cref="ConstantKindCount"/> − 1.</param>
    /// <param name="index">0 to <see cref="ConstantCount"/> − 1.</param>
    /// <param name="categoryCount">M ≥ 2.</param>
    /// <param name="shape">Shape parameters. [ShapeCount]</param>
    static abstract double Constant<TShape>(int kind, int index, int categoryCount, TShape shape)
        where TShape : struct, IVector, allows ref struct;

    /// <summary>Writes log P_m(z) for every category.</summary>
    /// <param name="z">Linear predictor.</param>
    /// <param name="categoryCount">M ≥ 2.</param>
    /// <param name="shape">Shape parameters. [ShapeCount]</param>
    /// <param name="scores">Category scores s_m; read by models that use them. [category]</param>
    /// <param name="constants">The item's <see cref="Constant"/> values.</param>
    /// <param name="logProbability">Receives log P_m. [category]</param>
    static abstract void LogProbabilities<TReal, TShape, TScores, TConstants, TResult>(
        TReal z, int categoryCount, TShape shape, TScores scores, TConstants constants, TResult logProbability)
        where TReal : struct, IReal<TReal>
        where TShape : struct, IVector, allows ref struct
        where TScores : struct, IVector, allows ref struct
        where TConstants : struct, IItemConstants, allows ref struct
        where TResult : struct, IRealVector<TReal>, allows ref struct;

    /// <summary>Adds first and second derivatives of Σ_m counts_m log P_m(z).</summary>
    /// <param name="z">Linear predictor.</param>
    /// <param name="categoryCount">M ≥ 2.</param>
    /// <param name="shape">Shape parameters. [ShapeCount]</param>
    /// <param name="scores">Category scores s_m. [category]</param>
    /// <param name="constants">The item's <see cref="Constant"/> values.</param>
    /// <param name="logProbability">In: log P_m at the same arguments; out: may hold anything, since it serves as scratch. [category]</param>
    /// <param name="counts">Non-negative weights, e.g. expected counts at this node, or a unit vector. [category]</param>
    /// <param name="gradient">Added to. [1 + ShapeCount]</param>
    /// <param name="hessian">Added to; packed lower triangle. [(1 + ShapeCount)(2 + ShapeCount)/2]</param>
    static abstract void AddDerivatives<TReal, TShape, TScores, TConstants, TLog, TCounts, TGradient, THessian>(
        TReal z, int categoryCount, TShape shape, TScores scores, TConstants constants, TLog logProbability, TCounts counts,
        TGradient gradient, THessian hessian)
        where TReal : struct, IReal<TReal>
        where TShape : struct, IVector, allows ref struct
        where TScores : struct, IVector, allows ref struct
        where TConstants : struct, IItemConstants, allows ref struct
        where TLog : struct, IRealVector<TReal>, allows ref struct
        where TCounts : struct, IRealVector<TReal>, allows ref struct
        where TGradient : struct, IRealVector<TReal>, allows ref struct
        where THessian : struct, IRealVector<TReal>, allows ref struct;

    /// <summary>Writes log P_m(z) for every category.</summary>
    /// <param name="z">Linear predictor.</param>
    /// <param name="categoryCount">M ≥ 2.</param>
    /// <param name="shape">Shape parameters. [ShapeCount]</param>
    /// <param name="scores">Category scores s_m; read by models that use them. [category]</param>
    /// <param name="logProbability">Receives log P_m. [category]</param>
    static abstract void LogProbabilities<TShape, TScores, TResult>(
        double z, int categoryCount, TShape shape, TScores scores, TResult logProbability)
        where TShape : struct, IVector, allows ref struct
        where TScores : struct, IVector, allows ref struct
        where TResult : struct, IVector, allows ref struct;

    /// <summary>Adds first and second derivatives of Σ_m counts_m log P_m(z).</summary>
    /// <param name="z">Linear predictor.</param>
    /// <param name="categoryCount">M ≥ 2.</param>
    /// <param name="shape">Shape parameters. [ShapeCount]</param>
    /// <param name="scores">Category scores s_m. [category]</param>
    /// <param name="logProbability">In: log P_m at the same arguments; out: may hold anything, since it serves as scratch. [category]</param>
    /// <param name="counts">Non-negative weights, e.g. expected counts at this node, or a unit vector. [category]</param>
    /// <param name="gradient">Added to. [1 + ShapeCount]</param>
    /// <param name="hessian">Added to; packed lower triangle. [(1 + ShapeCount)(2 + ShapeCount)/2]</param>
    static abstract void AddDerivatives<TShape, TScores, TLog, TCounts, TGradient, THessian>(
        double z, int categoryCount, TShape shape, TScores scores, TLog logProbability, TCounts counts,
        TGradient gradient, THessian hessian)
        where TShape : struct, IVector, allows ref struct
        where TScores : struct, IVector, allows ref struct
        where TLog : struct, IVector, allows ref struct
        where TCounts : struct, IVector, allows ref struct
        where TGradient : struct, IVector, allows ref struct
        where THessian : struct, IVector, allows ref struct;
}

/// <summary>The forms of <see cref="IItemModel"/> for doubles, from the generic bodies.</summary>
/// <typeparam name="TSelf">The item model.</typeparam>
public interface IItemModel<TSelf> : IItemModel
    where TSelf : struct, IItemModel<TSelf>
{
    static void IItemModel.LogProbabilities<TShape, TScores, TResult>(
        double z, int categoryCount, TShape shape, TScores scores, TResult logProbability) =>
        TSelf.LogProbabilities(
            new Scalar(z), categoryCount, shape, scores, new ItemConstantsInPlace<TSelf, TShape>(categoryCount, shape),
            new ScalarVector<TResult>(logProbability));

    static void IItemModel.AddDerivatives<TShape, TScores, TLog, TCounts, TGradient, THessian>(
        double z, int categoryCount, TShape shape, TScores scores, TLog logProbability, TCounts counts,
        TGradient gradient, THessian hessian) =>
        TSelf.AddDerivatives(
            new Scalar(z), categoryCount, shape, scores, new ItemConstantsInPlace<TSelf, TShape>(categoryCount, shape),
            new ScalarVector<TLog>(logProbability), new ScalarVector<TCounts>(counts),
            new ScalarVector<TGradient>(gradient), new ScalarVector<THessian>(hessian));
}
