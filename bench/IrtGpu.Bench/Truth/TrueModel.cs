using IrtGpu.Data;
using IrtGpu.Specification;

namespace IrtGpu.Bench.Truth;

/// <summary>A population of test takers and a test, from which data are drawn.</summary>
internal sealed record TrueModel
{
    /// <summary>Items of each block; null where the block's group does not get the item. [group · K + class][item]</summary>
    public required TrueItem?[][] Items { get; init; }

    /// <summary>[group · K + class]</summary>
    public required TruePopulation[] Populations { get; init; }

    /// <summary>[group · K + class]</summary>
    public required int[] PersonCounts { get; init; }

    public int ClassCount { get; init; } = 1;

    public int BlockCount => Items.Length;

    public int GroupCount => BlockCount / ClassCount;

    public int ItemCount => Items[0].Length;

    public int AttributeCount => Populations[0].Mean.Length;

    public int PersonCount => PersonCounts.Sum();

    public string[] ItemNames => [.. Enumerable.Range(1, ItemCount).Select(number => FormattableString.Invariant($"i{number:d3}"))];

    public string[] GroupNames => GroupCount == 1 ? [""] : [.. Enumerable.Range(1, GroupCount).Select(number => FormattableString.Invariant($"g{number:d2}"))];

    public string[] Attributes => AttributeCount == 1 ? ["theta"] : [.. Enumerable.Range(1, AttributeCount).Select(number => FormattableString.Invariant($"theta{number}"))];

    /// <summary>The item in any block that has it.</summary>
    public TrueItem Item(int item) => Items.Select(block => block[item]).First(found => found is not null)!;

    /// <summary>One block of persons and items.</summary>
    public static TrueModel OfOneBlock(TrueItem[] items, TruePopulation population, int personCount) => new()
    {
        Items = [items],
        Populations = [population],
        PersonCounts = [personCount],
    };

    /// <summary>Groups that answer the same items, as many persons in each.</summary>
    public static TrueModel OfGroups(TrueItem[] items, TruePopulation[] populations, int personsPerGroup) => new()
    {
        Items = [.. populations.Select(_ => items)],
        Populations = populations,
        PersonCounts = [.. populations.Select(_ => personsPerGroup)],
    };

    /// <summary>Two latent classes, three fifths of the persons in the first, both standard normal, with items of their own.</summary>
    public static TrueModel OfTwoClasses(TrueItem[] first, TrueItem[] second, int personCount) => new()
    {
        Items = [first, second],
        Populations = [TruePopulation.Standard(1), TruePopulation.Standard(1)],
        PersonCounts = [3 * personCount / 5, 2 * personCount / 5],
        ClassCount = 2,
    };

    /// <summary>The specification that fits: functions, attributes, Q-matrix and classes; the rest at its defaults.</summary>
    public ModelSpecification Specification()
    {
        string[] names = ItemNames;
        return new ModelSpecification
        {
            Functions = [.. Enumerable.Range(0, ItemCount).GroupBy(item => Item(item).Function)
                .Select(group => new FunctionAssignment(string.Join(',', group.Select(item => names[item])), group.Key))],
            Attributes = Attributes,
            QMatrix = AttributeCount == 1 ? null : Enumerable.Range(0, ItemCount)
                .ToDictionary(item => names[item], item => Item(item).Slopes.Select(slope => slope == 0 ? 0 : 1).ToArray()),
            ClassCount = ClassCount,
        };
    }

    /// <summary>Draws a data set, persons in the order of blocks.</summary>
    /// <param name="seed">Seed; the same data for the same seed.</param>
    /// <param name="knownClassShare">Share of persons whose class is told; 0: there is no class column.</param>
    public ResponseData Draw(int seed, double knownClassShare = 0)
    {
        Random random = NormalDraw.Generator(seed);
        byte[] responses = new byte[(long)PersonCount * ItemCount];
        int[] groups = new int[PersonCount];
        int[] knownClasses = new int[PersonCount];
        Span<double> theta = stackalloc double[AttributeCount];
        int person = 0;
        for (int block = 0; block < BlockCount; block++)
        {
            for (int k = 0; k < PersonCounts[block]; k++, person++)
            {
                groups[person] = block / ClassCount;
                knownClasses[person] = random.NextDouble() < knownClassShare ? block % ClassCount : -1;
                Populations[block].Draw(random, theta);
                for (int item = 0; item < ItemCount; item++)
                    responses[person * ItemCount + item] = (byte?)Items[block][item]?.Draw(random, theta) ?? ResponseData.Missing;
            }
        }
        return new ResponseData
        {
            ItemNames = ItemNames,
            CategoryCodes = [.. Enumerable.Range(0, ItemCount).Select(item => Enumerable.Range(0, Item(item).CategoryCount).ToArray())],
            Responses = new(responses, ItemCount),
            PersonCount = PersonCount,
            GroupNames = GroupNames,
            Groups = GroupCount == 1 ? null : groups,
            ClassNames = knownClassShare > 0 ? [.. Enumerable.Range(1, ClassCount).Select(number => FormattableString.Invariant($"{number}"))] : [],
            KnownClasses = knownClassShare > 0 ? knownClasses : null,
        };
    }
}
