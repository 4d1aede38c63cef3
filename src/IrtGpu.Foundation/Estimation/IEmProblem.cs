using IrtGpu.Foundation.Estimation.Convergence;
using IrtGpu.Foundation.Estimation.Starts;

namespace IrtGpu.Foundation.Estimation;

/// <summary>The parameters of a model that EM can fit: a vector of free numbers on a working scale.</summary>
internal interface IEmProblem
{
    /// <summary>Number of free parameters.</summary>
    int ParameterCount { get; }

    /// <summary>Whether <see cref="EmStep.Mapped"/> can differ from <see cref="EmStep.Plain"/>.</summary>
    bool CanExpand => false;

    /// <summary>Number of past steps that Anderson mixing combines.</summary>
    int Memory => 5;

    /// <summary>What to do about a run that fails: a sentence or two.</summary>
    /// <param name="failure">How it fails.</param>
    string Remedy(EmFailure failure);

    /// <summary>Words for a parameter.</summary>
    /// <param name="parameter">Index.</param>
    string Describe(int parameter);

    /// <summary>Size of a change, as the stop rule measures it.</summary>
    /// <param name="parameter">Index.</param>
    /// <param name="from">Working values. [parameter]</param>
    /// <param name="to">Working values. [parameter]</param>
    double Change(int parameter, double[] from, double[] to) => Math.Abs(to[parameter] - from[parameter]);

    /// <summary>How far the objective may fall by the errors of its computation.</summary>
    /// <param name="objective">Its value.</param>
    double Slack(double objective) => 1e-9 + 1e-12 * Math.Abs(objective);

    /// <summary>Whether parameters have left what the model was prepared for, such as a range of integration, so that the run should end.</summary>
    /// <param name="parameters">Of the last plain EM step. [parameter]</param>
    bool IsOutgrown(double[] parameters) => false;

    /// <summary>Whether parameters are on the way to where the objective grows without bound, so that the run should end: there is no maximum there.</summary>
    /// <param name="parameters">Of the last plain EM step. [parameter]</param>
    bool IsDegenerate(double[] parameters) => false;

    /// <summary>Takes more care with the steps of the run from now on, after a plain one lowered the objective; false where they are exact already.</summary>
    bool TryGuard() => false;

    /// <summary>Moves an extrapolated point to the bounds it has left; false where it is outside the domain all the same.</summary>
    /// <param name="proposal">Working values. [parameter]</param>
    bool TryAdmit(double[] proposal);

    /// <summary>Parameters on the scale that extrapolation takes place on, where the EM map should be nearly linear.</summary>
    /// <param name="parameters">Working values, which stay as they are. [parameter]</param>
    double[] Straighten(double[] parameters) => parameters;

    /// <summary>Working values of an extrapolated point.</summary>
    /// <param name="proposal">On the scale of <see cref="Straighten"/>. [parameter]</param>
    /// <param name="mapped">Working values that the EM map led to. [parameter]</param>
    double[] Bend(double[] proposal, double[] mapped) => proposal;
}

/// <summary>A model that EM can fit: its E-step and its M-step.</summary>
/// <typeparam name="TExpectation">What the E-step yields.</typeparam>
internal interface IEmProblem<TExpectation> : IEmProblem
    where TExpectation : class, IExpectation
{
    /// <summary>Hears where a run begins, before its first E-step: what the objective is computed with may be suited to it, and stays for the run.</summary>
    /// <param name="parameters">Where. [parameter]</param>
    void Begin(double[] parameters)
    {
    }

    /// <summary>The E-step; null where the parameters are outside the model's domain.</summary>
    /// <param name="parameters">Kept, not copied. [parameter]</param>
    TExpectation? TryExpect(double[] parameters);

    /// <summary>The EM map.</summary>
    /// <param name="expectation">Of the last E-step.</param>
    /// <param name="isExpanded">Whether parameter expansion is wanted.</param>
    EmStep Maximize(TExpectation expectation, bool isExpanded);

    /// <summary>Gradient of the objective at the parameters of an E-step, by Fisher's identity that of the expected complete-data one.</summary>
    /// <param name="expectation">Of the last E-step.</param>
    /// <returns>[parameter]</returns>
    double[] Gradient(TExpectation expectation);

    /// <summary>Makes room for several points at once; null where one by one is as good.</summary>
    /// <param name="wanted">Number of points that will be asked for at once.</param>
    IEmBatch<TExpectation>? TryOpenBatch(int wanted) => null;
}
