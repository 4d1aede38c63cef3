using IrtGpu.Compute;
using IrtGpu.Fit.Information;
using IrtGpu.Foundation.Tables.Problems;
using IrtGpu.Reports.Folders;
using IrtGpu.Saved;
using IrtGpu.Specification;

namespace IrtGpu.Reports.Calibrations;

/// <summary>What the sections of a calibration are made from: its tables, and its estimates for the curves.</summary>
internal sealed class CalibrationSource
{
    private readonly Lazy<IReadOnlyList<InformationCurves>> information;

    /// <summary>Reads the tables.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="point">The estimates; null: as <c>calibration.json</c> has them.</param>
    /// <exception cref="DataException">A table is missing or damaged.</exception>
    public CalibrationSource(ResultFolder folder, ModelPoint? point)
    {
        Folder = folder;
        Point = point ?? Read(folder);
        Fit = folder.Document("fit.json");
        Items = ItemCatalog.Of(folder);
        Population = PopulationRow.Of(folder);
        Curves = new ItemCurves(Point);
        information = new(() => [.. Point.Plan.Blocks.Select(block => InformationCurves.Of(Point, block))]);
    }

    public ResultFolder Folder { get; }

    public ModelPoint Point { get; }

    /// <summary><c>fit.json</c>.</summary>
    public ResultDocument Fit { get; }

    public IReadOnlyList<ItemEntry> Items { get; }

    public IReadOnlyList<PopulationRow> Population { get; }

    public ItemCurves Curves { get; }

    /// <summary>Test information of each block, the numbers of <c>test-information.csv</c>.</summary>
    public IReadOnlyList<InformationCurves> Information => information.Value;

    /// <summary>Group and class, as shown; "" where there is one.</summary>
    public string BlockName(int block)
    {
        string group = Point.Plan.GroupCount > 1 ? Point.Plan.Shape.GroupNames[Point.Plan.Blocks[block].Group] : "";
        string latent = Point.Plan.ClassCount > 1 ? Point.Plan.ClassNames[Point.Plan.Blocks[block].Class] : "";
        return group.Length > 0 && latent.Length > 0 ? $"{group}, class {latent}" : latent.Length > 0 ? $"class {latent}" : group;
    }

    /// <summary>Which parameters the items of a block have, in one word: equal for blocks whose items are all equal.</summary>
    public string ItemsOf(int block) => string.Join(' ', Point.Plan.Tables[Point.Plan.Blocks[block].Table].SetOfItem);

    /// <summary>The items that ask most to be looked at, the worst first.</summary>
    public IReadOnlyList<ItemEntry> Worst(int count) => [.. Items.OrderByDescending(item => item.Level).ThenByDescending(item => item.Badness).Take(count)];

    /// <summary>Where the item's row is on the page.</summary>
    public string TargetOf(ItemEntry entry) => $"item-{Items.ToList().IndexOf(entry)}";

    private static ModelPoint Read(ResultFolder folder)
    {
        try
        {
            return SavedCalibration.Read(Path.Combine(folder.Path, SavedCalibration.FileName)).Point;
        }
        catch (SpecificationException cause)
        {
            throw new DataException([.. cause.Problems.Select(problem => new DataProblem(problem, Path.Combine(folder.Path, SavedCalibration.FileName)))]);
        }
    }
}
