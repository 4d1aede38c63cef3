using IrtGpu.Foundation.Vectors;
using IrtGpu.Regression.Inference;
using IrtGpu.Regression.Mixtures.Parameters;

namespace IrtGpu.Regression.Mixtures.Results;

/// <summary>The rows of reported parameters, with standard errors by the delta method and intervals.</summary>
internal static class ParameterTable
{
    /// <param name="problem">The mixture.</param>
    /// <param name="full">Working numbers. [slot]</param>
    /// <param name="covariance">Of the free parameters; empty where there is none. [free, free]</param>
    public static IReadOnlyList<MixtureParameter> Build(MixtureProblem problem, double[] full, double[] covariance)
    {
        MixtureLayout layout = problem.Layout;
        ReportedParameters reported = new(layout, problem.Scale);
        double[] values = reported.Values(full);
        double[] jacobian = reported.Jacobian(full);
        int free = layout.FreeCount;
        List<MixtureParameter> rows = [];
        for (int index = 0; index < values.Length; index++)
        {
            ReportedName name = reported.Names[index];
            ReadOnlySpan<double> derivatives = jacobian.AsSpan(index * free, free);
            ParameterStatus status = Status(layout, name, derivatives);
            double? error = status == ParameterStatus.Fixed || covariance.Length == 0 ? null : Error(derivatives, covariance);
            (double? lower, double? upper) = Limits(NameOf(layout, name), values[index], error);
            rows.Add(new MixtureParameter(layout.ClassCount == 1 ? 0 : name.Class + 1, NameOf(layout, name), name.Term, name.Term2, values[index], error, lower, upper, status));
        }
        return rows;
    }

    private static string NameOf(MixtureLayout layout, ReportedName name) => name.Parameter switch
    {
        "cor" => "correlation",
        "theta" => layout.Shape.HasConstantProportions ? "proportion" : "logodds",
        _ => name.Parameter,
    };

    private static ParameterStatus Status(MixtureLayout layout, ReportedName name, ReadOnlySpan<double> derivatives)
    {
        if (derivatives.IndexOfAnyExcept(0.0) < 0)
            return ParameterStatus.Fixed;
        if (layout.ClassCount == 1 || name.Parameter == "theta")
            return ParameterStatus.Free;
        MixtureShape shape = layout.Shape;
        int First(int ofClass) => name.Parameter switch
        {
            "b" => layout.Coefficient(ofClass, IndexOf(shape.Coefficients, name.Term)),
            "sigma" => layout.LogSigma(ofClass),
            "sd" => layout.LogDeviation(ofClass, IndexOf(shape.Effects, name.Term)),
            "cor" => layout.Correlation(ofClass, IndexOf(shape.Effects, name.Term2), IndexOf(shape.Effects, name.Term)),
            _ => throw new ArgumentOutOfRangeException(nameof(name), name.Parameter, "There is no such parameter."),
        };
        return layout.FreeOf(First(0)) == layout.FreeOf(First(1)) ? ParameterStatus.Equal : ParameterStatus.Free;
    }

    private static int IndexOf(IReadOnlyList<string> names, string name)
    {
        int index = 0;
        while (names[index] != name)
            index++;
        return index;
    }

    private static double? Error(ReadOnlySpan<double> derivatives, double[] covariance)
    {
        double variance = 0;
        int n = derivatives.Length;
        for (int i = 0; i < n; i++)
        {
            if (derivatives[i] != 0)
                variance += derivatives[i] * FixedOrderSums.Dot(covariance.AsSpan(i * n, n), derivatives);
        }
        return variance > 0 && double.IsFinite(variance) ? Math.Sqrt(variance) : null;
    }

    private static (double? Lower, double? Upper) Limits(string parameter, double value, double? error)
    {
        if (error is not { } se)
            return (null, null);
        double half = Distributions.HalfWidth(null);
        switch (parameter)
        {
            case "sigma" or "sd":
                double factor = Math.Exp(half * se / value);
                return (value / factor, value * factor);
            case "proportion" when value is > 0 and < 1:
                double logit = Math.Log(value / (1 - value));
                double width = half * se / (value * (1 - value));
                return (1 / (1 + Math.Exp(width - logit)), 1 / (1 + Math.Exp(-width - logit)));
            case "correlation" when Math.Abs(value) < 1:
                double z = Math.Atanh(value);
                double spread = half * se / (1 - value * value);
                return (Math.Tanh(z - spread), Math.Tanh(z + spread));
            default:
                return (value - half * se, value + half * se);
        }
    }
}
