using System.Numerics.Tensors;
using IrtGpu.Fit.Branches;
using IrtGpu.Foundation.Vectors;
using IrtGpu.Items;
using IrtGpu.Scoring.SumScores;

namespace IrtGpu.Fit.Items;

/// <summary>Sum scores over some items of a group, by the recursion of Lord and Wingersky within each branch and then over the branches.</summary>
/// <remarks>
/// Given the core a branch's score has the distribution of its recursion averaged over the branch's own nodes, and the scores of branches are independent:
/// another recursion adds them up, in which a branch is an item of as many categories as it has scores. Cai (2015), Psychometrika 80, 535–559.
/// </remarks>
internal sealed class BranchScores
{
    private readonly BranchedPopulation population;
    private readonly int[][] ofBranches; // positions among the items [branch]

    /// <summary>Sorts items by branch.</summary>
    /// <param name="population">The group.</param>
    /// <param name="items">Items that count, ascending.</param>
    public BranchScores(BranchedPopulation population, int[] items)
    {
        this.population = population;
        Items = items;
        ofBranches = [.. population.Branches.Select(branch => Enumerable.Range(0, items.Length).Where(position => population.BranchOf(items[position]) == branch).ToArray())];
        LargestScore = items.Sum(item => population.Plan.Items[item].CategoryCount - 1);
    }

    /// <summary>Items that count.</summary>
    public int[] Items { get; }

    /// <summary>Largest score.</summary>
    public int LargestScore { get; }

    /// <summary>Multiply-adds of <see cref="OfItems"/>.</summary>
    public double Work => Enumerable.Range(0, ofBranches.Length).Sum(branch =>
    {
        int[] items = [.. ofBranches[branch].Select(position => Items[position])];
        double rows = items.Sum(item => (double)population.Plan.Items[item].CategoryCount);
        double scores = 1 + rows - items.Length;
        double within = rows * scores * Math.Log2(Math.Max(2, items.Length)) * population.Branches[branch].Population.NodeCount;
        return within + (ofBranches.Length == 1 ? 0 : rows * scores * (population.Branches[branch].Population.NodeCount + (2.0 + LargestScore - scores) * population.CoreWeight.Length));
    });

    /// <summary>P(item in category and score), each item by itself; NaN where it cannot have the score. [position of the item][score, category]</summary>
    public double[][,] OfItems()
    {
        double[][,] shares = new double[Items.Length][,];
        VisitRests((branch, rest) =>
        {
            PopulationBranch own = population.Branches[branch];
            double[] weighted = new double[own.Population.NodeCount];
            double[] scratch = new double[own.Population.NodeCount];
            double[] atCore = new double[own.CoreCount];
            int[] positions = ofBranches[branch];
            if (positions.Length == 0)
                return;
            RestScores.Visit(scratch.Length, positions.Length, k => own.Population.Categories(Local(positions[k])), (k, ofBranch) =>
            {
                PlannedItem planned = own.Population.Plan.Items[Local(positions[k])];
                double[,] share = shares[positions[k]] = new double[LargestScore + 1, planned.CategoryCount];
                for (int score = 0; score <= LargestScore; score++)
                {
                    for (int category = 0; category < planned.CategoryCount; category++)
                        share[score, category] = score < category || score - category > ofBranch.LargestScore + (rest?.LargestScore ?? 0) ? double.NaN : 0;
                }
                for (int category = 0; category < planned.CategoryCount; category++)
                {
                    TensorPrimitives.Multiply(own.Population.Weight, own.Population.Row(planned.FirstRow + category), weighted);
                    for (int score = 0; score <= ofBranch.LargestScore; score++)
                    {
                        if (rest is null)
                        {
                            share[score + category, category] += FixedOrderSums.Dot(ofBranch.At(score), weighted);
                            continue;
                        }
                        TensorPrimitives.Multiply(weighted, ofBranch.At(score), scratch);
                        own.Sum(scratch, atCore);
                        for (int other = 0; other <= rest.LargestScore; other++)
                            share[score + category + other, category] += FixedOrderSums.Dot(atCore, rest.At(other));
                    }
                }
            });
        });
        return shares;
    }

    /// <summary>E of a function of a branch's node, and the score: Σ over nodes of w f P(score | node), branch by branch.</summary>
    /// <param name="branch">Branch.</param>
    /// <param name="functions">Functions. [function][node]</param>
    /// <returns>[function][score]</returns>
    public double[][] Expect(int branch, double[][] functions)
    {
        double[][] sums = [.. functions.Select(_ => new double[LargestScore + 1])];
        SumScoreDistribution own = OfBranch(branch);
        SumScoreDistribution? rest = OfOthers(branch);
        PopulationBranch source = population.Branches[branch];
        double[] scratch = new double[own.NodeCount];
        double[] atCore = new double[source.CoreCount];
        double[] weighted = new double[own.NodeCount];
        for (int f = 0; f < functions.Length; f++)
        {
            TensorPrimitives.Multiply(source.Population.Weight, functions[f], weighted);
            for (int score = 0; score <= own.LargestScore; score++)
            {
                TensorPrimitives.Multiply(weighted, own.At(score), scratch);
                if (rest is null)
                {
                    sums[f][score] = FixedOrderSums.Sum(scratch);
                    continue;
                }
                source.Sum(scratch, atCore);
                for (int other = 0; other <= rest.LargestScore; other++)
                    sums[f][score + other] += FixedOrderSums.Dot(atCore, rest.At(other));
            }
        }
        return sums;
    }

    private int Local(int position) => population.LocalOf(Items[position]);

    /// <summary>Shows the distribution given the core of the scores on all other branches; null where there are none.</summary>
    private void VisitRests(Action<int, SumScoreDistribution?> visit)
    {
        if (ofBranches.Length == 1)
        {
            visit(0, null);
            return;
        }
        double[][] ofCore = [.. Enumerable.Range(0, ofBranches.Length).Select(branch => AtCore(branch, OfBranch(branch)))];
        RestScores.Visit(population.CoreWeight.Length, ofBranches.Length, branch => ofCore[branch], (branch, rest) => visit(branch, rest));
    }

    private SumScoreDistribution OfBranch(int branch)
    {
        GroupPopulation own = population.Branches[branch].Population;
        SumScoreDistribution distribution = new(own.NodeCount, ofBranches[branch].Sum(position => population.Plan.Items[Items[position]].CategoryCount - 1));
        foreach (int position in ofBranches[branch])
            distribution.Add(own.Categories(Local(position)));
        return distribution;
    }

    private SumScoreDistribution? OfOthers(int branch)
    {
        if (ofBranches.Length == 1)
            return null;
        SumScoreDistribution others = new(population.CoreWeight.Length, LargestScore);
        foreach (int other in Enumerable.Range(0, ofBranches.Length).Where(other => other != branch))
            others.Add(AtCore(other, OfBranch(other)));
        return others;
    }

    /// <summary>P(score | core node) of a branch. [score, core node]</summary>
    private double[] AtCore(int branch, SumScoreDistribution distribution)
    {
        PopulationBranch own = population.Branches[branch];
        double[] atCore = new double[(distribution.LargestScore + 1) * own.CoreCount];
        for (int score = 0; score <= distribution.LargestScore; score++)
            own.Average(distribution.At(score), atCore.AsSpan(score * own.CoreCount, own.CoreCount));
        return atCore;
    }
}
