using IrtGpu.Foundation.Formulas;
using IrtGpu.Foundation.Formulas.Columns;
using IrtGpu.Foundation.Formulas.Design;
using IrtGpu.Regression.Mixtures;
using IrtGpu.Regression.Mixtures.Parameters;
using IrtGpu.Regression.Mixtures.Planning;
using IrtGpu.Regression.Saved;

namespace IrtGpu.Regression.Prediction;

/// <summary>A saved mixture in the rows of a table, on the scale of the data: working numbers are the reported ones, σ and standard deviations as logarithms.</summary>
/// <param name="Problem">The mixture in these rows.</param>
/// <param name="Full">Its working numbers. [slot]</param>
internal sealed record MixtureRows(MixtureProblem Problem, double[] Full)
{
    /// <param name="saved">The fit.</param>
    /// <param name="data">The table.</param>
    /// <param name="withResponse">Whether rows need a response.</param>
    public static MixtureRows Of(SavedMixture saved, IColumnSource data, bool withResponse)
    {
        Formula formula = Formula.Parse(saved.Formula);
        Formula? classFormula = saved.ClassFormula is { } text ? Formula.Parse(text) : null;
        MixtureOptions options = saved.Options with { KnownClassColumn = null };
        ModelFrame frame = ModelFrame.BuildNew(formula, data, SavedBasis.ToBases(saved.Bases), withResponse, MixturePlanner.OtherColumns(classFormula, data, options, withWeights: true));
        ClassUnits units = ClassUnits.Of(frame, classFormula, options, SavedBasis.ToBases(saved.ClassBases));
        saved.Require(frame, units.Design.Names);
        double[][] columns = [.. saved.CoefficientNames.Select(name => frame.Fixed.Columns[Array.IndexOf(frame.Fixed.Names, name)])];
        MixtureLayout layout = new(saved.Shape, _ => false, _ => null);
        WorkingScale scale = WorkingScale.None(columns.Length, saved.EffectNames.Count, units.Design.Names.Length);
        double[] full = new double[layout.SlotCount];
        scale.ToWorking(layout, saved.Parameters, full);
        double[] response = frame.Response is null ? new double[frame.Rows.Count] : MixturePlanner.Response(frame);
        return new MixtureRows(MixturePlanner.OnDataScale(frame, options, layout, scale, MixturePriors.Flat(layout, scale), response, columns, units), full);
    }
}
