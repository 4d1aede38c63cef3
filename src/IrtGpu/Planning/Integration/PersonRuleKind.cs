namespace IrtGpu.Planning.Integration;

/// <summary>Families of rules for the posterior of one person.</summary>
public enum PersonRuleKind
{
    /// <summary>All combinations of Gauss–Hermite nodes.</summary>
    Product,

    /// <summary>Spheres at two or three radii, turned at random.</summary>
    Spheres,

    /// <summary>Randomly shifted lattices with their mirror images.</summary>
    Lattice,
}
