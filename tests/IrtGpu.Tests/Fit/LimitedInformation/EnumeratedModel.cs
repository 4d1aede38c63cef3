using IrtGpu.Compute;
using IrtGpu.Data;
using IrtGpu.Fit;
using IrtGpu.Planning;
using MathNet.Numerics.LinearAlgebra;

namespace IrtGpu.Tests.Fit.LimitedInformation;

/// <summary>
/// Limited-information statistics from the multinomial of all response patterns: covariances by sums over patterns, derivatives by differences,
/// C as its formula has it. It shares nothing with the product but the model's probabilities.
/// </summary>
internal sealed class EnumeratedModel
{
    private readonly CalibrationPlan plan;
    private readonly byte[][] cells; // [cell][item]

    public EnumeratedModel(CalibrationPlan plan)
    {
        this.plan = plan;
        cells = [[]];
        foreach (var item in plan.Items)
            cells = [.. cells.SelectMany(cell => Enumerable.Range(0, item.CategoryCount).Select(category => (byte[])[.. cell, (byte)category]))];
    }

    /// <summary>Every response pattern. [cell][item]</summary>
    public byte[][] Cells => cells;

    /// <summary>P of every pattern in a group.</summary>
    public double[] Probabilities(ModelPoint point, int group)
    {
        GroupPopulation population = GroupPopulation.Create(point, group);
        return [.. cells.Select(cell =>
        {
            double sum = 0;
            for (int node = 0; node < population.NodeCount; node++)
            {
                double product = population.Weight[node];
                for (int item = 0; item < cell.Length; item++)
                    product *= population.Row(plan.Items[item].FirstRow + cell[item])[node];
                sum += product;
            }
            return sum;
        })];
    }

    /// <summary>The functions that are averaged: raw category numbers, or indicators of categories for C2, and products of numbers. [function][cell]</summary>
    public double[][] RawMoments(bool withCategories)
    {
        List<double[]> moments = [];
        for (int item = 0; item < plan.ItemCount; item++)
        {
            int own = item;
            if (!withCategories)
                moments.Add([.. cells.Select(cell => (double)cell[own])]);
            for (int category = 1; category < plan.Items[item].CategoryCount && withCategories; category++)
            {
                int m = category;
                moments.Add([.. cells.Select(cell => cell[own] == m ? 1.0 : 0)]);
            }
        }
        for (int i = 0; i < plan.ItemCount; i++)
        {
            for (int j = 0; j < i; j++)
                moments.Add([.. cells.Select(cell => (double)cell[i] * cell[j])]);
        }
        return [.. moments];
    }

    /// <summary>Centred and scaled numbers and their products, and which items each needs, for data with missing answers.</summary>
    public (double[][] Moments, int[][] Items) StandardMoments(ModelPoint point, int group)
    {
        double[] probability = Probabilities(point, group);
        double[][] z = [.. Enumerable.Range(0, plan.ItemCount).Select(item =>
        {
            double mean = cells.Select((cell, k) => probability[k] * cell[item]).Sum();
            double square = cells.Select((cell, k) => probability[k] * cell[item] * cell[item]).Sum();
            return cells.Select(cell => (cell[item] - mean) / Math.Sqrt(square - mean * mean)).ToArray();
        })];
        List<double[]> moments = [.. z];
        List<int[]> items = [.. Enumerable.Range(0, plan.ItemCount).Select(item => (int[])[item])];
        for (int i = 0; i < plan.ItemCount; i++)
        {
            for (int j = 0; j < i; j++)
            {
                moments.Add([.. z[i].Zip(z[j], (a, b) => a * b)]);
                items.Add([i, j]);
            }
        }
        return ([.. moments], [.. items]);
    }

    /// <summary>Derivatives of all patterns' probabilities by the free parameters. [cell, free]</summary>
    public Matrix<double> Derivatives(ModelPoint point, int group)
    {
        const double h = 1e-5;
        Matrix<double> derivatives = Matrix<double>.Build.Dense(cells.Length, plan.Layout.FreeCount);
        for (int free = 0; free < plan.Layout.FreeCount; free++)
        {
            double[] above = Probabilities(At(free, h), group);
            double[] below = Probabilities(At(free, -h), group);
            for (int cell = 0; cell < cells.Length; cell++)
                derivatives[cell, free] = (above[cell] - below[cell]) / (2 * h);
        }
        return derivatives;

        ModelPoint At(int free, double step)
        {
            double[] moved = [.. point.Parameters.Free];
            moved[free] += step;
            return ModelPoint.TryCreate(plan, new(plan.Layout, moved))!;
        }
    }

    /// <summary>N eᵀ C e, C = Ξ⁻¹ − Ξ⁻¹Δ(ΔᵀΞ⁻¹Δ)⁻¹ΔᵀΞ⁻¹.</summary>
    public static double Statistic(Vector<double> residual, Matrix<double> covariance, Matrix<double> derivatives, double persons)
    {
        Matrix<double> inverse = covariance.Inverse();
        Matrix<double> weighted = inverse * derivatives;
        Matrix<double> c = inverse - weighted * (derivatives.Transpose() * weighted).PseudoInverse() * weighted.Transpose();
        return persons * (residual * c * residual);
    }

    /// <summary>The statistic of complete data of all groups, moments as given, and the rank of their derivatives.</summary>
    /// <param name="point">The point.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="moments">[function][cell]</param>
    /// <param name="given">Derivatives of the moments in place of those by differences; one group. [moment, parameter]</param>
    public (double Statistic, int Rank) Complete(ModelPoint point, PatternTable patterns, double[][] moments, Matrix<double>? given = null)
    {
        int groups = plan.GroupCount;
        double total = patterns.Frequency.Sum();
        int count = moments.Length;
        Matrix<double> functions = Matrix<double>.Build.DenseOfRowArrays(moments);
        Matrix<double> covariance = Matrix<double>.Build.Dense(groups * count, groups * count);
        Matrix<double> derivatives = Matrix<double>.Build.Dense(groups * count, plan.Layout.FreeCount);
        Vector<double> residual = Vector<double>.Build.Dense(groups * count);
        for (int group = 0; group < groups; group++)
        {
            double[] observed = new double[cells.Length];
            double persons = 0;
            for (int pattern = 0; pattern < patterns.PatternCount; pattern++)
            {
                if (patterns.Groups[pattern] != group)
                    continue;
                observed[CellOf(patterns.Row(pattern))] += patterns.Frequency[pattern];
                persons += patterns.Frequency[pattern];
            }
            Vector<double> probability = Vector<double>.Build.DenseOfArray(Probabilities(point, group));
            Matrix<double> multinomial = Matrix<double>.Build.DenseOfDiagonalVector(probability) - probability.OuterProduct(probability);
            double share = Math.Sqrt(persons / total);
            covariance.SetSubMatrix(group * count, group * count, functions * multinomial * functions.Transpose());
            derivatives.SetSubMatrix(group * count, 0, functions * Derivatives(point, group) * share);
            residual.SetSubVector(group * count, count, functions * (Vector<double>.Build.DenseOfArray(observed) / persons - probability) * share);
        }
        derivatives = given ?? derivatives;
        double[] singular = [.. derivatives.NormalizeColumns(2).Svd(computeVectors: false).S];
        return (Statistic(residual, covariance, derivatives, total), singular.Count(value => value > 1e-8));
    }

    public int CellOf(ReadOnlySpan<byte> row)
    {
        int cell = 0;
        for (int item = 0; item < row.Length; item++)
            cell = cell * plan.Items[item].CategoryCount + row[item];
        return cell;
    }
}
