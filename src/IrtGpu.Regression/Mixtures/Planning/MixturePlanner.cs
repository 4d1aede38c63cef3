using IrtGpu.Foundation.Formulas;
using IrtGpu.Foundation.Formulas.Columns;
using IrtGpu.Foundation.Formulas.Design;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Foundation.Tables.Problems;
using IrtGpu.Foundation.Vectors;
using IrtGpu.Regression.Mixtures.Parameters;
using IrtGpu.Regression.Priors;

namespace IrtGpu.Regression.Mixtures.Planning;

/// <summary>Resolves a formula, data and options to a mixture.</summary>
internal static class MixturePlanner
{
    /// <param name="formula">The formula.</param>
    /// <param name="source">The data.</param>
    /// <param name="options">What is asked for.</param>
    /// <exception cref="FormulaException">A formula does not fit the data.</exception>
    /// <exception cref="PriorException">Priors or names of parameters do not fit the model.</exception>
    /// <exception cref="DataException">The data do not allow the model.</exception>
    public static MixtureProblem Plan(Formula formula, IColumnSource source, MixtureOptions options)
    {
        IReadOnlyList<PriorRequest> requests = PriorParser.Parse(options.Priors);
        Formula? classFormula = options.ClassFormula is { } text ? Formula.Parse(text) : null;
        RequireClassFormula(classFormula);
        ModelFrame frame = ModelFrame.Build(formula, source, options.WeightColumn, OtherColumns(classFormula, source, options, withWeights: false));
        ClassUnits units = ClassUnits.Of(frame, classFormula, options, null);
        double[] response = Response(frame);
        RequireEffects(frame);
        (string[] names, double[][] columns, IReadOnlyList<string> aliased) = WithoutAliases(frame.Fixed, frame.Weights);

        MixtureShape shape = ShapeOf(frame, names, units, options);
        EqualityReader equality = new(options.EqualAcrossClasses, shape);
        PriorResolver resolver = new(requests, shape);
        resolver.ThrowIfAny();
        int intercept = Array.IndexOf(names, DesignMatrix.Intercept);
        double[][] effects = [.. frame.Random.SelectMany(term => term.Effects.Columns)];
        WorkingScale scale = WorkingScale.Measure(
            response, columns, intercept, resolver.AllowsCentring && !equality.TiesIntercept, effects, units.Design.Columns, Array.IndexOf(units.Design.Names, DesignMatrix.Intercept));
        RequireUnits(frame, names, scale);
        (MixtureLayout layout, MixturePriors priors) = LayOut(shape, equality, resolver, scale);
        ClassOrder.Check(layout, options.OrderBy);
        MixtureData data = WorkingData(frame, response, columns, effects, scale, units);
        if (priors.IsFlat && frame.Rows.Count <= layout.FreeCount)
        {
            throw frame.Rows.Failure(FormattableString.Invariant(
                $"{options.Classes} classes have {layout.FreeCount} free parameters, and there are {frame.Rows.Count} rows. Ask for fewer classes, or hold parameters equal across classes."));
        }
        return new MixtureProblem
        {
            Frame = frame,
            Options = options,
            Layout = layout,
            Scale = scale,
            Priors = priors,
            Data = data,
            Aliased = aliased,
            IsExchangeable = units.KnownNames.Count == 0 && PriorResolver.IsExchangeable(priors, layout),
            ClassBases = units.Bases,
            KnownNames = units.KnownNames,
        };
    }

    /// <summary>Resolves a mixture on the scale of the data, whose response need not be there: for drawing one.</summary>
    /// <param name="formula">The formula.</param>
    /// <param name="source">The predictors.</param>
    /// <param name="options">What is asked for.</param>
    public static MixtureProblem PlanWithoutResponse(Formula formula, IColumnSource source, MixtureOptions options)
    {
        if (formula.Response is null)
            throw new FormulaException(formula.Text, 0, "The formula has no response before the tilde; it names the column that is drawn.");
        IReadOnlyList<PriorRequest> requests = PriorParser.Parse(options.Priors);
        Formula? classFormula = options.ClassFormula is { } text ? Formula.Parse(text) : null;
        RequireClassFormula(classFormula);
        ModelFrame frame = ModelFrame.BuildNew(formula, source, null, withResponse: false, OtherColumns(classFormula, source, options, withWeights: true));
        if (frame.Rows.Count == 0)
            throw new DataException([source.Problem("No row has a value in every column the formula uses, so nothing can be drawn.")]);
        ClassUnits units = ClassUnits.Of(frame, classFormula, options, null);
        RequireEffects(frame);
        MixtureShape shape = ShapeOf(frame, frame.Fixed.Names, units, options);
        EqualityReader equality = new(options.EqualAcrossClasses, shape);
        PriorResolver resolver = new(requests, shape);
        resolver.ThrowIfAny();
        WorkingScale scale = WorkingScale.None(frame.Fixed.Names.Length, shape.Effects.Count, units.Design.Names.Length);
        (MixtureLayout layout, MixturePriors priors) = LayOut(shape, equality, resolver, scale);
        return OnDataScale(frame, options, layout, scale, priors, new double[frame.Rows.Count], frame.Fixed.Columns, units);
    }

    /// <summary>A mixture whose working scale is that of the data, for rows that are not fitted to: drawn or scored ones.</summary>
    /// <param name="frame">The formula in the rows.</param>
    /// <param name="options">What was asked for.</param>
    /// <param name="layout">Where the numbers stand.</param>
    /// <param name="scale">No scale.</param>
    /// <param name="priors">The priors.</param>
    /// <param name="response">The response; zeros where there is none. [row]</param>
    /// <param name="columns">Columns of X. [p][row]</param>
    /// <param name="units">Units and their columns.</param>
    public static MixtureProblem OnDataScale(
        ModelFrame frame, MixtureOptions options, MixtureLayout layout, WorkingScale scale, MixturePriors priors, double[] response, double[][] columns, ClassUnits units) => new()
        {
            Frame = frame,
            Options = options,
            Layout = layout,
            Scale = scale,
            Priors = priors,
            Data = new MixtureData
            {
                Response = response,
                Columns = columns,
                Weights = options.WeightColumn is { } weights ? ModelFrame.ReadWeights(frame.Rows, weights) : null,
                Effects = frame.Random,
                EffectColumns = [.. frame.Random.SelectMany(term => term.Effects.Columns)],
                UnitOfRow = units.UnitOfRow,
                UnitNames = units.Names,
                ClassColumns = units.Design.Columns,
                KnownClass = null,
                Constant = 0,
                LeastSquaresDeviation = 1,
                LeastSquares = new double[columns.Length],
            },
            Aliased = [],
            IsExchangeable = false,
            ClassBases = units.Bases,
            KnownNames = [],
        };

    private static MixtureShape ShapeOf(ModelFrame frame, IReadOnlyList<string> coefficients, ClassUnits units, MixtureOptions options) => new()
    {
        ClassCount = options.Classes,
        Coefficients = coefficients,
        ClassColumns = units.Design.Names,
        EffectGroup = frame.Random.Count > 0 ? frame.Random[0].Group : "",
        Effects = [.. frame.Random.SelectMany(term => term.Effects.Names)],
        HasCorrelations = frame.Random.Count == 1 && frame.Random[0].Width > 1,
        SharesEffects = options.Effects == ClassEffects.Shared,
    };

    private static (MixtureLayout Layout, MixturePriors Priors) LayOut(MixtureShape shape, EqualityReader equality, PriorResolver resolver, WorkingScale scale)
    {
        bool IsTied(MixtureSlot slot) => equality.IsTied(slot, shape) || (shape.SharesEffects && slot.Kind is SlotKind.LogDeviation or SlotKind.Correlation);
        MixtureLayout free = new(shape, _ => false, _ => null); // to name all numbers
        Prior?[] priors = resolver.Resolve(free.Slots, IsTied);
        double[]? proportions = resolver.HeldProportions();
        double[]? concentration = resolver.Concentration();
        double[] correlationShape = resolver.CorrelationShape();
        resolver.ThrowIfAny();
        double[] natural = [.. priors.Select((prior, slot) => prior?.Constant ?? (free.Slots[slot].Kind is SlotKind.LogSigma or SlotKind.LogDeviation ? 1.0 : 0))];
        double[] working = new double[natural.Length];
        scale.ToWorking(free, natural, working);
        for (int k = 1; k < shape.ClassCount && proportions is not null; k++)
            working[free.ClassCoefficient(k)] = Math.Log(proportions[k] / proportions[0]);
        Dictionary<MixtureSlot, int> positions = free.Slots.Select((slot, index) => (slot, index)).ToDictionary(pair => pair.slot, pair => pair.index);
        MixtureLayout layout = new(shape, IsTied, slot => priors[positions[slot]]?.Constant is not null || (proportions is not null && slot.Kind == SlotKind.ClassCoefficient) ? working[positions[slot]] : null);
        return (layout, new MixturePriors(layout, scale, priors, proportions is null ? concentration : null, correlationShape));
    }

    /// <summary>Coefficients and variances must be numbers that can be held.</summary>
    private static void RequireUnits(ModelFrame frame, string[] names, WorkingScale scale)
    {
        const double largest = 1e150;
        string response = frame.Formula.Response!.ToString();
        if (scale.ResponseSize is > largest or < 1 / largest)
            throw frame.Rows.Failure(FormattableString.Invariant($"The response varies by about {scale.ResponseSize:0.0e+0}: its variance is beyond the numbers that can be held. Give it in another unit."), response);
        for (int column = 0; column < names.Length; column++)
        {
            double size = scale.ResponseSize / scale.Sizes[column];
            if (size is > largest or < 1 / largest)
                throw frame.Rows.Failure(FormattableString.Invariant($"The coefficient of '{names[column]}' would be of the size {size:0.0e+0}, beyond the numbers that can be worked with. Give '{names[column]}' or the response in another unit."));
        }
    }

    private static MixtureData WorkingData(ModelFrame frame, double[] response, double[][] columns, double[][] effects, WorkingScale scale, ClassUnits units)
    {
        double[] working = WorkingScale.Apply(response, scale.ResponseCentre, scale.ResponseSize);
        double[][] workingColumns = [.. columns.Select((column, index) => WorkingScale.Apply(column, scale.Centres[index], scale.Sizes[index]))];
        (double[] coefficients, double deviation) = LeastSquares(working, workingColumns, frame.Weights);
        if (!(deviation > 1e-10))
        {
            throw frame.Rows.Failure(
                "The formula explains the response completely in one class: nothing is left that classes could tell apart. Check the response for a constant or a copy of a predictor.",
                frame.Formula.Response!.ToString());
        }
        return new MixtureData
        {
            Response = working,
            Columns = workingColumns,
            Weights = frame.Weights,
            Effects = frame.Random,
            EffectColumns = [.. effects.Select((column, index) => WorkingScale.Apply(column, 0, scale.EffectSizes[index]))],
            UnitOfRow = units.UnitOfRow,
            UnitNames = units.Names,
            ClassColumns = [.. units.Design.Columns.Select((column, index) => WorkingScale.Apply(column, scale.ClassCentres[index], scale.ClassSizes[index]))],
            KnownClass = units.KnownClass,
            Constant = (frame.Weights is null ? 0 : frame.Weights.Sum(Math.Log) / 2) - response.Length * Math.Log(scale.ResponseSize),
            LeastSquaresDeviation = deviation,
            LeastSquares = coefficients,
        };
    }

    /// <summary>Response less offset. [row]</summary>
    internal static double[] Response(ModelFrame frame)
    {
        double[] response = (double[])frame.Response!.Clone();
        for (int row = 0; row < response.Length && frame.Offset is not null; row++)
            response[row] -= frame.Offset[row];
        return response;
    }

    private static (double[] Coefficients, double Deviation) LeastSquares(double[] response, double[][] columns, double[]? weights)
    {
        double[] left = Weighted(response, weights);
        OrthogonalColumns basis = OrthogonalColumns.Factor([.. columns.Select(column => Weighted(column, weights))]);
        double[] coefficients = new double[basis.Rank];
        for (int column = 0; column < basis.Rank; column++)
        {
            coefficients[column] = FixedOrderSums.Dot(basis.Columns[column], left);
            System.Numerics.Tensors.TensorPrimitives.MultiplyAdd(basis.Columns[column], -coefficients[column], left, left);
        }
        basis.SolveUpper(coefficients);
        double[] all = new double[columns.Length];
        for (int column = 0; column < basis.Rank; column++)
            all[basis.Kept[column]] = coefficients[column];
        return (all, FixedOrderSums.Norm(left) / Math.Sqrt(response.Length));
    }

    private static (string[] Names, double[][] Columns, IReadOnlyList<string> Aliased) WithoutAliases(DesignMatrix design, double[]? weights)
    {
        OrthogonalColumns basis = OrthogonalColumns.Factor([.. design.Columns.Select(column => Weighted(column, weights))]);
        return ([.. basis.Kept.Select(column => design.Names[column])], [.. basis.Kept.Select(column => design.Columns[column])],
            [.. design.Names.Where((_, column) => !basis.Kept.Contains(column))]);
    }

    private static double[] Weighted(double[] values, double[]? weights)
    {
        double[] weighted = (double[])values.Clone();
        for (int row = 0; row < weighted.Length && weights is not null; row++)
            weighted[row] *= Math.Sqrt(weights[row]);
        return weighted;
    }

    /// <summary>Columns beside the formula's that must have a value in a row.</summary>
    /// <exception cref="DataException">One is not there.</exception>
    internal static List<string> OtherColumns(Formula? classFormula, IColumnSource source, MixtureOptions options, bool withWeights)
    {
        List<string> columns = [.. classFormula?.PredictorColumns.Select(column => column.Text).Where(source.Names.Contains) ?? []];
        foreach ((string? column, string option) in new[] { (options.MembershipColumn, "--membership"), (options.KnownClassColumn, "--class"), (withWeights ? options.WeightColumn : null, "--weights") })
        {
            if (column is not null && !source.Names.Contains(column))
                throw new DataException([source.Problem($"There is no column '{column}', which {option} names. {NearNames.Suggest(column, source.Names)}")]);
        }
        if (options.MembershipColumn is { } membership)
            columns.Add(membership);
        if (withWeights && options.WeightColumn is { } weights)
            columns.Add(weights);
        return columns;
    }

    private static void RequireClassFormula(Formula? formula)
    {
        if (formula is null)
            return;
        if (formula.Response is not null)
            throw new FormulaException(formula.Text, 0, "The class formula has no response: the log odds of the classes stand before its tilde. Write '~ z'.");
        if (formula.Random.Count > 0)
            throw new FormulaException(formula.Text, formula.Random[0].Position, "Class probabilities have no random effects. Leave the term with a bar out of the class formula.");
        if (formula.Offsets.Count > 0)
            throw new FormulaException(formula.Text, 0, "Class probabilities take no offset.");
    }

    private static void RequireEffects(ModelFrame frame)
    {
        string[] groups = [.. frame.Random.Select(term => term.Group).Distinct(StringComparer.Ordinal)];
        if (groups.Length > 1)
        {
            throw new FormulaException(frame.Formula.Text, frame.Random[^1].Position,
                $"A mixture integrates over the effects of one grouping factor, and the formula has {groups.Length}: {string.Join(", ", groups)}. Levels of crossed or nested factors are not independent given the class, so the integral does not split. Keep one.");
        }
        if (frame.Random.Count > 1 && frame.Random.FirstOrDefault(term => term.Width > 1) is { } wide)
        {
            throw new FormulaException(frame.Formula.Text, wide.Position,
                $"A mixture has one covariance matrix of the effects of a level in each class, with all correlations or none, and the formula has {frame.Random.Count} terms of '{groups[0]}', some of them correlated within. "
                + $"Write one term, (… | {groups[0]}), or (… || {groups[0]}) for none.");
        }
    }
}
