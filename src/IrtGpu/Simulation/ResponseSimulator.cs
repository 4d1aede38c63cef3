using IrtGpu.Compute;
using IrtGpu.Data;
using IrtGpu.Data.Coding;
using IrtGpu.Foundation.Sampling;
using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;
using IrtGpu.Reporting.Tables;
using IrtGpu.Specification;

namespace IrtGpu.Simulation;

/// <summary>Responses drawn from a model, with what they were drawn from.</summary>
/// <param name="Data">The responses, with groups where there are several.</param>
/// <param name="Classes">Latent class of each person. [person]</param>
/// <param name="Theta">Attributes of each person. [person, attribute]</param>
public sealed record SimulatedResponses(ResponseData Data, int[] Classes, double[] Theta);

/// <summary>Draws persons and their responses from a model at given parameters.</summary>
public static class ResponseSimulator
{
    /// <summary>Draws the persons of one group after those of the other, each item that was given in the group answered.</summary>
    /// <remarks>θ from the population of the person's block; the category by inversion of its cumulative probability.</remarks>
    /// <param name="plan">The model.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="personCount">Number of persons.</param>
    /// <param name="seed">Seed; the result depends on nothing else but the model and the number of persons of each group.</param>
    /// <param name="groupWeights">Shares of the observed groups; null: equal. [group]</param>
    /// <param name="threads">Number of threads; 0: all processors. Does not change the result.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="OperationCanceledException">It was asked for.</exception>
    /// <exception cref="SpecificationException">A covariance matrix is not positive definite, parameters are outside their domain, or there are too many responses.</exception>
    public static SimulatedResponses Draw(
        CalibrationPlan plan, ParameterVector parameters, int personCount, int seed, IReadOnlyList<double>? groupWeights = null, int threads = 0,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(parameters);
        if (personCount < 1)
            throw new SpecificationException($"--persons {personCount}: at least one person is needed.");
        if ((long)personCount * plan.AttributeCount > Array.MaxLength)
            throw new SpecificationException($"--persons {personCount} with {plan.AttributeCount} attributes are more than one table can hold. Draw them in parts with different seeds.");
        CheckDomain(plan, parameters);
        if (ModelPoint.TryCreate(plan, parameters) is not { } point)
            throw new SpecificationException("The covariance matrix of a population is not positive definite. Change its SDs or correlations.");

        int[] groups = AssignGroups(personCount, groupWeights ?? [.. Enumerable.Repeat(1.0, plan.GroupCount)]);
        int[] classes = new int[personCount];
        double[] theta = new double[personCount * plan.AttributeCount];
        CodedRows responses = CodedRows.Create(personCount, plan.ItemCount, RowStorage.Default, (firstPerson, codes) =>
        {
            double[] logProbability = new double[plan.Items.Max(item => item.CategoryCount)];
            for (int person = firstPerson; codes.Length > 0 && !cancellation.IsCancellationRequested; person++, codes = codes[plan.ItemCount..])
            {
                StreamRandom random = new(seed, person);
                PlannedBlock block = DrawClass(point, groups[person], ref random);
                classes[person] = block.Class;
                Span<double> own = theta.AsSpan(person * plan.AttributeCount, plan.AttributeCount);
                point.Populations[block.Index].Draw(ref random, own);
                DrawResponses(point, block, own, logProbability, codes[..plan.ItemCount], ref random);
            }
        }, threads);
        cancellation.ThrowIfCancellationRequested();
        ResponseData data = new()
        {
            ItemNames = plan.Shape.ItemNames,
            CategoryCodes = plan.Shape.CategoryCodes,
            Answers = plan.Shape.Answers,
            Responses = responses,
            PersonCount = personCount,
            GroupNames = plan.Shape.GroupNames,
            Groups = plan.GroupCount > 1 ? groups : null,
            ClassNames = plan.ClassCount > 1 ? [.. plan.ClassNames] : [],
            KnownClasses = plan.ClassCount > 1 ? classes : null,
        };
        return new SimulatedResponses(data, classes, theta);
    }

    private static void CheckDomain(CalibrationPlan plan, ParameterVector parameters)
    {
        List<string> problems = [];
        foreach (ItemParameterSet set in plan.ParameterSets)
        {
            PlannedItem item = plan.Items[set.Item];
            if (!item.Family.Operations.IsInDomain(item.CategoryCount, parameters.Slots.AsSpan(set.FirstSlot + set.SlopeCount, set.ShapeCount)))
                problems.Add($"The parameters of item '{item.Name}' are outside the domain of {item.Function.Name()}, which needs {item.Family.Domain}.");
        }
        if (problems.Count > 0)
            throw new SpecificationException(problems);
    }

    /// <summary>Consecutive persons by share, rounded so that the counts sum to the number of persons.</summary>
    private static int[] AssignGroups(int personCount, IReadOnlyList<double> weights)
    {
        double total = weights.Sum();
        int[] groups = new int[personCount];
        double before = 0;
        int first = 0;
        for (int group = 0; group < weights.Count; group++)
        {
            before += weights[group];
            int end = group == weights.Count - 1 ? personCount : (int)Math.Round(personCount * (before / total));
            groups.AsSpan(first, end - first).Fill(group);
            first = end;
        }
        return groups;
    }

    private static PlannedBlock DrawClass(ModelPoint point, int group, ref StreamRandom random)
    {
        int first = group * point.Plan.ClassCount;
        double rest = random.NextUniform();
        for (int k = 0; k < point.Plan.ClassCount - 1; k++)
        {
            rest -= Math.Exp(point.LogProportion[first + k]);
            if (rest < 0)
                return point.Plan.Blocks[first + k];
        }
        return point.Plan.Blocks[first + point.Plan.ClassCount - 1];
    }

    private static void DrawResponses(
        ModelPoint point, PlannedBlock block, ReadOnlySpan<double> theta, double[] logProbability, Span<byte> responses, ref StreamRandom random)
    {
        CalibrationPlan plan = point.Plan;
        int[] setOfItem = plan.Tables[block.Table].SetOfItem;
        Span<double> z = [0];
        for (int item = 0; item < responses.Length; item++)
        {
            double rest = random.NextUniform(); // drawn for every item, so that items do not shift each other
            if (!plan.Shape.Administered[block.Group][item])
            {
                responses[item] = ResponseData.Missing;
                continue;
            }
            PlannedItem planned = plan.Items[item];
            ItemParameterSet set = plan.ParameterSets[setOfItem[item]];
            Span<double> slots = point.Parameters.Slots.AsSpan(set.FirstSlot, set.SlotCount);
            ItemTables.LinearPredictor(slots[..set.SlopeCount], planned.Attributes, theta, plan.AttributeCount, z);
            planned.Family.Operations.FillTable(z, planned.CategoryCount, slots[set.SlopeCount..], planned.Scores, logProbability, 1);
            int category = 0;
            while (category < planned.CategoryCount - 1 && (rest -= Math.Exp(logProbability[category])) >= 0)
                category++;
            responses[item] = (byte)category;
        }
    }
}
