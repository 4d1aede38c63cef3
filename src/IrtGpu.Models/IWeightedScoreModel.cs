namespace IrtGpu.Models;

/// <summary>
/// An item model of the exponential family: P_m ∝ exp(ψ_m), ψ_1 = 0, ψ_m = d_(m−1) + s_m z, so that the weighted scores Σ_i a_ij s_x
/// and Σ_i d_x of a pattern are all that its likelihood needs besides the normalising constants.
/// </summary>
public interface IWeightedScoreModel : IItemModel
{
    /// <summary>s_m = ∂ψ_m/∂z of a category; 0 for the first.</summary>
    /// <param name="category">Category, 0-based.</param>
    /// <param name="categoryCount">M ≥ 2.</param>
    /// <param name="shape">Shape parameters. [ShapeCount]</param>
    /// <param name="scores">Category scores given with the item; read by models whose scores are fixed. [category]</param>
    static abstract double Score<TShape, TScores>(int category, int categoryCount, TShape shape, TScores scores)
        where TShape : struct, IVector, allows ref struct
        where TScores : struct, IVector, allows ref struct;

    /// <summary>Which shape parameter s_m is; −1 where it is fixed.</summary>
    /// <param name="category">Category, 0-based.</param>
    /// <param name="categoryCount">M ≥ 2.</param>
    static abstract int ScoreParameter(int category, int categoryCount);
}
