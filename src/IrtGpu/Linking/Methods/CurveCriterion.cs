using IrtGpu.Foundation.Optimization;
using IrtGpu.Linking.Forms;

namespace IrtGpu.Linking.Methods;

/// <summary>A and B that bring the anchors' curves of two forms together.</summary>
/// <remarks>
/// On the scale of the base: r_imq = P_im^base(θ_q) − P_im^form((θ_q − B)/A); on that of the form: P_im^form(θ_q) − P_im^base(A θ_q + B).
/// Haebara: Σ w_q r², over items, categories and nodes; Stocking and Lord: Σ w_q (Σ_i Σ_m points_m r_imq)²; robust: Σ w_q √(r² + ε²), ε made
/// smaller and smaller. Minimised over (log A, B) by Gauss–Newton steps with halving; where slopes are fixed over B alone.
/// </remarks>
internal sealed class CurveCriterion
{
    private static readonly double[] Smoothing = [1e-2, 1e-3, 1e-4, 1e-6, 1e-8, 1e-10];
    private const int RoughCount = 3; // enough for standard errors

    private readonly LinkMethod method;
    private readonly IReadOnlyList<AnchorItem> anchors;
    private readonly double[] baseSlots;
    private readonly double[] slots;
    private readonly LinkDirection direction;
    private readonly LinkGrid baseGrid;
    private readonly LinkGrid grid;
    private readonly bool hasFixedUnit;
    private readonly double[][] heldOnBase; // curves that stay where they are [anchor][category, node]
    private readonly double[][] heldOnForm;
    private double smoothing;

    public CurveCriterion(
        LinkMethod method, IReadOnlyList<AnchorItem> anchors, double[] baseSlots, double[] slots, LinkDirection direction, LinkGrid baseGrid, LinkGrid grid)
    {
        this.method = method;
        this.anchors = anchors;
        this.baseSlots = baseSlots;
        this.slots = slots;
        this.direction = direction;
        this.baseGrid = baseGrid;
        this.grid = grid;
        hasFixedUnit = anchors.Any(anchor => anchor.HasFixedSlope);
        heldOnBase = [.. anchors.Select(anchor => Curves(anchor.Base, baseSlots, baseGrid))];
        heldOnForm = [.. anchors.Select(anchor => Curves(anchor.New, slots, grid))];
    }

    private static double[] Curves(FormItem item, double[] slots, LinkGrid on)
    {
        double[] probability = new double[item.CategoryCount * on.Theta.Length];
        item.Fill(slots, on.Theta, probability);
        return probability;
    }

    /// <summary>Why the method does not apply; null where it does.</summary>
    public static string? Problem(LinkMethod method, IReadOnlyList<AnchorItem> anchors) =>
        method == LinkMethod.StockingLord && anchors.FirstOrDefault(anchor => !anchor.Base.IsOrdered) is { } nominal
            ? $"'{nominal.Name}' is nominal, and its categories have no points that a test characteristic curve could sum. Use haebara"
            : null;

    /// <summary>The minimum nearest to a start.</summary>
    /// <param name="start">Where to begin.</param>
    /// <param name="isRough">Whether the robust method may end at about four digits.</param>
    public MetricTransformation Minimize(MetricTransformation start, bool isRough = false)
    {
        double[] x = hasFixedUnit ? [start.B] : [Math.Log(start.A), start.B];
        foreach (double epsilon in method == LinkMethod.RobustHaebara ? Smoothing[..(isRough ? RoughCount : Smoothing.Length)] : [0])
        {
            smoothing = epsilon;
            NewtonMaximizer.Maximize(x, Evaluate);
        }
        return Of(x);
    }

    /// <summary>The criterion, as it is made small.</summary>
    public double Value(MetricTransformation transformation)
    {
        smoothing = 0;
        return -Evaluate(hasFixedUnit ? [transformation.B] : [Math.Log(transformation.A), transformation.B], [], []);
    }

    /// <summary>Gradient of the criterion by A and B; by A 0 where that is fixed.</summary>
    public (double ByA, double ByB) Gradient(MetricTransformation at)
    {
        smoothing = 0;
        double[] x = hasFixedUnit ? [at.B] : [Math.Log(at.A), at.B];
        double[] gradient = new double[x.Length];
        _ = Evaluate(x, gradient, new double[x.Length * x.Length]);
        return hasFixedUnit ? (0, -gradient[0]) : (-gradient[0] / at.A, -gradient[1]);
    }

    /// <summary>Whether the unit of the scale is fixed by slopes of 1.</summary>
    public bool HasFixedUnit => hasFixedUnit;

    private MetricTransformation Of(double[] x) => hasFixedUnit ? new MetricTransformation(1, x[0]) : new MetricTransformation(Math.Exp(x[0]), x[1]);

    private double Evaluate(double[] x, Span<double> gradient, Span<double> information)
    {
        MetricTransformation transformation = Of(x);
        if (!double.IsFinite(transformation.A) || transformation.A <= 0)
            return double.NegativeInfinity;
        double value = 0;
        if (direction != LinkDirection.Form)
            value += Compare(baseGrid, transformation, isOnBase: true, gradient, information);
        if (direction != LinkDirection.Base)
            value += Compare(grid, transformation, isOnBase: false, gradient, information);
        return -value;
    }

    /// <summary>Adds one direction: its value, minus its gradient, and the Gauss–Newton matrix of half of it.</summary>
    private double Compare(LinkGrid on, MetricTransformation transformation, bool isOnBase, Span<double> gradient, Span<double> information)
    {
        int nodeCount = on.Theta.Length;
        bool wantsDerivatives = !gradient.IsEmpty;
        double[] moved = Array.ConvertAll<double, double>(on.Theta, isOnBase ? transformation.FromBase : transformation.ToBase);
        double[] sum = new double[nodeCount];
        double[] sumDerivative = new double[nodeCount];
        double value = 0;
        for (int k = 0; k < anchors.Count; k++)
        {
            AnchorItem anchor = anchors[k];
            double[] held = (isOnBase ? heldOnBase : heldOnForm)[k];
            int length = held.Length;
            double[] carried = new double[length];
            double[] slope = wantsDerivatives ? new double[length] : [];
            FormItem other = isOnBase ? anchor.New : anchor.Base;
            other.Fill(isOnBase ? slots : baseSlots, moved, carried);
            if (wantsDerivatives)
                other.FillDerivative(isOnBase ? slots : baseSlots, moved, slope);
            for (int cell = 0; cell < length; cell++)
            {
                int node = cell % nodeCount;
                double residual = held[cell] - carried[cell];
                double derivative = wantsDerivatives ? -slope[cell] : 0;
                if (method == LinkMethod.StockingLord)
                {
                    int points = anchor.Base.Points[cell / nodeCount];
                    sum[node] += points * residual;
                    sumDerivative[node] += points * derivative;
                }
                else
                {
                    value += Add(on.Weight[node], residual, derivative, on.Theta[node], moved[node], transformation, isOnBase, gradient, information);
                }
            }
        }
        for (int node = 0; node < nodeCount && method == LinkMethod.StockingLord; node++)
            value += Add(on.Weight[node], sum[node], sumDerivative[node], on.Theta[node], moved[node], transformation, isOnBase, gradient, information);
        return value;
    }

    /// <summary>Adds one residual; <paramref name="derivative"/> is that by the place on the scale that it was carried to.</summary>
    private double Add(
        double weight, double residual, double derivative, double theta, double moved, MetricTransformation transformation, bool isOnBase,
        Span<double> gradient, Span<double> information)
    {
        double loss = residual * residual;
        double factor = 1; // of a least-squares term of the same gradient
        if (method == LinkMethod.RobustHaebara)
        {
            loss = Math.Sqrt(residual * residual + smoothing * smoothing);
            factor = smoothing > 0 ? 0.5 / loss : 0;
        }
        if (gradient.IsEmpty)
            return weight * loss;
        // (θ − B)/A: by log A −moved, by B −1/A; A θ + B: by log A A θ, by B 1.
        double byShift = derivative * (isOnBase ? -1 / transformation.A : 1);
        double byUnit = derivative * (isOnBase ? -moved : transformation.A * theta);
        double curvature = 2 * weight * factor;
        if (hasFixedUnit)
        {
            gradient[0] -= curvature * residual * byShift;
            information[0] += curvature * byShift * byShift;
            return weight * loss;
        }
        gradient[0] -= curvature * residual * byUnit;
        gradient[1] -= curvature * residual * byShift;
        information[0] += curvature * byUnit * byUnit;
        information[2] += curvature * byUnit * byShift;
        information[3] += curvature * byShift * byShift;
        return weight * loss;
    }
}
