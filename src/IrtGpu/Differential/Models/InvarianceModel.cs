using IrtGpu.Compute;
using IrtGpu.Compute.Devices;
using IrtGpu.Data;
using IrtGpu.Foundation.Estimation.Convergence;
using IrtGpu.Inference;
using IrtGpu.Specification;

namespace IrtGpu.Differential.Models;

/// <summary>One data set under models that differ in which items are free in the groups; every fit begins at another.</summary>
internal sealed class InvarianceModel
{
    private readonly CalibrationProblem problem;
    private readonly CalibrationOptions options;
    private readonly HashSet<int> alwaysFree; // that the user's model frees

    private InvarianceModel(CalibrationProblem problem, CalibrationOptions options, HashSet<int> alwaysFree, CalibrationResult first)
    {
        this.problem = problem;
        this.options = options;
        this.alwaysFree = alwaysFree;
        First = first;
    }

    /// <summary>The first fit, with all that belongs to a calibration.</summary>
    public CalibrationResult First { get; }

    public ResponseData Data => problem.Data;

    public PatternTable Patterns => problem.Patterns;

    /// <summary>Number of items.</summary>
    public int ItemCount => First.Plan.ItemCount;

    /// <summary>Names of the groups. [group]</summary>
    public string[] GroupNames => First.Plan.Shape.GroupNames;

    /// <summary>The group that others are compared with: that whose population fixes the metric.</summary>
    public int Reference => First.Plan.Specification.ReferenceGroup is { } name ? Math.Max(0, Array.IndexOf(GroupNames, name)) : 0;

    /// <summary>The other groups.</summary>
    public int[] Focal => [.. Enumerable.Range(0, GroupNames.Length).Where(group => group != Reference)];

    /// <summary>Items that the user's model frees, or that all of a group answer alike: neither anchors nor tested.</summary>
    public IReadOnlySet<int> AlwaysFree => alwaysFree;

    /// <summary>How many fits run at a time: as many as there are threads on the processor, one on a device.</summary>
    public int Parallelism => options.Device is DeviceName.Cpu or DeviceName.Auto or DeviceName.Reference ? options.Threads > 0 ? options.Threads : Environment.ProcessorCount : 1;

    /// <summary>Fits the model from which all others begin.</summary>
    /// <param name="data">Data with two groups or more.</param>
    /// <param name="specification">The model.</param>
    /// <param name="free">Items that are free in it, by position.</param>
    /// <param name="first">How to estimate that fit.</param>
    /// <param name="options">How to estimate the others.</param>
    /// <param name="progress">Hears of every cycle.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static InvarianceModel Begin(
        ResponseData data, ModelSpecification specification, IEnumerable<int> free, CalibrationOptions first, CalibrationOptions options,
        IProgress<IterationRecord>? progress, CancellationToken cancellation)
    {
        HashSet<int> given = Freed(specification, data.ItemNames);
        CalibrationProblem problem = CalibrationProblem.Create(data, Free(specification, data.ItemNames, [.. given.Union(free).Order()]));
        problem.Plan.Integration.RequireSharedNodes("Effect sizes of items that work differently");
        given.UnionWith(Constant(problem)); // an answer that all of a group give fits no curve of the others, and would bend the scale
        ModelSpecification begin = Free(specification, data.ItemNames, [.. given.Union(free).Order()]);
        problem = problem.With(begin);
        CalibrationResult result = Calibration.Run(problem, first, progress, cancellation: cancellation);
        cancellation.ThrowIfCancellationRequested();
        ModelSpecification held = begin with { Quadrature = result.Plan.Grid.Specification }; // likelihoods are compared on the same nodes
        return new InvarianceModel(problem.With(held), options, given, result);
    }

    /// <summary>Fits with other items free.</summary>
    /// <param name="free">The items, by position, beside those that always are.</param>
    /// <param name="start">Where to begin.</param>
    /// <param name="withErrors">Whether the covariance matrix is wanted.</param>
    /// <param name="threads">Threads of this fit; 0: those of the options.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="OperationCanceledException">It was asked for.</exception>
    public InvarianceFit Fit(IEnumerable<int> free, ModelPoint start, bool withErrors, int threads, CancellationToken cancellation) =>
        Fit(Free(problem.Plan.Specification, Data.ItemNames, [.. alwaysFree.Union(free).Order()]), start, withErrors, threads, cancellation);

    /// <summary>Fits another model of the same data on the same nodes.</summary>
    /// <param name="specification">The model.</param>
    /// <param name="start">Where to begin.</param>
    /// <param name="withErrors">Whether the covariance matrix is wanted.</param>
    /// <param name="threads">Threads of this fit; 0: those of the options.</param>
    /// <param name="cancellation">Ends the work.</param>
    public InvarianceFit Fit(ModelSpecification specification, ModelPoint start, bool withErrors, int threads, CancellationToken cancellation)
    {
        CalibrationOptions own = options with
        {
            Threads = threads > 0 ? threads : options.Threads,
            Starts = 1,
            StandardErrors = withErrors ? options.StandardErrors : StandardErrorMethod.None,
        };
        using CalibrationSession session = problem.With(specification).Open(own);
        using CalibrationFit fit = session.Fit(start, cancellation: cancellation);
        cancellation.ThrowIfCancellationRequested();
        StandardErrors? errors = withErrors ? session.StandardErrors(fit, cancellation: cancellation) : null;
        cancellation.ThrowIfCancellationRequested();
        return new InvarianceFit(fit.Point, fit.LogLikelihood, fit.Termination.IsConverged, errors);
    }

    /// <summary>Fits a model with all that belongs to a calibration.</summary>
    /// <param name="specification">The model.</param>
    /// <param name="start">Where to begin.</param>
    /// <param name="estimation">How to estimate.</param>
    /// <param name="cancellation">Ends the work.</param>
    public CalibrationResult Finish(ModelSpecification specification, ModelPoint start, CalibrationOptions estimation, CancellationToken cancellation)
    {
        CalibrationResult result = Calibration.Run(problem.With(specification), estimation with { Start = start, Starts = 1 }, cancellation: cancellation);
        cancellation.ThrowIfCancellationRequested();
        return result;
    }

    /// <summary>The model of a fit with its items free.</summary>
    public ModelSpecification Specification(IEnumerable<int> free) => Free(problem.Plan.Specification, Data.ItemNames, [.. alwaysFree.Union(free).Order()]);

    private static IEnumerable<int> Constant(CalibrationProblem problem) => Enumerable.Range(0, problem.Plan.ItemCount).Where(item =>
        Enumerable.Range(0, problem.Plan.GroupCount).Any(group =>
            Enumerable.Range(0, problem.Plan.Items[item].CategoryCount).Count(category => problem.Patterns.Totals.Weight(group, item, category) > 0) == 1));

    private static ModelSpecification Free(ModelSpecification specification, string[] names, int[] free) => specification with
    {
        EqualAcrossGroups = "all",
        FreeItems = free.Length == 0 ? null : string.Join(',', free.Select(item => QuotedList.Quote(names[item]))),
    };

    private static HashSet<int> Freed(ModelSpecification specification, string[] names)
    {
        try
        {
            HashSet<int> equal = specification.EqualAcrossGroups.ToUpperInvariant() switch
            {
                "ALL" => [.. Enumerable.Range(0, names.Length)],
                "NONE" => [],
                _ => [.. ItemSelector.Resolve(specification.EqualAcrossGroups, names)],
            };
            if (specification.FreeItems is { } free)
                equal.ExceptWith(ItemSelector.Resolve(free, names));
            return [.. Enumerable.Range(0, names.Length).Except(equal)];
        }
        catch (ItemListException exception)
        {
            throw new SpecificationException(exception.Message);
        }
    }
}
