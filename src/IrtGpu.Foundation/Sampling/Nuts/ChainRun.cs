namespace IrtGpu.Foundation.Sampling.Nuts;

/// <summary>One chain: a starting point, a first step size, the warmup, the draws.</summary>
internal sealed class ChainRun
{
    private const int StartTries = 100;
    private const int ReportEvery = 100;

    private readonly ILogDensity density;
    private readonly SamplerOptions options;
    private readonly int number;
    private readonly Hamiltonian hamiltonian;
    private readonly Trajectory trajectory;
    private readonly PhasePoint current;
    private readonly PhasePoint trial;
    private StreamRandom random;
    private double stepSize = 1;

    /// <summary>Prepares a chain.</summary>
    /// <param name="density">Of this chain alone.</param>
    /// <param name="options">How.</param>
    /// <param name="number">0-based number of the chain: with the seed, it determines every draw.</param>
    public ChainRun(ILogDensity density, SamplerOptions options, int number)
    {
        this.density = density;
        this.options = options;
        this.number = number;
        hamiltonian = new Hamiltonian(density);
        trajectory = new Trajectory(hamiltonian, options.MaxTreeDepth);
        current = new PhasePoint(density.Count);
        trial = new PhasePoint(density.Count);
        random = new StreamRandom(options.Seed, number);
    }

    /// <summary>Runs it.</summary>
    /// <param name="start">Where chains begin.</param>
    /// <param name="progress">Hears of it now and then; null: no one.</param>
    /// <param name="cancellation">Ends it after the running transition; the draws until then are kept.</param>
    public Chain Run(ChainStart start, IProgress<ChainProgress>? progress, CancellationToken cancellation)
    {
        Chain chain = new(density.Count, options.Draws);
        double[] presumed = [.. start.Scale.Select(scale => scale * scale)];
        hamiltonian.SetInverseMetric(presumed);
        chain.Failure = FindStart(start) ?? FindStepSize();
        if (chain.Failure is null)
        {
            WarmUp(chain, presumed, progress, cancellation);
            chain.StepSize = stepSize;
            chain.InverseMetric = (double[])hamiltonian.InverseMetric.Clone();
            if (chain.Failure is null)
                Draw(chain, progress, cancellation);
        }
        chain.Evaluations = hamiltonian.Evaluations;
        return chain;
    }

    private void WarmUp(Chain chain, double[] presumed, IProgress<ChainProgress>? progress, CancellationToken cancellation)
    {
        AdaptationWindows windows = new(options.Warmup);
        StepSizeAdaptation adaptation = new(options.AdaptDelta);
        VarianceEstimate estimate = new(density.Count);
        double[] variances = new double[density.Count];
        adaptation.Restart(stepSize);
        for (int transition = 0; transition < options.Warmup; transition++)
        {
            if (cancellation.IsCancellationRequested)
                return;
            Transition made = trajectory.Move(current, stepSize, ref random);
            chain.WarmupDivergences += made.IsDivergent ? 1 : 0;
            stepSize = adaptation.Learn(made.AcceptanceStatistic);
            if (windows.Has(transition))
                estimate.Add(current.Position);
            if (windows.EndsAt(transition))
            {
                estimate.TakeTo(presumed, variances);
                hamiltonian.SetInverseMetric(variances);
                if ((chain.Failure = FindStepSize()) is not null)
                    return;
                adaptation.Restart(stepSize);
            }
            Report(progress, transition + 1, isWarmup: true, divergences: 0);
        }
        if (options.Warmup > 0)
            stepSize = adaptation.Settled;
    }

    private void Draw(Chain chain, IProgress<ChainProgress>? progress, CancellationToken cancellation)
    {
        double acceptance = 0;
        int divergences = 0;
        while (chain.Count < options.Draws && !cancellation.IsCancellationRequested)
        {
            Transition made = trajectory.Move(current, stepSize, ref random);
            int draw = chain.Count++;
            current.Position.AsSpan().CopyTo(chain.Positions.AsSpan(draw * density.Count));
            chain.LogDensity[draw] = current.LogDensity;
            chain.Energy[draw] = made.Energy;
            chain.TreeDepth[draw] = made.TreeDepth;
            chain.IsDivergent[draw] = made.IsDivergent;
            acceptance += made.AcceptanceStatistic;
            divergences += made.IsDivergent ? 1 : 0;
            Report(progress, options.Warmup + chain.Count, isWarmup: false, divergences);
        }
        chain.MeanAcceptance = chain.Count > 0 ? acceptance / chain.Count : double.NaN;
    }

    private void Report(IProgress<ChainProgress>? progress, int done, bool isWarmup, int divergences)
    {
        int total = options.Warmup + options.Draws;
        if (progress is not null && (done % ReportEvery == 0 || done == total))
            progress.Report(new ChainProgress(number, done, total, isWarmup, divergences, options.Chains));
    }

    /// <summary>A point in the domain, near the centre; null where there is one.</summary>
    private string? FindStart(ChainStart start)
    {
        for (int tries = 0; tries < StartTries; tries++)
        {
            // Tries come nearer to the centre, which may be the only part of the domain that is known.
            double reach = ChainStart.Reach * (1 - (double)tries / StartTries);
            for (int index = 0; index < density.Count; index++)
                current.Position[index] = start.Center[index] + reach * start.Scale[index] * (2 * random.NextUniform() - 1);
            hamiltonian.Evaluate(current);
            if (double.IsFinite(current.LogDensity) && Array.TrueForAll(current.Gradient, double.IsFinite))
                return null;
        }
        return FormattableString.Invariant(
            $"chain {number + 1} finds no point to start from: in {StartTries} tries the posterior density or its gradient was no number. Priors may contradict one another or the data.");
    }

    /// <summary>Doubles or halves the step size until the acceptance of one step crosses 0.8; null where it does.</summary>
    private string? FindStepSize()
    {
        int direction = 0;
        while (true)
        {
            trial.CopyFrom(current);
            hamiltonian.DrawMomentum(trial, ref random);
            double energy = hamiltonian.Energy(trial);
            hamiltonian.Leapfrog(trial, stepSize);
            bool isAccepted = energy - hamiltonian.Energy(trial) > Math.Log(0.8);
            if (direction == 0)
                direction = isAccepted ? 1 : -1;
            else if (isAccepted != (direction == 1))
                return null;
            stepSize *= direction == 1 ? 2 : 0.5;
            if (stepSize > 1e7)
                return FormattableString.Invariant($"chain {number + 1} finds the posterior flat in every direction: it is improper. Give priors to the parameters that the data do not determine.");
            if (stepSize < 1e-300)
                return FormattableString.Invariant($"chain {number + 1} finds no step small enough for the posterior density to be followed; its gradient may be wrong or it may not be continuous.");
        }
    }
}
