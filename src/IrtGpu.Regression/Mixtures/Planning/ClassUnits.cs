using IrtGpu.Foundation.Formulas;
using IrtGpu.Foundation.Formulas.Design;
using IrtGpu.Foundation.Tables;

namespace IrtGpu.Regression.Mixtures.Planning;

/// <summary>Whose class is asked for, rows or levels: their known classes, and the design of their class probabilities.</summary>
/// <param name="UnitOfRow">Level of each row; null: each row is a unit. [row]</param>
/// <param name="Names">Levels; null: units are rows. [unit]</param>
/// <param name="Design">Columns of the class formula; the constant alone where there is none. [column][unit]</param>
/// <param name="Bases">What its variables took from the data.</param>
/// <param name="KnownClass">Known class, −1 where unknown; null: none is known. [unit]</param>
/// <param name="KnownNames">Names of the known classes, sorted: the first classes.</param>
internal sealed record ClassUnits(
    int[]? UnitOfRow, IReadOnlyList<string>? Names, DesignMatrix Design, IReadOnlyList<Basis> Bases, int[]? KnownClass, IReadOnlyList<string> KnownNames)
{
    /// <param name="frame">The formula in its rows.</param>
    /// <param name="classFormula">Of class probabilities; null: constant.</param>
    /// <param name="options">Columns of membership and known classes.</param>
    /// <param name="known">What the variables of the class formula took from the data of a fit; null: taken from these.</param>
    public static ClassUnits Of(ModelFrame frame, Formula? classFormula, MixtureOptions options, IReadOnlyList<Basis>? known)
    {
        Categories? levels = options.MembershipColumn is { } membership ? frame.Rows.Categories(membership) : null;
        if (options.Classes == 1 && frame.Random.Count > 0)
            levels = frame.Random[0].Levels; // with one class all rows of a level are of it
        int unitCount = levels?.Levels.Length ?? frame.Rows.Count;
        (DesignMatrix design, IReadOnlyList<Basis> bases) = ReadDesign(frame, classFormula, known, levels, unitCount);
        (int[]? knownClass, IReadOnlyList<string> names) = options.KnownClassColumn is { } column ? ReadKnown(frame, column, levels, unitCount, options.Classes) : (null, []);
        return new ClassUnits(levels?.Level, levels?.Levels, design, bases, knownClass, names);
    }

    private static (DesignMatrix Design, IReadOnlyList<Basis> Bases) ReadDesign(ModelFrame frame, Formula? formula, IReadOnlyList<Basis>? known, Categories? levels, int unitCount)
    {
        if (formula is null)
        {
            double[] ones = new double[unitCount];
            Array.Fill(ones, 1);
            return (new DesignMatrix([DesignMatrix.Intercept], [ones]), []);
        }
        ModelFrame evaluated = ModelFrame.Evaluate(formula, frame.Rows, known);
        double[][] columns = evaluated.Fixed.Columns;
        if (levels is not null)
            columns = [.. columns.Select((column, index) => ByLevel(frame, column, evaluated.Fixed.Names[index], levels, unitCount))];
        Foundation.LinearAlgebra.OrthogonalColumns basis = Foundation.LinearAlgebra.OrthogonalColumns.Factor([.. columns.Select(column => (double[])column.Clone())]);
        if (basis.Rank < columns.Length && known is null)
        {
            string[] aliased = [.. evaluated.Fixed.Names.Where((_, column) => !basis.Kept.Contains(column))];
            throw frame.Rows.Failure($"In the class formula '{formula.Text}' earlier columns determine {string.Join(", ", aliased.Select(name => $"'{name}'"))}, so the coefficients cannot be told apart. Leave them out.");
        }
        return (new DesignMatrix(evaluated.Fixed.Names, columns), evaluated.Bases);
    }

    private static double[] ByLevel(ModelFrame frame, double[] column, string name, Categories levels, int unitCount)
    {
        double[] values = new double[unitCount];
        Array.Fill(values, double.NaN);
        for (int row = 0; row < column.Length; row++)
        {
            ref double value = ref values[levels.Level[row]];
            if (double.IsNaN(value))
                value = column[row];
            else if (value != column[row])
                throw frame.Rows.Failure($"'{name}' of the class formula varies within the level '{levels.Levels[levels.Level[row]]}', all rows of which are of one class. Use a column that is constant within levels, such as its mean.", row: row);
        }
        return values;
    }

    private static (int[] Known, IReadOnlyList<string> Names) ReadKnown(ModelFrame frame, string column, Categories? levels, int unitCount, int classCount)
    {
        Categories all = frame.Rows.Source.Categories(column);
        string[] names = [.. Enumerable.Range(0, frame.Rows.Count).Select(row => all.Level[frame.Rows.SourceRow(row)]).Where(level => level >= 0).Distinct().Order().Select(level => all.Levels[level])];
        if (names.Length > classCount)
        {
            throw frame.Rows.Failure(FormattableString.Invariant(
                $"The column has {names.Length} classes ({string.Join(", ", names.Take(5))}{(names.Length > 5 ? ", …" : "")}), and --classes asks for {classCount}. Ask for at least {names.Length}, or leave the others blank."), column);
        }
        int[] known = new int[unitCount];
        Array.Fill(known, -1);
        for (int row = 0; row < frame.Rows.Count; row++)
        {
            int level = all.Level[frame.Rows.SourceRow(row)];
            if (level < 0)
                continue;
            int ofClass = Array.IndexOf(names, all.Levels[level]);
            ref int unit = ref known[levels is null ? row : levels.Level[row]];
            if (unit >= 0 && unit != ofClass)
                throw frame.Rows.Failure($"The level '{levels!.Levels[levels.Level[row]]}' has rows of the classes '{names[unit]}' and '{names[ofClass]}', and all rows of a level are of one class. Correct the column.", column, row);
            unit = ofClass;
        }
        return (known, names);
    }
}
