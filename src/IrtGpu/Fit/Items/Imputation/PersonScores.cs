using IrtGpu.Compute;
using IrtGpu.Data;
using IrtGpu.Inference;
using IrtGpu.Planning;

namespace IrtGpu.Fit.Items.Imputation;

/// <summary>Gradients of the log-likelihoods of single patterns of an observed group by the free parameters.</summary>
/// <remarks>Fisher's identity: the posterior mean of the gradient with θ known, over the nodes.</remarks>
internal sealed class PersonScores(ModelPoint point, GroupPopulation population, PatternTable patterns)
{
    private readonly CompleteDataGradients gradients = new(point, patterns);
    private readonly double[] logWeight = Array.ConvertAll(population.Weight, Math.Log);

    /// <summary>Makes what one thread needs.</summary>
    public Scratch CreateScratch() => new(this, population, patterns);

    /// <summary>Room for one thread's work.</summary>
    internal sealed class Scratch(PersonScores scores, GroupPopulation population, PatternTable patterns)
    {
        private readonly double[] kept = new double[population.NodeCount];
        private readonly double[] posterior = new double[population.Plan.ClassCount * population.Plan.NodeCount];
        private double[] last = [];
        private int lastPattern = -1;

        /// <summary>Writes the gradient of a pattern.</summary>
        /// <param name="pattern">Pattern.</param>
        /// <param name="score">[free]</param>
        public void Score(int pattern, Span<double> score)
        {
            if (pattern != lastPattern)
            {
                last = last.Length == 0 ? new double[score.Length] : last;
                last.AsSpan().Clear();
                FillPosterior(patterns.Row(pattern));
                scores.gradients.AddExpected(pattern, posterior, last);
                lastPattern = pattern;
            }
            last.CopyTo(score);
        }

        private void FillPosterior(ReadOnlySpan<byte> row)
        {
            CalibrationPlan plan = population.Plan;
            scores.logWeight.CopyTo(kept, 0);
            for (int item = 0; item < row.Length; item++)
            {
                if (row[item] == ResponseData.Missing)
                    continue;
                ReadOnlySpan<double> own = population.LogProbability.AsSpan((plan.Items[item].FirstRow + row[item]) * kept.Length, kept.Length);
                for (int node = 0; node < own.Length; node++)
                    kept[node] += own[node];
            }
            double largest = double.NegativeInfinity;
            foreach (double value in kept)
                largest = Math.Max(largest, value);
            double sum = 0;
            for (int node = 0; node < kept.Length; node++)
                sum += kept[node] = Math.Exp(kept[node] - largest);
            for (int node = 0; node < kept.Length; node++)
                posterior[population.NodeOf[node]] = kept[node] / sum;
        }
    }
}
