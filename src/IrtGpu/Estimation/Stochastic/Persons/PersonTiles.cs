using IrtGpu.Data;
using IrtGpu.Foundation.Sampling;
using IrtGpu.Planning;

namespace IrtGpu.Estimation.Stochastic.Persons;

/// <summary>Cuts persons into tiles, block by block in the order of their patterns.</summary>
internal static class PersonTiles
{
    /// <summary>Makes the tiles.</summary>
    /// <param name="plan">The plan, of one class.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="chains">How many chains a pattern has, which share its weight; 0: it is left out.</param>
    /// <param name="seed">Seed; each chain has a stream of its own.</param>
    public static PersonTile[] Cut(CalibrationPlan plan, PatternTable patterns, Func<int, int> chains, int seed)
    {
        double[] crossWeights = patterns.AreSamplingWeights ? patterns.WithSquaredWeights().Frequency : patterns.Frequency;
        List<PersonTile> tiles = [];
        int stream = 0;
        foreach (PlannedBlock block in plan.Blocks)
        {
            List<(int Pattern, double Weight, double CrossWeight)> persons = [];
            for (int pattern = 0; pattern < patterns.PatternCount; pattern++)
            {
                int count = patterns.Groups[pattern] == block.Group ? chains(pattern) : 0;
                for (int chain = 0; chain < count; chain++)
                    persons.Add((pattern, patterns.Frequency[pattern] / count, crossWeights[pattern] / count));
            }
            for (int first = 0; first < persons.Count; first += PersonTile.Size)
            {
                int count = Math.Min(PersonTile.Size, persons.Count - first);
                PersonTile tile = new(block.Index, block.Group, block.Table, plan.ItemCount, plan.AttributeCount, count, stream);
                for (int lane = 0; lane < count; lane++)
                {
                    (tile.Pattern[lane], tile.Weight[lane], tile.CrossWeight[lane]) = persons[first + lane];
                    tile.Random[lane] = new StreamRandom(seed, stream++);
                }
                FillCodes(plan, patterns, tile);
                tiles.Add(tile);
            }
        }
        return [.. tiles];
    }

    private static void FillCodes(CalibrationPlan plan, PatternTable patterns, PersonTile tile)
    {
        for (int item = 0; item < plan.ItemCount; item++)
            tile.Codes.AsSpan(item * PersonTile.Size, PersonTile.Size).Fill((byte)plan.Items[item].CategoryCount);
        bool[] isAnswered = new bool[plan.ItemCount];
        for (int lane = 0; lane < tile.Count; lane++)
        {
            ReadOnlySpan<byte> row = patterns.Row(tile.Pattern[lane]);
            for (int item = 0; item < row.Length; item++)
            {
                if (row[item] == ResponseData.Missing)
                    continue;
                tile.Codes[item * PersonTile.Size + lane] = row[item];
                isAnswered[item] = true;
            }
        }
        tile.Items = [.. Enumerable.Range(0, plan.ItemCount).Where(item => isAnswered[item])];
    }
}
