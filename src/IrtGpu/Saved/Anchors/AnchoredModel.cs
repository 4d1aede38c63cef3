using IrtGpu.Specification;

namespace IrtGpu.Saved.Anchors;

/// <summary>A model with its anchors.</summary>
/// <param name="Specification">The model: anchored items have the functions and category scores of the anchors, and their values fixed.</param>
/// <param name="Warnings">What of the anchors was not used.</param>
public sealed record AnchoredModel(ModelSpecification Specification, IReadOnlyList<string> Warnings);
