using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using IrtGpu.Models;
using IrtGpu.Models.Functions;
using IrtGpu.Vectors;

namespace IrtGpu.Items.Evaluation;

/// <summary>
/// Names what the ahead-of-time compiler does not find by itself: virtual methods of generic types, which no call names. It is part of
/// programs that are compiled ahead, and never called.
/// </summary>
internal static class ItemModelRoots
{
    /// <summary>The loops of all response functions, over the vectors that the compiler is told of.</summary>
    public static void All()
    {
        if (Vector512.IsHardwareAccelerated)
            Of<Lanes512>();
        else if (Vector256.IsHardwareAccelerated)
            Of<Lanes256>();
        else
            Of<Lanes128>();
    }

    private static void Of<TLanes>()
        where TLanes : struct, ILanes<TLanes>
    {
        OfWeightedScore<GeneralizedPartialCredit, TLanes>();
        OfWeightedScore<NominalResponse, TLanes>();
        Of<GradedResponse, TLanes>();
        Of<GradedRatingScale, TLanes>();
        Of<SequentialResponse, TLanes>();
        Of<FourParameterLogistic, TLanes>();
        Name(ItemModelOperations.OfFourParameter<TLanes>());
        Name(ItemModelOperations.OfGraded<TLanes>());
        Name(ItemModelOperations.OfGradedRatingScale<TLanes>());
        Name(ItemModelOperations.OfSequential<TLanes>());
    }

    // The compiler sees the type behind what is new, and with it the methods.
    private static void Of<TModel, TLanes>()
        where TModel : struct, IItemModel
        where TLanes : struct, ILanes<TLanes> => Name(ItemModelOperations.Of<TModel, TLanes>());

    private static void OfWeightedScore<TModel, TLanes>()
        where TModel : struct, IWeightedScoreModel
        where TLanes : struct, ILanes<TLanes> => Name(ItemModelOperations.OfWeightedScore<TModel, TLanes>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Name(ItemModelOperations operations)
    {
        operations.IsInDomain(2, default);
        operations.FillTable(default, 2, default, default, default, 0);
        operations.AddDerivatives(0, 2, default, default, default, 0, default, 0, default, default);
        operations.SumNodes(default, 2, default, default, default, default, default);
        operations.AddLogProbabilities(default, 2, default, default, default, default);
        operations.FillDerivatives(default, 2, default, default, default, default, default, default);
        operations.FillConstants(operations.ConstantLength(2), default, default);
        operations.AddResponse(default, default, default, default);
        operations.AddKeptSums(default, default, default, default);
        operations.AddResponseSums(default, default, default, false);
        operations.ClearSums(0, 2, 0, default);
        operations.TakeSums(0, 2, 0, default, default, default);
        operations.FillKeptGradients(default, default, default, default);
    }
}
