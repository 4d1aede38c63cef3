using IrtGpu.Compute;
using IrtGpu.Data;
using IrtGpu.Fit.Branches;
using IrtGpu.Fit.LimitedInformation.Moments;
using IrtGpu.Foundation.Progress;
using IrtGpu.Planning;

namespace IrtGpu.Fit.LimitedInformation;

/// <summary>M2, M2* and C2 of a fitted model.</summary>
/// <remarks>
/// Maydeu-Olivares and Joe (2005), Journal of the American Statistical Association 100, 1009–1020, and (2006), Psychometrika 71, 713–732;
/// M2*: Cai and Hansen (2013), British Journal of Mathematical and Statistical Psychology 66, 245–276; C2: Cai and Monroe (2014), CRESST
/// Report 839. Several groups have one statistic: moments of all, weighted by their numbers of persons, with the parameters they share.
/// </remarks>
internal sealed class LimitedInformationTest
{
    private const double LargestWork = 4e9; // of one product with Ξ, multiply-adds

    private readonly ModelPoint point;
    private readonly PatternTable patterns;
    private readonly int threads;
    private readonly CancellationToken cancellation;
    private readonly bool withCategories;
    private readonly BranchedModel? model; // null where there is none

    private LimitedInformationTest(ModelPoint point, BranchedModel? model, PatternTable patterns, bool withCategories, int threads, CancellationToken cancellation)
    {
        this.point = point;
        this.model = model;
        this.patterns = patterns;
        this.withCategories = withCategories;
        this.threads = threads;
        this.cancellation = cancellation;
    }

    private CalibrationPlan Plan => point.Plan;

    private string Name => withCategories ? "C2" : Plan.Items.All(item => item.CategoryCount == 2) ? "M2" : "M2*";

    private string Advice => Name == "M2*"
        ? " Means of categories and their products hardly tell these parameters apart; C2 compares all categories."
        : " More items, or fewer parameters, make a test.";

    /// <summary>Tests the model; first all groups together, then, where there are several, each.</summary>
    /// <param name="point">The estimates.</param>
    /// <param name="model">The same by branches; null where <see cref="Branching.Refusal"/> says why there is none.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="members">Patterns of each group.</param>
    /// <param name="withCategories">C2 in place of M2 and M2*.</param>
    /// <param name="threads">Number of threads.</param>
    /// <param name="progress">Hears of groups.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="OperationCanceledException">It was asked for.</exception>
    public static IReadOnlyList<ModelFit> Run(
        ModelPoint point, BranchedModel? model, PatternTable patterns, int[][] members, bool withCategories, int threads, IProgress<WorkProgress>? progress, CancellationToken cancellation) =>
        new LimitedInformationTest(point, model, patterns, withCategories, threads, cancellation).Run(members, progress);

    private List<ModelFit> Run(int[][] members, IProgress<WorkProgress>? progress)
    {
        double persons = members.Sum(group => group.Sum(pattern => patterns.Frequency[pattern]));
        string? refusal = (model is null ? Branching.Refusal(point) : null)
            ?? (patterns.AreSamplingWeights ? "With sampling weights the statistic has no χ² distribution." : null)
            ?? (Array.Exists(patterns.KnownClasses, known => known >= 0) ? "It is not defined where the classes of some persons are known." : null);
        if (refusal is not null)
            return [Refuse(-1, persons, refusal)];
        List<GroupMoments> groups = [];
        List<int> ofGroup = [];
        for (int group = 0; group < members.Length; group++)
        {
            if (members[group].Length == 0)
                continue;
            progress?.Report(new WorkProgress($"{Name}, moments", group, members.Length, "groups"));
            MomentBasis basis = new(model!.Population(group), withCategories);
            AnsweredShares shares = AnsweredShares.Of(patterns, members[group], basis.Items);
            if (MomentCovariance.WorkOf(basis, shares) > LargestWork)
            {
                return [Refuse(-1, persons, FormattableString.Invariant(
                    $"The persons answered {shares.Items.Length} different sets of items, each with its own part in the covariance matrix of moments: more than can be summed here. Test the persons of the larger sets."))];
            }
            PairCounts counts = PairCounts.Of(Plan, patterns, members[group], threads, cancellation);
            groups.Add(GroupMoments.Of(basis, shares, counts, threads, cancellation));
            ofGroup.Add(group);
        }
        List<ModelFit> fits = [Test(-1, groups)];
        for (int position = 0; position < groups.Count && Plan.GroupCount > 1; position++)
        {
            progress?.Report(new WorkProgress($"{Name} of groups", position, groups.Count, "groups"));
            fits.Add(Test(ofGroup[position], [groups[position]]));
        }
        return fits;
    }

    private ModelFit Test(int group, List<GroupMoments> groups)
    {
        double persons = groups.Sum(one => one.Covariance.Total);
        double squares = groups.Sum(one => one.Covariance.Total * (one.Correlations.Pairs == 0 ? 0 : one.Correlations.Squares / one.Correlations.Pairs));
        int pairs = groups.Sum(one => one.Correlations.Pairs);
        int moments = groups.Sum(one => one.Count);
        ModelFit fit = Refuse(group, persons, "") with
        {
            Moments = moments,
            Srmsr = pairs == 0 ? double.NaN : Math.Sqrt(squares / persons),
            IndependenceStatistic = groups.Sum(one => one.Independence.ChiSquare),
            IndependenceDf = groups.Sum(one => one.Independence.Df),
            Note = groups.TrueForAll(one => one.IsComplete) ? null
                : "Answers are missing: each moment is of those who answered what is in it, with the covariance matrix of such moments. That holds where answers are missing whatever they would have been.",
        };
        double[] share = [.. groups.Select(one => Math.Sqrt(one.Covariance.Total / persons))];
        NullSpaceProjection projection = new([.. groups.Select((one, position) => one.Derivatives.Times(share[position]))], cancellation);
        if (projection.Doubt is { } doubt)
            return fit with { Reason = doubt + Advice, IsRankDetermined = false };
        int df = moments - projection.Rank;
        if (df <= 0)
        {
            return fit with
            {
                Df = df,
                Reason = FormattableString.Invariant(
                    $"There are {moments} moments for {projection.Rank} parameters, so that no degrees of freedom are left. More items, or fewer parameters, make a test."),
            };
        }
        double[][] residual = [.. groups.Select((one, position) => (double[])[.. one.Residual.Select(value => value * share[position])])];
        double form = ProjectedQuadraticForm.Of(residual, [.. groups.Select(one => one.Covariance)], projection, cancellation);
        return double.IsNaN(form)
            ? fit with { Df = df, Reason = "The covariance matrix of the moments is singular beyond what the parameters explain: some responses hardly occur together. Merge rare categories." }
            : fit with { Df = df, Statistic = persons * form, Reason = null };
    }

    private ModelFit Refuse(int group, double persons, string reason) =>
        new(Name, group, persons, 0, double.NaN, 0, double.NaN, double.NaN, 0, reason, null);
}
