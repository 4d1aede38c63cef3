using IrtGpu.Data;
using IrtGpu.Items;
using IrtGpu.Planning.Constraints;
using IrtGpu.Planning.Grids;
using IrtGpu.Planning.Integration;
using IrtGpu.Planning.Layout;
using IrtGpu.Specification;

namespace IrtGpu.Planning;

/// <summary>Turns a specification and the shape of the data into a plan; collects every problem before it gives up.</summary>
public sealed class CalibrationPlanner
{
    private const int LargestClassCount = 100;

    private readonly ModelSpecification specification;
    private readonly DataShape shape;
    private readonly List<string> problems = [];
    private readonly List<string> warnings = [];
    private readonly int attributeCount;
    private readonly int classCount;
    private readonly string[] classNames;

    private CalibrationPlanner(ModelSpecification specification, DataShape shape)
    {
        this.specification = specification;
        this.shape = shape;
        attributeCount = specification.Attributes.Count;
        classCount = specification.ClassCount;
        classNames = NameClasses();
    }

    /// <summary>Makes the plan.</summary>
    /// <param name="specification">What to estimate.</param>
    /// <param name="shape">What the data offer.</param>
    /// <exception cref="SpecificationException">The specification cannot be estimated; every reason found, with remedies.</exception>
    public static CalibrationPlan Plan(ModelSpecification specification, DataShape shape) => Plan(specification, shape, null);

    /// <summary>Makes the plan.</summary>
    /// <param name="specification">What to estimate.</param>
    /// <param name="shape">What the data offer.</param>
    /// <param name="grid">Nodes, in place of those to begin with; null: those.</param>
    /// <exception cref="SpecificationException">The specification cannot be estimated; every reason found, with remedies.</exception>
    internal static CalibrationPlan Plan(ModelSpecification specification, DataShape shape, QuadratureGrid? grid)
    {
        ArgumentNullException.ThrowIfNull(specification);
        ArgumentNullException.ThrowIfNull(shape);
        return new CalibrationPlanner(specification, shape).Plan(grid);
    }

    /// <summary>Nodes of a line: of a lattice <see cref="QuadratureSpecification.Nodes"/> is the number of all its points.</summary>
    private QuadratureSpecification Line => specification.Integration == IntegrationMethod.Qmc && specification.Quadrature.Nodes >= 2
        ? specification.Quadrature with { Nodes = null }
        : specification.Quadrature;

    private CalibrationPlan Plan(QuadratureGrid? grid)
    {
        PlannedItem[] items = new ItemPlanner(specification, shape, problems).Plan();
        bool nodesMove = specification.Quadrature.Rule == QuadratureRule.GaussHermite;
        if (grid is null && QuadratureGrid.LineRefusal(Line, attributeCount) is { } refusal)
            problems.Add(refusal);
        Refuse();

        ParameterLayoutBuilder builder = new();
        List<ItemParameterSet> sets = [];
        int[,] setOfItem = AddItemParameters(items, sets, builder);
        (PlannedBlock[] blocks, List<PlannedTable> tables) = AddBlocks(items.Length, setOfItem, nodesMove, builder);

        ConstraintPlanner constraints = new(specification, shape, classNames, items, sets, blocks, builder, problems);
        constraints.ApplyFunctionConstraints();
        constraints.ApplyItemConstraints();
        UnusedCategories unused = new(shape, items, sets, blocks);
        unused.Tie(builder);
        MeasuredAttributes measured = MeasuredAttributes.Of(shape, items, attributeCount);
        new PopulationPlanner(specification, shape, classNames, items, sets, blocks, measured, builder, problems, warnings).Apply();
        List<PlannedPrior> priors = constraints.PlanPriors();

        (ParameterLayout layout, double[] start, bool[] hasUserStart, int[] unmetStarts) =
            builder.Build(problems, Describe);
        IntegrationChoice integration = IntegrationChoice.Of(specification, EliminationTree.Of(attributeCount, items, layout, blocks), problems);
        Refuse();
        IReadOnlyList<PlannedPrior> estimatedPriors = [.. priors.Where(prior => !layout.IsFixed(prior.Slot))];
        warnings.AddRange([.. IdleSettings.OfGroups(specification, shape.GroupNames.Length, classCount), .. IdleSettings.OfAttributes(specification), .. IdleSettings.OfStarts(constraints.StartsOfFixed), .. IdleSettings.OfPriors(constraints.NamedByPriors, layout)]);
        warnings.AddRange(unused.Warn(layout, estimatedPriors, Describe));
        return new CalibrationPlan
        {
            Specification = specification,
            Shape = shape,
            Items = items,
            ClassNames = classNames,
            Blocks = blocks,
            ParameterSets = sets,
            Tables = tables,
            Integration = integration,
            Grid = grid ?? GridPlanner.Begin(Line, integration.Shape(attributeCount), StartPopulations(layout, start, blocks)),
            Layout = layout,
            DefaultStart = start,
            HasUserStart = hasUserStart,
            UnmetStarts = [.. unmetStarts.Select(Describe)],
            Priors = estimatedPriors,
            WithoutLimit = unused.WithoutLimit,
            Measured = measured,
            Warnings = warnings,
        };

        string Describe(int slot) => SlotNames.Describe(builder[slot], items, sets, blocks, shape, classNames, specification.Attributes);
    }

    private (double Mean, double Deviation)[] StartPopulations(ParameterLayout layout, double[] start, PlannedBlock[] blocks) =>
        [.. blocks.SelectMany(block => Enumerable.Range(0, attributeCount).Select(j =>
            (layout.Value(block.FirstMeanSlot + j, start), Math.Sqrt(layout.Value(block.CovarianceSlot(j, j), start)))))];

    private void Refuse()
    {
        if (problems.Count > 0)
            throw new SpecificationException(problems);
    }

    private string[] NameClasses()
    {
        if (classCount is < 1 or > LargestClassCount)
            throw new SpecificationException($"--classes {classCount}: give a number of latent classes from 1 to {LargestClassCount}.");
        if (shape.ClassNames.Length > classCount)
        {
            problems.Add($"The class column has {shape.ClassNames.Length} different values ({string.Join(", ", shape.ClassNames.Take(5))}…) "
                + $"but {classCount} classes are asked for. Raise --classes, or blank the values that are not classes.");
        }
        string[] names = new string[classCount];
        for (int k = 0; k < names.Length; k++)
            names[k] = k < shape.ClassNames.Length ? shape.ClassNames[k] : FormattableString.Invariant($"{k + 1}");
        if (names.Length == 1 && shape.ClassNames.Length == 0)
            names[0] = "";
        return names;
    }

    private int[,] AddItemParameters(PlannedItem[] items, List<ItemParameterSet> sets, ParameterLayoutBuilder builder)
    {
        HashSet<int> equalInGroups = ResolveEquality(specification.EqualAcrossGroups, "--equal-across-groups");
        if (specification.FreeItems is { } free)
            equalInGroups.ExceptWith(ResolveEquality(free, "--free-items"));
        HashSet<int> equalInClasses = ResolveEquality(specification.EqualAcrossClasses, "--equal-across-classes");

        int groupCount = shape.GroupNames.Length;
        int[,] setOfItem = new int[items.Length, groupCount * classNames.Length];
        for (int item = 0; item < items.Length; item++)
        {
            Dictionary<(int, int), List<int>> blocksOfSet = [];
            for (int block = 0; block < groupCount * classNames.Length; block++)
            {
                setOfItem[item, block] = -1;
                int group = block / classNames.Length;
                if (!shape.Administered[group][item])
                    continue;
                (int, int) key = (equalInGroups.Contains(item) ? -1 : group, equalInClasses.Contains(item) ? -1 : block % classNames.Length);
                if (!blocksOfSet.TryGetValue(key, out List<int>? blocks))
                    blocksOfSet[key] = blocks = [];
                blocks.Add(block);
            }
            foreach (List<int> blocks in blocksOfSet.Values.OrderBy(list => list[0]))
            {
                ItemParameterSet set = AddSet(items[item], item, [.. blocks], sets.Count, builder);
                foreach (int block in blocks)
                    setOfItem[item, block] = sets.Count;
                sets.Add(set);
            }
        }
        return setOfItem;
    }

    private HashSet<int> ResolveEquality(string items, string option)
    {
        if (string.Equals(items, "none", StringComparison.OrdinalIgnoreCase))
            return [];
        if (string.Equals(items, "all", StringComparison.OrdinalIgnoreCase))
            return [.. Enumerable.Range(0, shape.ItemNames.Length)];
        try
        {
            return [.. ItemSelector.Resolve(items, shape.ItemNames)];
        }
        catch (ArgumentException exception)
        {
            problems.Add($"{option}: {exception.Message}");
            return [];
        }
    }

    private static ItemParameterSet AddSet(PlannedItem item, int index, int[] blocks, int setIndex, ParameterLayoutBuilder builder)
    {
        int first = builder.Count;
        foreach (ItemSlot slot in item.Family.Slots(item))
            builder.Add(new ParameterSlot(slot.Kind, slot.Name, setIndex, -1, slot.Index), slot.Start);
        return new ItemParameterSet(index, blocks, first, item.Attributes.Length, builder.Count - first - item.Attributes.Length);
    }

    private (PlannedBlock[] Blocks, List<PlannedTable> Tables) AddBlocks(int itemCount, int[,] setOfItem, bool nodesMove, ParameterLayoutBuilder builder)
    {
        int groupCount = shape.GroupNames.Length;
        PlannedBlock[] blocks = new PlannedBlock[groupCount * classNames.Length];
        List<PlannedTable> tables = [];
        for (int block = 0; block < blocks.Length; block++)
        {
            int[] row = [.. Enumerable.Range(0, itemCount).Select(item => setOfItem[item, block])];
            int table = nodesMove ? -1 : tables.FindIndex(known => CanShare(known.SetOfItem, row));
            if (table < 0)
            {
                table = tables.Count;
                tables.Add(new PlannedTable(nodesMove ? block : 0, row));
            }
            for (int item = 0; item < itemCount; item++)
                tables[table].SetOfItem[item] = Math.Max(tables[table].SetOfItem[item], row[item]);
            int firstMean = builder.Count;
            for (int j = 0; j < attributeCount; j++)
                builder.Add(new ParameterSlot(ParameterKind.Mean, "mean", -1, block, j), 0);
            int firstCovariance = builder.Count;
            for (int j = 0; j < attributeCount; j++)
            {
                for (int k = 0; k <= j; k++)
                    builder.Add(new ParameterSlot(ParameterKind.Covariance, j == k ? "variance" : "covariance", -1, block, j, k), j == k ? 1 : 0);
            }
            blocks[block] = new PlannedBlock(block, block / classNames.Length, block % classNames.Length, table, firstMean, firstCovariance, -1);
        }
        for (int block = 0; block < blocks.Length; block++)
        {
            int slot = builder.Add(
                new ParameterSlot(ParameterKind.ClassLogit, "proportion", -1, block, blocks[block].Class), 0, fix: blocks[block].Class == 0);
            blocks[block] = blocks[block] with { ClassLogitSlot = slot };
        }
        return (blocks, tables);
    }

    /// <summary>Whether two blocks can use one table: wherever both take an item, its parameters are the same set.</summary>
    private static bool CanShare(int[] setOfItem, int[] other)
    {
        for (int item = 0; item < setOfItem.Length; item++)
        {
            if (setOfItem[item] != other[item] && setOfItem[item] >= 0 && other[item] >= 0)
                return false;
        }
        return true;
    }
}
